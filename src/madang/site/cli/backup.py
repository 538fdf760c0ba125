"""Commands of backups: make a key, take one, look at them, thin them out, rehearse the way back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.ground.words import marked
from madang.site.cli.city import data_folder, database_alone
from madang.site.cli.cores import Json
from madang.site.cli.files import write_json
from madang.site.cli.kept import (
    IdentityFile,
    Yes,
    backups,
    in_words,
    megabytes,
    opening,
    recovering,
    say_step,
    sure,
)
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _, shell_language

if TYPE_CHECKING:
    from madang.site.archiving import Archiving
    from madang.site.backup.restoring import Drill
    from madang.site.backup.shelf import Base
    from madang.site.backup.state import State

app = typer.Typer(help=_("Backups of the city, and rehearsals of a restore."), no_args_is_help=True)
NOT_WHOLE = 1

REFUSALS = {
    "busy": marked("A backup is being taken already."),
    "not-taken": marked("No backup was taken: {why}."),
    "log-not-kept": marked(
        "No backup was taken, for the database's log does not reach the backup folder;"
        " `madang backup list` says why."
    ),
}


@app.command(help=_("Make the key that opens backups, and write it to a file that you keep."))
def key(
    file: Annotated[Path, typer.Argument(help=_("New file for the secret identity."))],
) -> None:
    from madang.site.backup.sealing import make_identity

    identity, public = make_identity()
    text = f"# public key: {public}\n{identity}\n"
    try:
        with open(file, "x", opener=_closed_to_others) as out:
            out.write(text)
    except FileExistsError:
        raise Refusal(_("{path}: this is there already.").format(path=file)) from None
    except OSError as trouble:
        sentence = _("{path}: cannot be written: {why}.")
        raise Refusal(sentence.format(path=file, why=trouble.strerror)) from None
    print(f"MADANG_BACKUP_KEYS={public}")
    print(
        _(
            "Take {path} away from this machine and keep it twice: without it no backup can be"
            " opened, and whoever has it can open them all."
        ).format(path=file)
    )


def _closed_to_others(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


@app.command(help=_("Take a base backup now."))
def now(json: Json = None) -> None:
    from madang.site.backup.taking import UnableToBackUp, take_backup

    wanted = _wanted()
    data = data_folder()
    with database_alone(data), _receiving(data, wanted):
        address = os.environ["MADANG_DATABASE_URL"]
        _refuse_while_behind(address, data)
        try:
            base = take_backup(address=address, data=data, archiving=wanted, at=_now())
        except UnableToBackUp as unable:
            sentence = _(REFUSALS[str(unable)]).format(why=unable.why)
            raise Refusal(sentence, exit_code=3) from None
        except OSError as trouble:
            raise _no_disk(trouble, wanted.folder) from None
    if json is not None:
        write_json(_base_as_json(base), json)
    else:
        sentence = _("Backup {name}: {size} MB, closed.")
        print(sentence.format(name=base.name, size=megabytes(base.size)))


@contextmanager
def _receiving(data: Path, wanted: "Archiving") -> Iterator[None]:
    """Receive another server's log meanwhile, unless `madang serve` does."""
    from madang.site.backup.follow import UnableToFollow, following
    from madang.site.postgres import is_own_database

    address = os.environ["MADANG_DATABASE_URL"]
    if is_own_database(data, address):
        yield
        return
    try:
        with following(address, data, wanted):
            yield
    except UnableToFollow as unable:
        sentence = REFUSALS["not-taken"]
        raise Refusal(_(sentence).format(why=unable), exit_code=3) from None


def _wanted() -> "Archiving":
    """Return the settings of backups. Raises Refusal where they are off."""
    from madang.site.archiving import UnableToArchive, archiving

    try:
        wanted = archiving()
    except UnableToArchive as wrong:
        raise Refusal(_(wrong.sentence).format(**wrong.values)) from None
    if wanted is None:
        raise Refusal(_("Backups are off: MADANG_BACKUP_DIR names no folder."), exit_code=3)
    return wanted


def _refuse_while_behind(address: str, data: Path) -> None:
    from madang.site.backup.state import state_of
    from madang.site.postgres import is_own_database

    if not is_own_database(data, address):
        return
    state = state_of(address, is_own=True)
    if not state.is_on:
        raise Refusal(
            _("The database runs since before backups were on: stop and start the city."),
            exit_code=3,
        )
    if state.is_behind:
        sentence = REFUSALS["log-not-kept"]
        raise Refusal(_(sentence), exit_code=3)


def _no_disk(trouble: OSError, folder: Path) -> Refusal:
    sentence = _("No backup was taken: {path}: {why}.")
    path = trouble.filename or folder
    return Refusal(sentence.format(path=path, why=trouble.strerror or trouble), exit_code=3)


@app.command("list", help=_("List the backups, to which moments they lead, and what is behind."))
def list_backups(json: Json = None) -> None:
    from madang.site.backup.shelf import latest_moment, pieces

    folder, bases = backups()
    state = _state()
    kept = [piece for shelf in {base.shelf for base in bases} for piece in pieces(shelf)]
    latest = latest_moment(kept)
    if json is not None:
        told = {
            "folder": str(folder),
            "backups": [_base_as_json(base) for base in bases],
            "from": bases[0].finished_at.isoformat() if bases else None,
            "to": latest.isoformat() if latest and bases else None,
            "archiving": None if state is None else _state_as_json(state),
        }
        write_json(told, json)
        return
    for base in bases:
        print(f"{base.name}\tPostgreSQL {base.postgres}\t{megabytes(base.size)} MB")
    if not bases:
        print(_("There is no backup yet."))
    else:
        latest = max(latest or bases[-1].finished_at, bases[-1].finished_at)
        sentence = _("A restore leads to any moment from {earliest} to {latest}.")
        words = {"earliest": in_words(bases[0].finished_at), "latest": in_words(latest)}
        print(sentence.format(**words))
    print(_say_state(state))


def _state() -> "State | None":
    """Return how archiving fares, or None where the database does not run."""
    import psycopg

    from madang.site.backup.state import state_of
    from madang.site.postgres import DATABASE, Server, is_own_database

    data = data_folder()
    address = os.environ.get("MADANG_DATABASE_URL") or Server(data / "postgres").address(DATABASE)
    try:
        return state_of(address, is_own=is_own_database(data, address))
    except psycopg.OperationalError:
        return None


def _say_state(state: "State | None") -> str:
    if state is None:
        return _("The database does not run, so nothing new is kept.")
    if not state.is_on:
        return _("The database's log is not kept.")
    if state.is_behind:
        sentence = _("The database's log is NOT being kept: {waiting} MB wait. Last try: {failed}.")
        failed = in_words(state.failed_at) if state.failed_at else "–"
        return sentence.format(waiting=megabytes(state.waiting_bytes), failed=failed)
    return _("The database's log is being kept; {waiting} MB wait.").format(
        waiting=megabytes(state.waiting_bytes)
    )


@app.command(help=_("Check that the backups are as they were written; open them, with a key."))
def check(identity: IdentityFile = None, json: Json = None) -> None:
    from madang.site.backup.checking import check_backups

    folder, bases = backups()
    if not bases:
        raise Refusal(_("There is no backup yet."), exit_code=3)
    with opening():
        found = list(check_backups(folder, identity or ()))
    if json is not None:
        told = [{"flaw": f.flaw.name.lower(), "name": f.name, "why": f.why} for f in found]
        write_json({"backups": len(bases), "findings": told}, json)
    else:
        for finding in found:
            print(_(finding.flaw.value).format(name=finding.name, why=finding.why))
        if not found:
            print(_("All {number} backups are as they were written.").format(number=len(bases)))
    raise SystemExit(NOT_WHOLE if found else 0)


@app.command(help=_("Delete what is not needed for the last days."))
def prune(
    keep_days: Annotated[
        int, typer.Option(min=1, help=_("Days of which every moment stays within reach."))
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what would be deleted, and delete nothing."))
    ] = False,
    yes: Yes = False,
) -> None:
    from madang.site.backup.shelf import remove, surplus

    folder, _bases = backups()
    found = surplus(folder, since=_now() - timedelta(days=keep_days))
    for base in found.bases:
        print(base.name)
    sentence = _("{bases} backups and {pieces} pieces of the log are not needed: {size} MB.")
    print(
        sentence.format(
            bases=len(found.bases), pieces=len(found.pieces), size=megabytes(found.size)
        )
    )
    if dry_run or not (found.bases or found.pieces):
        return
    sure(_("Delete them for good?"), yes=yes)
    remove(found)


@app.command("drill", help=_("Rehearse: restore into a folder beside, check, measure, clear away."))
def rehearse(identity: IdentityFile, json: Json = None) -> None:
    from madang.site.backup.restoring import drill

    _folder, bases = backups()
    if not bases:
        raise Refusal(_("There is no backup yet."), exit_code=3)
    data = data_folder()
    with database_alone(data), recovering(), opening():
        done = drill(
            bases[-1],
            live=os.environ["MADANG_DATABASE_URL"],
            data=data,
            identities=identity or (),
            language=shell_language(),
            say=say_step,
        )
    if json is not None:
        write_json(_drill_as_json(done), json)
    else:
        _print_drill(done)
    raise SystemExit(0 if done.is_good else NOT_WHOLE)


def _print_drill(done: "Drill") -> None:
    seen = done.seen
    print(
        _("Restored beside the city: {tables} tables, {events} events, {entries} entries.").format(
            tables=seen.tables, events=seen.events, entries=seen.journal
        )
    )
    for finding in seen.findings:
        print(finding)
    if done.tables_lost:
        print(_("{number} tables are missing.").format(number=done.tables_lost))
    elif not seen.findings:
        print(_("The journal is as it was signed."))
    print(_("RPO: at most {seconds} s of work would be lost.").format(seconds=f"{done.rpo_s:.1f}"))
    print(_("RTO: the city stood again after {seconds} s.").format(seconds=f"{done.rto_s:.1f}"))


def _drill_as_json(done: "Drill") -> dict[str, Any]:
    return {
        "backup": done.base.name,
        "lost_at": done.lost_at.astimezone(UTC).isoformat(),
        "newest_commit": done.newest and done.newest.astimezone(UTC).isoformat(),
        "rpo_s": round(done.rpo_s, 3),
        "rto_s": round(done.rto_s, 3),
        "steps_s": {name: round(seconds, 3) for name, seconds in done.steps.items()},
        "segments": done.segments,
        "tables": done.seen.tables,
        "tables_lost": done.tables_lost,
        "events": done.seen.events,
        "entries": done.seen.journal,
        "findings": list(done.seen.findings),
        "good": done.is_good,
    }


def _base_as_json(base: "Base") -> dict[str, Any]:
    return {
        "name": base.name,
        "finished_at": base.finished_at.astimezone(UTC).isoformat(),
        "size": base.size,
        "plain_size": base.plain_size,
        "postgres": base.postgres,
        "madang": base.madang,
        "start_lsn": base.start_lsn,
        "end_lsn": base.end_lsn,
        "timeline": base.timeline,
    }


def _state_as_json(state: "State") -> dict[str, Any]:
    return {
        "on": state.is_on,
        "behind": state.is_behind,
        "kept_at": state.kept_at and state.kept_at.astimezone(UTC).isoformat(),
        "failed_at": state.failed_at and state.failed_at.astimezone(UTC).isoformat(),
        "failed": state.failed,
        "waiting_bytes": state.waiting_bytes,
    }


def _now() -> datetime:
    return datetime.now(UTC)
