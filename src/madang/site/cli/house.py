"""Commands for the house itself: serve it, show it, work its queue."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer

from madang.ground.block import discover_blocks
from madang.ground.processes import FRONT, GROUND, LIVE, RIGHTS
from madang.site.cli.city import data_folder, standing_city
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

# The last port, 65535, is left to the live updates.
Port = Annotated[
    int,
    typer.Option(min=1, max=65534, help=_("Port of the pages; live updates take the next one.")),
]
Host = Annotated[str, typer.Option(help=_("Address to listen on."))]
Apart = Annotated[
    bool,
    typer.Option("--apart", help=_("Serve each block in a process of its own, behind its wall.")),
]


def add_to(app: typer.Typer) -> None:
    """Hang these commands at the top of `madang`."""
    app.command(help=_("Serve the site: pages, jobs and live updates."))(serve)
    app.command(help=_("Load the sample city and serve it."))(demo)
    app.command(help=_("Work off the queue until stopped."))(worker)
    app.command(help=_("Open psql on the city's database."))(psql)


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    block: Annotated[
        str,
        typer.Option(
            help=_("Serve one block behind its wall; or front, rights, live, ground."),
            metavar="NAME",
        ),
    ] = "",
    apart: Apart = False,
) -> None:
    if block:
        _serve_wall(block, host, port)
    with _reserved(host, _ports(port, apart=apart)), standing_city() as revive:
        url = f"http://{host}:{port}"
        print(_("Serving {url}; Ctrl+C stops it.").format(url=url), flush=True)
        _serve(host, port, revive, apart=apart)


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help=_("Run the loop once, print what came out, stop."))
    ] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    apart: Apart = False,
) -> None:
    ports = [] if once else _ports(port, apart=apart)
    with _reserved(host, ports), standing_city() as revive:
        from madang.site.cli.demo import load_sample, print_loop, print_welcome

        load_sample(data_folder())
        if once:
            print_loop()
            return
        print_welcome(data_folder(), f"http://{host}:{port}")
        _serve(host, port, revive, apart=apart)


def worker() -> None:
    with standing_city():
        import madang.site.backup.jobs  # noqa: F401  # its jobs are known from here on
        from madang.ground.jobs.queue import work_forever
        from madang.site.operate.processes import begin

        begin("jobs")
        work_forever()


def psql() -> None:
    """Run the PostgreSQL shell that came with the wheel."""
    import subprocess

    from madang.site.postgres import programs

    with standing_city():
        command = [str(programs() / "psql"), os.environ["MADANG_DATABASE_URL"]]
        raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603 the wheel's own program


def _serve(host: str, port: int, revive: Callable[[], None], *, apart: bool) -> None:
    from madang.site.serve import serve_apart, serve_city

    serving = serve_apart if apart else serve_city
    raise SystemExit(serving(data=data_folder(), host=host, port=port, revive=revive))


def _serve_wall(wall: str, host: str, port: int) -> None:
    """Serve what is behind one wall; where this process is behind it already, as it is."""
    from madang.site.serve import serve_wall

    known = [*(placed.block.name for placed in discover_blocks()), FRONT, RIGHTS, LIVE, GROUND]
    if wall not in known:
        sentence = _("There is no block {name}; there are {known}.")
        raise Refusal(sentence.format(name=wall, known=", ".join(known)))
    is_behind = os.environ.get("MADANG_BLOCK") == wall
    city = nullcontext(lambda: None) if is_behind else standing_city()
    ports = [] if wall == GROUND else [port]
    with _reserved(host, ports), city as revive:
        where = {"wall": wall, "url": f"http://{host}:{port}"}
        said = _("Working for {wall}.") if wall == GROUND else _("Serving {wall} at {url}.")
        print(said.format(**where), flush=True)
        served = serve_wall(wall=wall, data=data_folder(), host=host, port=port, revive=revive)
        raise SystemExit(served)


def _ports(port: int, *, apart: bool) -> range:
    """Return the ports that pages and live updates take, and each block's where it has one."""
    return range(port, port + 2 + (1 + len(discover_blocks()) if apart else 0))


@contextmanager
def _reserved(host: str, ports: Iterable[int]) -> Iterator[None]:
    from madang.site.serve import UnableToListen, reserved

    try:
        with reserved(host, ports):
            yield
    except UnableToListen as unable:
        sentence = _("Port {port} of {host} cannot be used: {why}. Choose another with --port.")
        raise Refusal(
            sentence.format(port=unable.port, host=host, why=unable), exit_code=3
        ) from None
