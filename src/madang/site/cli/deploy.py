"""Write what a machine needs to run each block behind its wall."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from madang.ground.whole_files import write_whole
from madang.site.cli.city import standing_city
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.site.deploy import Written


def add_to(app: typer.Typer) -> None:
    """Hang the command at the top of `madang`."""
    text = _("Write services (systemd) and a proxy's configuration (nginx, Caddy) into a folder.")
    app.command(help=text)(deploy)


def deploy(
    folder: Annotated[Path, typer.Argument(help=_("Where to write, as in /etc/madang."))],
    *,
    port: Annotated[
        int, typer.Option(min=1, max=65000, help=_("Port of the front; all others follow."))
    ] = 8100,
    listen: Annotated[
        str, typer.Option(help=_("Where nginx listens without https, as in 127.0.0.1:8080."))
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what would be written, and write nothing."))
    ] = False,
) -> None:
    is_own = not os.environ.get("MADANG_DATABASE_URL")
    if is_own and not listen:
        raise Refusal(
            _(
                "Walls between services need a database server, named in MADANG_DATABASE_URL: the"
                " city's own PostgreSQL trusts whoever reaches its socket."
            )
        )
    with standing_city():
        from django.conf import settings

        from madang.site.deploy import deployment

        hosts = [host for host in settings.ALLOWED_HOSTS if not host.startswith("[")]
        files = list(deployment(folder=folder.resolve(), hosts=hosts, port=port, listen=listen))
        for file in files:
            if not dry_run:
                _write(file)
            print(file.path)
    if not dry_run:
        print(_("Next: docs/how-to/raise-the-walls.md says where these files go."))


def _write(file: "Written") -> None:
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o600 if file.is_secret else 0o644
        write_whole(file.path, file.text.encode(), mode=mode)
    except OSError as trouble:
        sentence = _("{path}: cannot be written: {why}.")
        raise Refusal(sentence.format(path=file.path, why=trouble.strerror)) from None
