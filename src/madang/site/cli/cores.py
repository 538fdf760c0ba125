"""The cores as commands with stable JSON: no city, no database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from madang.site.cli.files import read_bytes, write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

opinions = typer.Typer(help=_("Opinion maps from files, without a city."), no_args_is_help=True)
ballots = typer.Typer(help=_("Count ballots from files, without a city."), no_args_is_help=True)

if TYPE_CHECKING:  # numpy and the cores are imported only by the commands that need them
    from madang.core.ballot.pabulib import PabulibFile
    from madang.core.opinion.conversation import Conversation
    from madang.core.opinion.csv_rows import TextFile

RuleName = Annotated[str, typer.Option("--rule", help="equal-shares | greedy | phragmen")]
UtilityName = Annotated[str, typer.Option(help="cost | cardinality | points | borda")]
CompletionName = Annotated[str, typer.Option(help="none | add1 | add1u | utilitarian")]
TieBreakName = Annotated[str, typer.Option(help="project-id")]
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


def read_export(source: Path) -> "Conversation":
    """Return the Conversation in a Polis export's folder, or in one file with votes.

    Beside a file, comments.csv of the same folder tells what was moderated out.
    """
    from madang.core.opinion.csv_rows import decode_text
    from madang.core.opinion.polis_export import read_conversation

    def text(path: Path) -> "TextFile | None":
        return decode_text(str(path), read_bytes(path)) if path.exists() else None

    if not source.is_dir():
        file = decode_text(str(source), read_bytes(source))
        comments = text(source.parent / "comments.csv")
        if source.name == "participants-votes.csv":
            return read_conversation(participants_votes=file, comments=comments)
        return read_conversation(votes=file, comments=comments)
    votes = text(source / "votes.csv")
    # It adds only the groups that another program published, and costs as much again to read.
    standing = text(source / "participants-votes.csv") if votes is None else None
    if votes is None and standing is None:
        raise Refusal(
            _("{path}: neither votes.csv nor participants-votes.csv is here.").format(path=source)
        )
    return read_conversation(
        votes=votes, participants_votes=standing, comments=text(source / "comments.csv")
    )


@ballots.command("count", help=_("Count a Pabulib file."))
def count_file(
    source: Annotated[Path, typer.Argument(help=_("A Pabulib file (.pb)."))],
    rule: RuleName = "equal-shares",
    utility: UtilityName = "cost",
    completion: CompletionName = "none",
    tie_break: TieBreakName = "project-id",
    *,
    needed: Annotated[
        bool, typer.Option(help=_("Recount to find the support that each loser missed."))
    ] = True,
    json: Json = None,
) -> None:
    from madang.core.ballot.count import count
    from madang.core.ballot.report import report
    from madang.core.ballot.rule import parse_rule

    chosen = parse_rule(method=rule, utility=utility, completion=completion, tie_break=tie_break)
    counted = count(read_ballot(source).election(), chosen)
    write_json(report(counted, with_needed=needed), json)


def read_ballot(source: Path) -> "PabulibFile":
    """Return the Pabulib file. Raises Refusal or BadInput."""
    from madang.core.ballot.pabulib import read_pabulib
    from madang.core.opinion.csv_rows import decode_text

    file = decode_text(str(source), read_bytes(source))
    return read_pabulib(file.lines, str(source))
