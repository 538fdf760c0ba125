"""Commands for the house itself: serve it, show it, work its queue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer

from madang.site.cli.city import data_folder, standing_city
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

# The last port, 65535, is left to the live updates.
Port = Annotated[
    int,
    typer.Option(min=1, max=65534, help=_("Port of the pages; live updates take the next one.")),
]
Host = Annotated[str, typer.Option(help=_("Address to listen on."))]


def add_to(app: typer.Typer) -> None:
    """Hang these commands at the top of `madang`."""
    app.command(help=_("Serve the site: pages, jobs and live updates."))(serve)
    app.command(help=_("Load the sample city and serve it."))(demo)
    app.command(help=_("Work off the queue until stopped."))(worker)
    app.command(help=_("Open psql on the city's database."))(psql)


def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    with _reserved(host, port), standing_city() as revive:
        url = f"http://{host}:{port}"
        print(_("Serving {url}; Ctrl+C stops it.").format(url=url), flush=True)
        _serve(host, port, revive)


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help=_("Run the loop once, print what came out, stop."))
    ] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    with nullcontext() if once else _reserved(host, port), standing_city() as revive:
        from madang.site.cli.demo import load_sample, print_loop, print_welcome

        load_sample(data_folder())
        if once:
            print_loop()
            return
        print_welcome(data_folder(), f"http://{host}:{port}")
        _serve(host, port, revive)


def worker() -> None:
    with standing_city():
        import madang.site.backup.jobs  # noqa: F401  # its jobs are known from here on
        from madang.ground.jobs.queue import work_forever

        work_forever()


def psql() -> None:
    """Run the PostgreSQL shell that came with the wheel."""
    import os
    import subprocess

    from madang.site.postgres import programs

    with standing_city():
        command = [str(programs() / "psql"), os.environ["MADANG_DATABASE_URL"]]
        raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603 the wheel's own program


def _serve(host: str, port: int, revive: Callable[[], None]) -> None:
    from madang.site.serve import serve_city

    raise SystemExit(serve_city(data=data_folder(), host=host, port=port, revive=revive))


@contextmanager
def _reserved(host: str, port: int) -> Iterator[None]:
    from madang.site.serve import UnableToListen, reserved

    try:
        with reserved(host, port):
            yield
    except UnableToListen as unable:
        sentence = _("Port {port} of {host} cannot be used: {why}. Choose another with --port.")
        raise Refusal(
            sentence.format(port=unable.port, host=host, why=unable), exit_code=3
        ) from None
