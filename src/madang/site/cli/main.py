"""Gather the commands, and put every foreseen failure into one sentence."""

import sys
from typing import NoReturn

import typer

from madang import __version__
from madang.core.bad_input import BadInput
from madang.site.cli import ballot, cores, hearing, house, journal, person, plan
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

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
app.add_typer(person.app, name="person")
app.add_typer(journal.app, name="journal")
house.add_to(app)


@app.command(help=_("Print the version."))
def version() -> None:
    print(__version__)


def main() -> None:
    try:
        app()
    except BadInput as bad:
        _stop(f"{bad.place}: {_(bad.reason).format(**bad.values)}", 2)
    except Refusal as refusal:
        _stop(str(refusal), refusal.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away (`madang … | head`)
        raise SystemExit(0) from None


def _stop(sentence: str, code: int) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(code)
