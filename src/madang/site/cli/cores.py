"""The cores as commands with stable JSON: no city, no database."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from madang.site.cli.files import read_bytes, write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

opinions = typer.Typer(help=_("Opinion maps from files, without a city."), no_args_is_help=True)
ballots = typer.Typer(help=_("Count ballots from files, without a city."), no_args_is_help=True)

Json = Annotated[
    Path | None, typer.Option("--json", help=_("File to write; standard output when not given."))
]


@opinions.callback()
def _opinions() -> None:
    """Keeps `map` a subcommand while it is the only one."""


@ballots.callback()
def _ballots() -> None:
    """Keeps `count` a subcommand while it is the only one."""


@opinions.command("map", help=_("Draw the opinion map of a Polis export."))
def draw(
    source: Annotated[Path, typer.Argument(help=_("Folder of a Polis export, or its votes.csv."))],
    groups: Annotated[int | None, typer.Option(help=_("How many groups; found if absent."))] = None,
    json: Json = None,
) -> None:
    from madang.core.opinion.report import as_json, map_conversation

    write_json(as_json(map_conversation(read_export(source), groups)), json)


def read_export(source: Path):  # type: ignore[no-untyped-def]  # numpy is imported only when needed
    """Return the Conversation in a Polis export's folder, or in one file with votes.

    Beside a file, comments.csv of the same folder tells what was moderated out.
    """
    from madang.core.opinion.csv_rows import decode_text
    from madang.core.opinion.polis_export import read_conversation

    def text(path: Path):  # type: ignore[no-untyped-def]
        return decode_text(str(path), read_bytes(path)) if path.exists() else None

    if not source.is_dir():
        file = decode_text(str(source), read_bytes(source))
        comments = text(source.parent / "comments.csv")
        if source.name == "participants-votes.csv":
            return read_conversation(participants_votes=file, comments=comments)
        return read_conversation(votes=file, comments=comments)
    votes, standing = text(source / "votes.csv"), text(source / "participants-votes.csv")
    if votes is None and standing is None:
        raise Refusal(
            _("{path}: neither votes.csv nor participants-votes.csv is here.").format(path=source)
        )
    return read_conversation(
        votes=votes, participants_votes=standing, comments=text(source / "comments.csv")
    )


class RuleName(Enum):
    EQUAL_SHARES = "equal-shares"
    GREEDY = "greedy"
    PHRAGMEN = "phragmen"


class UtilityName(Enum):
    COST = "cost"
    CARDINALITY = "cardinality"


class CompletionName(Enum):
    NONE = "none"
    ADD1 = "add1"
    ADD1U = "add1u"
    UTILITARIAN = "utilitarian"


class TieBreakName(Enum):
    PROJECT_ID = "project-id"
