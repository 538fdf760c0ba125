"""Commands about what is kept of people: what is held, what is due, erase it, renew stand-ins."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.ground.words import marked
from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.files import write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.ground.privacy.sweeper import Swept

app = typer.Typer(help=_("What is kept about people, and its end."), no_args_is_help=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Say what would be done."))]
Day = Annotated[
    str, typer.Option(help=_("As if it were this day, as in 2028-05-31 (UTC); today if absent."))
]
BlockName = Annotated[str, typer.Argument(help=_("Name of a block, as in hearings."))]

SENTENCES = {
    "row": marked("{what}: {number} rows deleted"),
    "blank": marked("{what}: emptied in {number} rows"),
    "stand_in": marked("{what}: {number} random stand-ins in place of pseudonyms"),
    "other": marked("{what}: {number}"),
    "key": marked("{what}: key destroyed; no backup can be read in this any more"),
    "warned": marked("{what}: {number} people told that their unused account will be erased"),
}


@app.command("fields", help=_("List every personal field: what, why, by which right, how long."))
def fields(json: Json = None) -> None:
    with standing_city():
        from madang.ground.privacy.declared import held_by

        told = [
            {
                "field": held.path,
                "holds": _(held.personal.holds),
                "purpose": _(held.personal.purpose),
                "ground": _(held.personal.ground.words),
                "articles": held.personal.ground.articles,
                "rule": held.personal.keep.rule.name.lower(),
                "days": held.personal.keep.lasting.days or None,
                "since": held.personal.keep.since or None,
                "keep": _(held.personal.keep.words),
            }
            for held in held_by()
        ]
    if json is not None:
        write_json(told, json)
        return
    for each in told:
        print(f"{each['field']}: {each['holds']}. {each['keep']}. ({each['articles']})")


@app.command("due", help=_("Say what a sweep would erase."))
def due(at: Day = "", json: Json = None) -> None:
    with standing_city():
        from madang.ground.privacy.sweeper import what_is_due

        _tell(list(what_is_due(at=_moment(at))), json)


@app.command(
    "sweep",
    help=_(
        "Erase what has been kept long enough, and destroy the keys that are over. The worker does"
        " so every night."
    ),
)
def sweep(
    *,
    dry_run: DryRun = False,
    # For rehearsals on a copy of a city; hidden, for what a mistyped year erases is gone.
    at: Annotated[str, typer.Option(hidden=True)] = "",
    json: Json = None,
) -> None:
    with standing_city():
        from madang.ground.privacy import sweeper

        work = sweeper.what_is_due if dry_run else sweeper.sweep
        _tell(work(at=_moment(at)), json)


@app.command(
    "reapply", help=_("After a restore: erase again what was erased since the backup was made.")
)
def reapply(json: Json = None) -> None:
    with standing_city():
        from madang.ground.privacy.restored import reapply_erasures

        _tell(reapply_erasures(at=_moment("")), json)


@app.command(
    "rotate-pseudonyms",
    help=_(
        "Make a block's pseudonyms anew under a fresh secret. Votes stay and count once; who left"
        " stays as they are. The old secret is destroyed after 35 days, and a backup from before"
        " can take no votes then."
    ),
)
def rotate_pseudonyms(block: BlockName, *, dry_run: DryRun = False, json: Json = None) -> None:
    with _standing_block(block):
        from madang.ground.privacy.renewal import renew_stand_ins, would_renew

        work = would_renew(block=block) if dry_run else renew_stand_ins(block=block, at=_moment(""))
        told = []
        for each in work:
            row = {
                "purpose": each.purpose,
                "generation": each.generation,
                "stand_ins": each.stand_ins,
            }
            told.append(row)
            if json is None:
                print(_("{purpose}: {stand_ins} pseudonyms, generation {generation}").format(**row))
    if json is not None:
        write_json(told, json)


@app.command(
    "key-for",
    help=_("Print the key with which a process of one block alone makes its pseudonyms. A secret."),
)
def key_for(block: BlockName) -> None:
    with _standing_block(block):
        from madang.ground.privacy import pseudonyms

        print(pseudonyms.key_for(block))


@contextmanager
def _standing_block(block: str) -> Iterator[None]:
    """Run in a standing city; refuse a block that makes no pseudonyms."""
    with standing_city():
        from madang.ground.privacy.declared import held_by

        making = {
            held.model._meta.app_label for held in held_by() if held.personal.stand_in
        }  # fmt: skip
        if block not in making:
            raise Refusal(
                _("{block} makes no pseudonyms; blocks that do are {known}.").format(
                    block=block, known=", ".join(sorted(making))
                )
            )
        yield


def _moment(day: str) -> datetime:
    if not day:
        return datetime.now(UTC)
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time(), UTC)
    except ValueError:
        raise Refusal(_("{day} is no day; write it as 2028-05-31.").format(day=day)) from None


def _tell(swept: "Iterable[Swept]", json: Any) -> None:
    """Print each step as it comes, or all of them as JSON."""
    told = []
    for each in swept:
        told.append({"what": each.what, "kind": each.kind, "number": each.number})
        if json is None:
            print(_(SENTENCES[each.kind]).format(what=each.what, number=each.number), flush=True)
    if json is not None:
        write_json(told, json)
    elif not told:
        print(_("Nothing is due."))
