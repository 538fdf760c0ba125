"""What the city's own PostgreSQL is told about backups: where each finished piece of its log goes.

Read from the environment whenever the server starts: without MADANG_BACKUP_DIR nothing is kept.
"""

import logging
import shutil
import sys
from dataclasses import dataclass
from os import environ
from pathlib import Path
from shlex import quote

from madang.ground.words import marked as _

logger = logging.getLogger(__name__)

LAG_S = 60  # how long a commit may wait for its way into the backup folder


class UnableToArchive(ValueError):
    """The settings of backups do not fit together; the message is a whole sentence, to translate.

    values: what fills its places.
    """

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence.format(**values))
        self.sentence, self.values = sentence, values


@dataclass(frozen=True, slots=True)
class Archiving:
    """Where backups go, for whose age identities they are closed, and how long they may wait."""

    folder: Path
    recipients: tuple[str, ...]
    lag_s: int


def backup_folder() -> Path | None:
    """Return where backups lie, or None where no folder is named."""
    named = environ.get("MADANG_BACKUP_DIR", "")
    return Path(named).resolve() if named else None


def archiving() -> Archiving | None:
    """Return the settings of backups, or None where they are off. Raises UnableToArchive."""
    folder = backup_folder()
    if folder is None:
        return None
    keys = environ.get("MADANG_BACKUP_KEYS", "").replace(",", " ").split()
    if not keys:
        raise UnableToArchive(
            _(
                "MADANG_BACKUP_DIR is set, but MADANG_BACKUP_KEYS is not: backups are kept closed."
                " `madang backup key` makes a key."
            )
        )
    _refuse_what_is_no_key(keys)
    lag = environ.get("MADANG_BACKUP_LAG", str(LAG_S))
    if not lag.isdecimal() or not 1 <= int(lag) <= 86_400:
        raise UnableToArchive(
            _("MADANG_BACKUP_LAG must be a number of seconds from 1 to 86400, not {value}."),
            value=lag,
        )
    return Archiving(folder, tuple(keys), int(lag))


def _refuse_what_is_no_key(keys: list[str]) -> None:
    import pyrage

    for key in keys:
        try:
            pyrage.x25519.Recipient.from_str(key)
        except pyrage.RecipientError:
            raise UnableToArchive(
                _(
                    "MADANG_BACKUP_KEYS holds {value}, which is no public key of age; one begins"
                    " with age1."
                ),
                # A secret that somebody put here by mistake is not repeated.
                value="AGE-SECRET-KEY-…" if key.upper().startswith("AGE-SECRET") else key,
            ) from None


def system_of(postgres: Path) -> str:
    """Return the number that PostgreSQL gave this database when it was made."""
    with (postgres / "global" / "pg_control").open("rb") as control:
        return str(int.from_bytes(control.read(8), sys.byteorder))


def server_settings(postgres: Path, wanted: Archiving | None) -> str:
    """Return lines of PostgreSQL's configuration."""
    if wanted is None:
        return "archive_mode = off\n"
    shelf = wanted.folder / system_of(postgres)
    # Isolated (-I), for the server stands in the folder of its data.
    words = [sys.executable, "-I", "-m", "madang.site.backup.archive"]
    fixed = " ".join(quote(str(word)) for word in [*words, shelf, *wanted.recipients])
    command = f'{fixed.replace("%", "%%")} "%p" "%f"'.replace("'", "''")
    return (
        "archive_mode = on\n"
        f"archive_timeout = {wanted.lag_s}\n"
        f"archive_command = '{command}'\n"
        "archive_library = ''\n"
    )


def make_room(postgres: Path, wanted: Archiving, user: str | None) -> None:
    """Make the folder that the server puts pieces of its log into; as root, for its user.

    A folder that cannot be made stops no city: PostgreSQL keeps the pieces and tries again.
    """
    _ask_for_histories(postgres, user)
    shelf = wanted.folder / system_of(postgres)
    try:
        for folder in (shelf, shelf / "wal"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if user is not None:
            # Those that root made too: a restore keeps a history, a copy comes from elsewhere.
            wal = shelf / "wal"
            for folder in (wal, *wal.glob("*/"), *wal.glob("*/*/")):
                shutil.chown(folder, user, user)
            let_through({*(shelf / "wal").parents, *_ways_to_our_code()})
    except OSError as trouble:
        logger.error("backups: %s: %s", trouble.filename, trouble.strerror)


def _ask_for_histories(postgres: Path, user: str | None) -> None:
    """Ask the server to keep which timeline came from which.

    A restored city begins a timeline, and begins it with archiving off, lest one that somebody only
    looks at is taken for the city; so the server does not do so by itself.
    """
    for history in (postgres / "pg_wal").glob("*.history"):
        status = history.parent / "archive_status" / history.name
        if not status.with_name(f"{history.name}.done").exists():
            asked = status.with_name(f"{history.name}.ready")
            asked.touch(mode=0o600)
            if user is not None:
                shutil.chown(asked, user, user)


def let_through(folders: set[Path]) -> None:
    """Let other users go through these folders, not look around in them; as root."""
    for closed in folders:
        mode = closed.stat().st_mode
        if not mode & 0o001:
            closed.chmod(mode | 0o001)


def _ways_to_our_code() -> set[Path]:
    """Return the folders that the server's user goes through to run Python and us."""
    python = Path(sys.executable)
    inner = (Path(__file__), python, python.resolve(), Path(sys.base_prefix, "lib", "python"))
    return {parent for path in inner for parent in path.parents}
