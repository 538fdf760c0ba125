"""`madang journal witness serve`: for a newspaper, a university, or another city."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from madang.site.cli.outside import Name, Secret, own_secret, proper_name
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.core.tlog.note import Key

app = typer.Typer(help=_("Witness the logs of others."), no_args_is_help=True)


@app.callback()
def witness() -> None:
    """A group, although it has one command yet."""


@app.command(help=_("Countersign heads of these logs over the web, as long as none forgets."))
def serve(
    name: Name,
    secret: Secret,
    state: Annotated[
        Path, typer.Option(help=_("Folder of what was countersigned; made if it is not there."))
    ],
    log: Annotated[
        list[str], typer.Option(help=_("Public key of a log to witness, as name+id+key."))
    ],
    host: Annotated[str, typer.Option(help=_("Address to listen on."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help=_("Port to listen on."))] = 8090,
) -> None:
    from madang.ground.journal.keys import witness_key
    from madang.site.witness import StateInUse, Witness, WitnessServer, sole_keeper

    logs, own = [_log_key(text) for text in log], own_secret(secret)
    witness = Witness(name=proper_name(name), secret=own, state=state, logs=logs)
    try:
        with sole_keeper(state), WitnessServer((host, port), witness) as server:
            url = f"http://{host}:{server.server_port}"
            print(_("Your public key: {key}").format(key=witness_key(name, own)))
            print(_("Witnessing at {url}; Ctrl+C stops it.").format(url=url), flush=True)
            server.serve_forever()
    except StateInUse:
        raise Refusal(
            _("{path}: another witness keeps its memory here.").format(path=state), exit_code=3
        ) from None
    except OSError as trouble:
        raise Refusal(
            _("Port {port} of {host} cannot be used: {why}. Choose another with --port.").format(
                port=port, host=host, why=trouble.strerror or trouble
            ),
            exit_code=3,
        ) from None
    except KeyboardInterrupt:
        sys.stderr.write("\n")


def _log_key(text: str) -> "Key":
    from madang.core.tlog.note import Kind, parse_key
    from madang.core.tlog.trouble import BadNote

    try:
        key = parse_key(text)
    except BadNote as wrong:
        why = _(wrong.reason).format(**wrong.values)
        raise Refusal(_("{log}: {why}.").format(log=text[:80], why=why)) from None
    if key.kind != Kind.NOTE:
        raise Refusal(_("{log}: this is the key of a witness, not of a log.").format(log=text[:80]))
    return key
