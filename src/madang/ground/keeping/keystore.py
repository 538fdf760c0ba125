"""The key store: a folder outside the database, with a key for each purpose and period.

What was written under a key can be read while the key is there. Once it is destroyed nobody can
read it any more, in no backup, log or copy of the database; and no key of that purpose and period
is ever made again. A key is 32 random bytes in a file of its own, readable by its owner alone; or,
where the operator opened the folder to a group, by the services of the city that are in it.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

from django.conf import settings

from madang.ground.whole_files import sync_folder

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
KEY, GONE = ".key", ".destroyed"


class UnableToUseKey(Exception):
    """There is no such key: "destroyed", "missing" (the store is not the one it was made in)."""


@dataclass(frozen=True, order=True)
class KeyName:
    """For what a key is, and for when: "identity.residency", "2028-05"."""

    purpose: str
    period: str

    def __post_init__(self) -> None:
        assert NAME.fullmatch(self.purpose), f"{self.purpose} is no purpose"
        assert NAME.fullmatch(self.period), f"{self.period} is no period"

    def file(self, ending: str) -> Path:
        return key_folder() / self.purpose / f"{self.period}{ending}"


def key_folder() -> Path:
    """Return the folder of the key store; it need not be there yet."""
    return Path(settings.MADANG_KEYS)


def make_key(name: KeyName) -> bytes:
    """Return the key, made now if it was never made. Raises UnableToUseKey: "destroyed"."""
    with suppress(FileNotFoundError):
        return _read(name)
    if name.file(GONE).exists():
        raise UnableToUseKey("destroyed")
    place = name.file(KEY)
    _close_folder(place.parent)
    draft = place.with_name(f".{place.name}.{os.getpid()}.{token_bytes(4).hex()}")
    write_closed(draft, token_bytes(32))
    try:
        place.hardlink_to(draft)  # never replaces what another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(place.parent)
    return _read(name)


def read_key(name: KeyName) -> bytes:
    """Return the key. Raises UnableToUseKey: "destroyed", "missing"."""
    try:
        return _read(name)
    except FileNotFoundError:
        raise UnableToUseKey("destroyed" if name.file(GONE).exists() else "missing") from None


def destroy_key(name: KeyName, *, at: datetime) -> None:
    """Make the key unreadable for ever; safe to repeat, also after a power cut half-way.

    First it is noted that the key is gone, so that none is made in its place; then the file is
    overwritten and removed. A file system that keeps what is overwritten, and a disk that does,
    must be encrypted itself.
    """
    place, gone = name.file(KEY), name.file(GONE)
    _close_folder(place.parent)
    if not gone.exists():
        draft = gone.with_name(f".{gone.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        write_closed(draft, f"{at.astimezone(UTC).isoformat()}\n".encode())
        draft.replace(gone)
        sync_folder(place.parent)
    with suppress(FileNotFoundError):
        with place.open("r+b") as key:
            key.write(bytes(max(32, place.stat().st_size)))
            key.flush()
            os.fsync(key.fileno())
        place.unlink()
    sync_folder(place.parent)


def keys_of(purpose: str) -> list[KeyName]:
    """Return the keys of a purpose that can still be used, the oldest period first."""
    return sorted(_named(purpose, KEY))


def destroyed_keys() -> list[KeyName]:
    """Return every key that was destroyed."""
    if not key_folder().is_dir():
        return []
    purposes = (each.name for each in key_folder().iterdir() if each.is_dir())
    return sorted(name for purpose in purposes for name in _named(purpose, GONE))


def _named(purpose: str, ending: str) -> Iterator[KeyName]:
    folder = key_folder() / purpose
    for place in folder.glob(f"*{ending}") if folder.is_dir() else ():
        if NAME.fullmatch(place.name):  # a draft that a crash left begins with a dot
            yield KeyName(purpose, place.name.removesuffix(ending))


def _read(name: KeyName) -> bytes:
    key = name.file(KEY).read_bytes()
    # Half a key would seal what nobody can open; one that is being destroyed is none.
    if len(key) != 32 or name.file(GONE).exists():
        raise UnableToUseKey("destroyed" if name.file(GONE).exists() else "missing")
    return key


def _close_folder(folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(folder.parent.stat().st_mode)  # as the operator set it, whatever the umask


def write_closed(place: Path, content: bytes) -> None:
    """Write a new file that nobody can read whom the store is not open to; have it on disk."""
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        os.fchmod(file.fileno(), mode_of_files())
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def mode_of_files() -> int:
    """Return who may read and write files of the store: its owner, and a group that was let in."""
    return 0o660 if key_folder().stat().st_mode & 0o070 == 0o070 else 0o600
