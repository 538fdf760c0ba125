"""What commands on backups share: the folder, the key, moments in words, and what can go wrong."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from madang.ground.words import marked
from madang.site.cli.files import read_bytes
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.site.backup.shelf import Base

STEPS = {
    "unpacking": marked("Unpacking the backup …"),
    "recovering": marked("Following the database's log …"),
    "looking": marked("Looking at what came back …"),
}
NOT_OPENED = {
    "wrong-identity": marked("{path}: this was closed for another key than the one you gave."),
    "altered": marked("{path}: this is not what was written, or not all of it."),
}
NOT_RECOVERED = {
    "no-programs": marked(
        "The backup is of PostgreSQL {why}, whose programs are not on this machine: install that"
        " version of PostgreSQL."
    ),
    "no-room": marked("{why} lacks {amount} MB of free space for the restored database."),
    "log-missing": marked(
        "The piece {why} of the log is missing from the backup folder, so what follows cannot be"
        " restored."
    ),
    "not-a-backup": marked("{why}: this is no backup of Madang."),
    "not-recovered": marked("PostgreSQL did not recover: {why}"),
    "not-looked-at": marked("The restored city does not come up: {why}"),
}


def _identities(path: str | None) -> Any:
    """Return the identities in the file that was named; "-" is standard input."""
    if path is None or not isinstance(path, str):
        return path
    from madang.site.backup.sealing import parse_identities

    text = sys.stdin.read() if path == "-" else read_bytes(Path(path)).decode("utf-8", "replace")
    try:
        found = parse_identities(text)
    except ValueError:
        found = []
    if not found:
        sentence = _("{path}: this holds no identity of age (AGE-SECRET-KEY-1…).")
        raise Refusal(sentence.format(path=path))
    return found


IdentityFile = Annotated[
    Any,
    typer.Option(
        "--identity",
        metavar="FILE",
        parser=_identities,
        help=_("File with the secret identity that opens backups; - reads standard input."),
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help=_("Do not ask."))]


def backups() -> "tuple[Path, list[Base]]":
    """Return the backup folder and the base backups in it, oldest first. Raises Refusal."""
    from madang.site.archiving import backup_folder
    from madang.site.backup.shelf import UnableToRead, bases_in

    folder = backup_folder()
    if folder is None:
        raise Refusal(_("Backups are off: MADANG_BACKUP_DIR names no folder."), exit_code=3)
    try:
        return folder, bases_in(folder)
    except UnableToRead as strange:
        sentence = _("{path}: this is no manifest of a backup.")
        raise Refusal(sentence.format(path=strange), exit_code=3) from None


def zone() -> ZoneInfo:
    """Return the city's time zone. Raises Refusal."""
    named = os.environ.get("MADANG_TIME_ZONE", "Asia/Seoul")
    try:
        return ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refusal(_("{zone}: there is no such time zone.").format(zone=named)) from None


def in_words(moment: datetime) -> str:
    """Return the moment in the city's time, as `--to` takes it."""
    return moment.astimezone(zone()).isoformat(timespec="seconds")


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"


def say_step(step: str) -> None:
    print(_(STEPS[step]), file=sys.stderr, flush=True)


def sure(question: str, *, yes: bool) -> None:
    """Go on where the user says so. Raises Refusal."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refusal(_("{question} Nobody is there to ask: say --yes.").format(question=question))
    if not typer.confirm(question):
        raise Refusal(_("Nothing was changed."))


@contextmanager
def opening() -> Iterator[None]:
    """Say in one sentence what cannot be opened or read."""
    from madang.site.backup.sealing import UnableToOpen

    try:
        yield
    except UnableToOpen as unable:
        sentence = _(NOT_OPENED[str(unable)]).format(path=unable.path)
        raise Refusal(sentence, exit_code=2 if str(unable) == "wrong-identity" else 3) from None
    except OSError as trouble:
        if isinstance(trouble, PermissionError | BrokenPipeError):
            raise  # `main` has sentences for these
        sentence = _("{path}: cannot be read or written: {why}.")
        path = trouble.filename or "–"
        raise Refusal(
            sentence.format(path=path, why=trouble.strerror or trouble), exit_code=3
        ) from None


@contextmanager
def recovering() -> Iterator[None]:
    """Say in one sentence why nothing was restored."""
    from madang.site.backup.hatch import LogIsMissing
    from madang.site.backup.recovery import UnableToRecover

    try:
        yield
    except UnableToRecover as unable:
        sentence = _(NOT_RECOVERED[str(unable)])
        raise Refusal(
            sentence.format(why=unable.why, amount=megabytes(unable.amount)), exit_code=3
        ) from None
    except LogIsMissing as missing:
        sentence = NOT_RECOVERED["log-missing"]
        raise Refusal(_(sentence).format(why=missing), exit_code=3) from None
