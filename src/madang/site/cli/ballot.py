"""Commands of the ballots block."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.site.cli.address import address_from, checked_address
from madang.site.cli.city import standing_city
from madang.site.cli.cores import (
    Json,
    RuleName,
    TieBreakName,
    UtilityName,
    read_ballot,
)
from madang.site.cli.files import write_json
from madang.site.cli.known import say_it_is_here
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import Language, _, shell_language

if TYPE_CHECKING:
    from madang.core.ballot.pabulib import PabulibFile
    from madang.decide.ballots.imports import ImportedBallot

PATIENCE_S, PAUSE_S = 300, 0.5  # with a worker that counts, between two looks at it

app = typer.Typer(help=_("Ballots: import, list, close and count, show."), no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help=_("Address of the ballot; `madang ballot list`."))]
NewCompletion = Annotated[
    str,
    typer.Option(
        "--completion",
        help="none | add1 | add1u | utilitarian; "
        + _("add1u for equal-shares and none for the others if absent."),
    ),
]

NewSlug = Annotated[
    str,
    typer.Option(help=_("Address; made from the file's name if absent."), callback=checked_address),
]


@app.command(
    "import",
    help=_(
        "Make a ballot from a Pabulib file, with its projects and votes. Its rule is chosen here "
        "and stays; without a choice it is equal-shares, cost, add1u."
    ),
)
def import_(
    source: Annotated[Path, typer.Argument(help=_("A Pabulib file (.pb)."))],
    slug: NewSlug = "",
    hearing: Annotated[
        str, typer.Option(help=_("Hearing in which the file's column `statement` counts."))
    ] = "",
    rule: RuleName = "equal-shares",
    utility: UtilityName = "cost",
    completion: NewCompletion = "",
    tie_break: TieBreakName = "project-id",
    language: Language = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Say what would be done."))] = False,
) -> None:
    from madang.core.ballot.rule import parse_rule

    file = _in_language(read_ballot(source), language)
    completion = completion or ("add1u" if rule == "equal-shares" else "none")
    chosen = parse_rule(method=rule, utility=utility, completion=completion, tie_break=tie_break)
    with standing_city():
        from django.utils import timezone

        from madang.decide.ballots.imports import import_ballot, preview_import

        name = slug or address_from(source.stem)
        call: dict[str, Any] = {"file": file, "source": source.name, "slug": name}
        call |= {"rule": chosen, "hearing": hearing}
        with _as_refusal(name):
            made = preview_import(**call) if dry_run else import_ballot(**call, at=timezone.now())
        if made.is_new:
            _say_what_came(made, dry_run=dry_run)
            print(_("Counting rule: {rule}").format(rule=", ".join(chosen.manifest().values())))
            return
        asked = {"slug": slug, "title": file.meta.get("description"), "hearing": hearing}
        say_it_is_here(made.slug, [each for each in made.differing if asked.get(each, True)])


@contextmanager
def _as_refusal(name: str) -> Iterator[None]:
    """Say in one sentence why a ballot cannot be imported."""
    from madang.decide.ballots.forms import REFUSALS
    from madang.decide.ballots.imports import UnableToImport
    from madang.decide.ballots.services import UnableToDraft

    try:
        yield
    except (UnableToDraft, UnableToImport) as unable:
        raise Refusal(f"{name}: {REFUSALS[str(unable)]}") from unable


def _say_what_came(made: "ImportedBallot", *, dry_run: bool) -> None:
    pattern = (
        _("{slug}: {projects} projects and {voters} voters would be imported.")
        if dry_run
        else _("{slug}: {projects} projects, {voters} voters. See /ballots/{slug}/")
    )
    print(pattern.format(slug=made.slug, projects=made.projects, voters=made.voters))


def _in_language(file: "PabulibFile", language: str) -> "PabulibFile":
    return replace(file, meta={**file.meta, "language": language}) if language else file


@app.command("list", help=_("List all ballots."))
def list_(json: Json = None) -> None:
    with standing_city():
        from madang.decide.ballots.public import list_ballots
        from madang.ground.words import said

        rows = list_ballots()
        if json is not None:
            write_json([{"slug": r.slug, "words": r.words, "status": r.status} for r in rows], json)
            return
        for row in rows:
            print(f"{row.slug}\t{row.status}\t{said(row.words, shell_language())}")
        if not rows:
            print(_("There is no ballot yet."))


@app.command("close", help=_("Close a ballot, count it and put its winners into the plan."))
def close(slug: Slug) -> None:
    with standing_city():
        from django.utils import timezone

        from madang.decide.ballots.forms import REFUSALS
        from madang.decide.ballots.models import Ballot
        from madang.decide.ballots.services import UnableToClose, close_ballot

        try:
            close_ballot(slug=slug, at=timezone.now())
        except Ballot.DoesNotExist as missing:
            raise _no_such(slug) from missing
        except UnableToClose as unable:
            raise Refusal(f"{slug}: {REFUSALS[str(unable)]}", exit_code=3) from unable
        _wait_for_count(slug)
        result = _result(slug)
        winners = ", ".join(result["winners"])
        print(
            _("{slug} is closed and counted. Winners: {winners}").format(slug=slug, winners=winners)
        )


def _wait_for_count(slug: str) -> None:
    """Count what waits in the queue; return when the ballot is counted, here or by a worker."""
    from madang.decide.ballots.models import Ballot, Status
    from madang.ground.jobs.queue import work_off

    print(_("Counting …"), file=sys.stderr, flush=True)
    end = monotonic() + PATIENCE_S
    while True:
        work_off()
        if Ballot.objects.filter(slug=slug, status=Status.COUNTED).exists():
            return
        if monotonic() > end:
            sentence = _("{slug} is closed; the count goes on: `madang ballot show` tells its end.")
            raise Refusal(sentence.format(slug=slug), exit_code=3)
        sleep(PAUSE_S)


@app.command("show", help=_("Print a counted ballot's winners, certificate and explanations."))
def show(slug: Slug, json: Json = None) -> None:
    with standing_city():
        write_json(_result(slug), json)


def _result(slug: str) -> dict[str, Any]:
    from madang.decide.ballots.models import Ballot

    ballot = Ballot.objects.filter(slug=slug).first()
    if ballot is None:
        raise _no_such(slug)
    if not ballot.result:
        raise Refusal(_("{slug}: not counted yet.").format(slug=slug), exit_code=3)
    result: dict[str, Any] = ballot.result
    return result


def _no_such(slug: str) -> Refusal:
    return Refusal(
        _("{slug}: there is no such ballot; `madang ballot list` shows them.").format(slug=slug)
    )
