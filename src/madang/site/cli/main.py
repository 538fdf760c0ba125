"""Gather the commands, and put every foreseen failure into one sentence."""

import sys

import typer

from madang import __version__
from madang.core.bad_input import BadInput
from madang.site.cli import (
    backup,
    ballot,
    blocks,
    cores,
    deploy,
    hearing,
    house,
    journal,
    network,
    operate,
    person,
    plan,
    privacy,
    release,
    restore,
    rights,
)
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _, say_wrong

app = typer.Typer(
    name="madang",
    help=_("Madang: listen, decide, act, measure — the open system of a city's smart-city office."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(cores.opinions, name="opinions")
app.add_typer(cores.ballots, name="ballots")
app.add_typer(hearing.app, name="hearing")
app.add_typer(ballot.app, name="ballot")
app.add_typer(plan.app, name="plan")
app.add_typer(network.app, name="network")
app.add_typer(person.app, name="person")
app.add_typer(rights.app, name="rights")
app.add_typer(journal.app, name="journal")
app.add_typer(release.app, name="release")
app.add_typer(blocks.app, name="blocks")
app.add_typer(privacy.app, name="privacy")
app.add_typer(backup.app, name="backup")
deploy.add_to(app)
restore.add_to(app)
house.add_to(app)
operate.add_to(app)


@app.command(help=_("Print the version."))
def version() -> None:
    print(__version__)


def _refuse_what_is_no_text(words: list[str]) -> None:
    """Refuse bytes that are no UTF-8, for neither database nor pages could keep them."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise Refusal(_("{word}: this is not UTF-8 text.").format(word=ascii(word))) from None


def main() -> None:
    try:
        _refuse_what_is_no_text(sys.argv)
        app()
    except (BadInput, Refusal) as wrong:
        raise SystemExit(say_wrong(wrong)) from None
    except PermissionError as closed:
        refusal = Refusal(_("{path}: no permission to open it.").format(path=closed.filename))
        raise SystemExit(say_wrong(refusal)) from None
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away (`madang … | head`)
        raise SystemExit(0) from None
