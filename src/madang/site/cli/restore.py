"""`madang restore`: bring the city back to a moment."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from madang.site.cli.city import data_folder
from madang.site.cli.kept import (
    IdentityFile,
    Yes,
    backups,
    in_words,
    opening,
    recovering,
    say_step,
    sure,
    zone,
)
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _, shell_language

if TYPE_CHECKING:
    from madang.site.backup.restoring import Restored
    from madang.site.backup.shelf import Base

END = "end"
Moment = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="MOMENT",
        help=_(
            "The moment to go back to, as in 2026-03-01T14:30 (the city's time) or"
            " 2026-03-01T05:30Z; or end: all that was kept."
        ),
    ),
]


def add_to(app: typer.Typer) -> None:
    app.command(help=_("Bring the city back to a moment, from its backups."))(restore)


def restore(
    to: Moment,
    identity: IdentityFile,
    *,
    into: Annotated[
        Path | None,
        typer.Option(help=_("Data folder to restore into, instead of MADANG_DATA.")),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what would be done, and do nothing."))
    ] = False,
    yes: Yes = False,
) -> None:
    from madang.site.backup.restoring import what_is_in_the_way

    moment = None if to == END else _moment(to)
    _folder, bases = backups()
    target = data_folder() if into is None else into.resolve()
    base = _base(bases, moment, target)
    if into is None and not base.is_own:
        raise Refusal(_("The backup is of another's database server: name a folder with --into."))
    print(_("From backup {name}, into {path}.").format(name=base.name, path=target))
    in_the_way = what_is_in_the_way(target)
    for path in in_the_way:
        print(_("{path} will be moved aside, not deleted.").format(path=path))
    if dry_run:
        return
    if in_the_way:
        sure(_("Restore?"), yes=yes)
    _print(_restored(base, moment, target, identity))


def _restored(base: "Base", moment: datetime | None, target: Path, identity: list) -> "Restored":  # type: ignore[type-arg]  # age's own kind
    from madang.site.backup.restoring import restore_city
    from madang.site.postgres import UnableToRunDatabase, unused_database

    keys_of = target if (target / "secrets").is_dir() else data_folder()
    _refuse_without_keys(keys_of)
    with opening():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with unused_database(target), recovering():
                return restore_city(
                    base,
                    into=target,
                    keys_of=keys_of,
                    moment=moment,
                    identities=identity,
                    language=shell_language(),
                    at=datetime.now(UTC),
                    say=say_step,
                )
        except UnableToRunDatabase:
            sentence = _("The city runs in {path}: stop it first.").format(path=target)
            raise Refusal(sentence, exit_code=3) from None


def _moment(text: str) -> datetime:
    """Return the moment; without a zone it is in the city's. Raises Refusal."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        sentence = _("{text}: this is no moment; write it as 2026-03-01T14:30, or say end.")
        raise Refusal(sentence.format(text=text)) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone())
    if moment > datetime.now(UTC):
        sentence = _("{moment} is in the future; nothing leads there.")
        raise Refusal(sentence.format(moment=in_words(moment)))
    return moment


def _base(bases: "list[Base]", moment: datetime | None, target: Path) -> "Base":
    """Return the base backup to start from. Raises Refusal where none leads to the moment."""
    from madang.site.archiving import system_of
    from madang.site.backup.shelf import OutsideWindow, base_for, latest_moment, pieces

    if not bases:
        raise Refusal(_("There is no backup yet."), exit_code=3)
    try:
        base = base_for(moment, bases)
    except OutsideWindow as outside:
        sentence = _("The first moment that can be restored is {earliest}.")
        raise Refusal(sentence.format(earliest=in_words(outside.earliest))) from None
    latest = latest_moment(list(pieces(base.shelf)))
    with suppress(OSError):
        if system_of(target / "postgres") == base.system:
            return base  # what was not kept yet lies there still
    if moment is not None and latest is not None and moment > latest:
        sentence = _("The backups reach until {latest}; `--to end` restores all that was kept.")
        raise Refusal(sentence.format(latest=in_words(latest)))
    return base


def _refuse_without_keys(data: Path) -> None:
    """A city that came up with new keys would call its own journal a forgery."""
    for name in ("MADANG_PSEUDONYM_KEY", "MADANG_JOURNAL_KEY"):
        if not os.environ.get(name) and not (data / "secrets" / name.lower()).exists():
            sentence = _(
                "{name} is missing: put the city's keys back into {path} first; they are kept apart"
                " from backups."
            )
            raise Refusal(sentence.format(name=name, path=data / "secrets"), exit_code=3)


def _print(done: "Restored") -> None:
    seen = done.seen
    if done.newest is not None:
        print(_("The last act that came back is of {moment}.").format(moment=in_words(done.newest)))
    sentence = _("Restored in {seconds} s: {tables} tables, {events} events, {entries} entries.")
    print(
        sentence.format(
            seconds=f"{done.seconds:.1f}",
            tables=seen.tables,
            events=seen.events,
            entries=seen.journal,
        )
    )
    for finding in seen.findings:
        print(finding)
    if done.aside is not None:
        print(_("What was here before is in {path}.").format(path=done.aside))
    if not done.base.is_own:
        sentence = _("Give {path} to the database server as its data folder.")
        print(sentence.format(path=done.into / "postgres"))
