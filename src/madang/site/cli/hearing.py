"""Commands of the hearings block."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from madang.site.cli.address import address_from, checked_address
from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json, read_export
from madang.site.cli.files import read_bytes, write_json
from madang.site.cli.known import say_it_is_here
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import Language, _, shell_language

if TYPE_CHECKING:
    from madang.core.opinion.conversation import Conversation
    from madang.listen.hearings.imports import ImportedHearing

app = typer.Typer(help=_("Hearings: import, list, close, show."), no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help=_("Address of the hearing; `madang hearing list`."))]


@app.command(
    "import", help=_("Open a hearing from a Polis export folder (comments.csv, votes.csv).")
)
def import_(
    source: Annotated[Path, typer.Argument(help=_("The export's folder, or its votes.csv."))],
    slug: Annotated[
        str,
        typer.Option(
            help=_("Address; made from the folder's name if absent."), callback=checked_address
        ),
    ] = "",
    title: Annotated[str, typer.Option(help=_("Title; taken from summary.csv if absent."))] = "",
    language: Language = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Say what would be done."))] = False,
) -> None:
    conversation = read_export(source)
    name = slug or address_from(_folder(source).resolve().name)
    topic = title or _topic(source)
    heading = topic or name
    if dry_run:
        print(
            _(
                "{slug}: {statements} statements and {people} participants would be imported."
            ).format(
                slug=name,
                statements=len(conversation.statements),
                people=len(conversation.participant_ids),
            )
        )
        return
    with standing_city():
        made = _bring_in(conversation, name, heading, source, language)
        asked = {"texts", *(["slug"] if slug else []), *(["title"] if topic else [])}
        if not made.is_new:
            say_it_is_here(made.hearing.slug, [each for each in made.differing if each in asked])
        _print_map(made.hearing.slug)


def _bring_in(
    conversation: "Conversation", slug: str, heading: str, source: Path, language: str
) -> "ImportedHearing":
    from django.utils import timezone

    from madang.ground.words import language_of
    from madang.listen.hearings.forms import REFUSALS
    from madang.listen.hearings.imports import import_conversation
    from madang.listen.hearings.models import Origin
    from madang.listen.hearings.services import UnableToCreateHearing

    try:
        return import_conversation(
            conversation=conversation,
            slug=slug,
            title={language or language_of(heading): heading},
            introduction={},
            question={},
            texts={},
            source=source.resolve().name,
            origin=Origin.IMPORTED,
            language=language,
            at=timezone.now(),
        )
    except UnableToCreateHearing as unable:
        raise Refusal(f"{slug}: {REFUSALS[str(unable)]}") from unable


def _print_map(slug: str) -> None:
    from django.utils import timezone

    from madang.listen.hearings.services import draw_map

    drawn = draw_map(slug=slug, at=timezone.now())
    print(
        _("/hearings/{slug}/: {votes} votes, {statements} statements, {groups} groups.").format(
            slug=slug,
            votes=drawn.votes,
            statements=len(drawn.result["statements"]),
            groups=len(drawn.result["groups"]),
        )
    )


@app.command("list", help=_("List all hearings."))
def list_(json: Json = None) -> None:
    with standing_city():
        from madang.listen.hearings.queries import list_hearings

        rows = list_hearings(language=shell_language(), with_drafts=True)
        if json is not None:
            write_json(
                [
                    {"slug": r.slug, "title": r.title, "status": r.status, "origin": r.origin,
                     "statements": r.statements, "participants": r.participants}
                    for r in rows
                ],
                json,
            )  # fmt: skip
            return
        for row in rows:
            print(f"{row.slug}\t{row.status}\t{row.participants}\t{row.title}")
        if not rows:
            print(_("There is no hearing yet."))


@app.command("close", help=_("Close a hearing and draw its final map."))
def close(slug: Slug) -> None:
    with standing_city():
        from django.utils import timezone

        from madang.ground.jobs.queue import work_off
        from madang.listen.hearings.forms import REFUSALS
        from madang.listen.hearings.models import Hearing
        from madang.listen.hearings.services import UnableToMove, close_hearing

        try:
            close_hearing(slug=slug, at=timezone.now())
        except Hearing.DoesNotExist as missing:
            raise no_such(slug) from missing
        except UnableToMove as unable:
            raise Refusal(f"{slug}: {REFUSALS[str(unable)]}", exit_code=3) from unable
        work_off()
        print(_("{slug} is closed.").format(slug=slug))


@app.command("map", help=_("Print the newest map of a hearing as JSON."))
def map_(slug: Slug, json: Json = None) -> None:
    with standing_city():
        from madang.listen.hearings.queries import newest_map

        drawn = newest_map(slug=slug)
        if drawn is None:
            raise Refusal(_("{slug}: there is no map of such a hearing.").format(slug=slug))
        write_json(drawn.result, json)


def no_such(slug: str) -> Refusal:
    return Refusal(
        _("{slug}: there is no such hearing; `madang hearing list` shows them.").format(slug=slug)
    )


def _folder(source: Path) -> Path:
    return source if source.is_dir() else source.parent


def _topic(source: Path) -> str:
    """The conversation's topic as Polis's summary.csv says it, "" where it does not."""
    from madang.core.opinion.csv_rows import decode_text
    from madang.core.opinion.polis_export import read_topic

    summary = _folder(source) / "summary.csv"
    if not summary.is_file():
        return ""
    return read_topic(decode_text(str(summary), read_bytes(summary)))[:200]
