"""Take a base backup: the database as pg_basebackup streams it, and the city's files beside it."""

import os
import re
import select
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import IO, BinaryIO

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from madang import __version__
from madang.site.archiving import Archiving
from madang.site.backup.archive import pieces_in, shelf_of_wal
from madang.site.backup.sealing import CHUNK, Sealed, parse_recipients, seal
from madang.site.backup.shelf import DATABASE_PART, FILES_PART, Base, Part, name_of, write_base
from madang.site.postgres import is_own_database, programs

# What of the data folder is in a backup beside the database. Not secrets/ and keys/: keys are kept
# apart, and a destroyed key must not come back. Not static/, which each start makes anew.
FOLDERS = ("journal", "repository")
PATIENCE_S = 120
TAIL_BYTES = 1 << 16
# The manifest of PostgreSQL's own, last in its tar, says so.
RANGE = re.compile(rb'"Timeline": (\d+), "Start-LSN": "([0-9A-F/]+)", "End-LSN": "([0-9A-F/]+)"')


class UnableToBackUp(Exception):
    """There is no new backup, and no half one. The message is a stable code: "busy", "not-taken",
    "log-not-kept"; `why` has what PostgreSQL says about that.
    """

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.why = why


def take_backup(*, address: str, data: Path, archiving: Archiving, at: datetime) -> Base:
    """Take a base backup of the running city and return it. Raises UnableToBackUp, OSError."""
    with psycopg.connect(address, autocommit=True) as link:
        row = link.execute(
            "SELECT system_identifier::text, current_setting('server_version_num')::int / 10000,"
            " current_database(), current_user, pg_size_bytes(current_setting('wal_segment_size')),"
            " clock_timestamp() FROM pg_control_system()"
        ).fetchone()
    assert row is not None
    system, version, database, user, segment_bytes, started_at = row
    place = archiving.folder / system / "base"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(place):
        draft = place / f".{at:%Y%m%dT%H%M%SZ}.new"
        draft.mkdir(mode=0o700)
        try:
            kept, span = _take_database(address, draft / DATABASE_PART, archiving)
            files = seal(_tar(data), draft / FILES_PART, parse_recipients(archiving.recipients))
            base = Base(
                name=f"{at:%Y%m%dT%H%M%SZ}",
                system=system,
                madang=__version__,
                postgres=version,
                database=database,
                user=user,
                is_own=is_own_database(data, address),
                segment_bytes=segment_bytes,
                timeline=span.timeline,
                start_lsn=span.start,
                end_lsn=span.end,
                started_at=started_at,
                finished_at=_clock(address),
                parts=(_part(DATABASE_PART, kept), _part(FILES_PART, files)),
                folder=place / f"{at:%Y%m%dT%H%M%SZ}",
            )
            _wait_for_log(base)
            return write_base(base, draft)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold the lock of base backups, and clear away what a killed one left."""
    with (place / ".lock").open("a") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise UnableToBackUp("busy") from None
        for left in [*place.glob(".*.new"), *place.glob(".*.gone")]:
            shutil.rmtree(left)
        yield


def open_address(address: str) -> tuple[str, dict[str, str]]:
    """Return the address without its password, for a list of processes shows it, and an
    environment that has the password.
    """
    parts = conninfo_to_dict(address)
    password = parts.pop("password", None)
    env = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    shown = make_conninfo("", **parts)
    return shown, env if password is None else {**env, "PGPASSWORD": str(password)}


def _take_database(address: str, path: Path, archiving: Archiving) -> tuple[Sealed, "Span"]:
    """Write the database's part; return what was written, and the log that belongs to it."""
    shown, env = open_address(address)
    command = [str(programs() / "pg_basebackup"), "-d", shown, "--no-password"]
    # Without the log (-X none), which the folder has: it ends when the last piece is there.
    options = ["-D", "-", "-F", "tar", "-X", "none", "-c", "fast", "--manifest-checksums=SHA256"]
    keys, tail = parse_recipients(archiving.recipients), Tail()
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(  # noqa: S603 the wheel's own program
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env=env,
        ) as process:
            assert process.stdout is not None
            try:
                kept = seal(tail.of(_patient(process.stdout)), path, keys)
            except BaseException:
                process.kill()
                raise
        said.seek(0)
        words = said.read()
    if process.returncode != 0:
        lines = words.strip().splitlines() or [str(process.returncode)]
        errors = [line for line in lines if "error:" in line or "ERROR:" in line]
        raise UnableToBackUp("not-taken", (errors or lines)[-1])
    return kept, tail.span()


@dataclass(frozen=True, slots=True)
class Span:
    """The part of the log without which a base backup is none."""

    timeline: int
    start: str
    end: str


class Tail:
    """Remembers the end of what passes."""

    def __init__(self) -> None:
        self._last = b""

    def of(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._last = (self._last + chunk)[-TAIL_BYTES:]
            yield chunk

    def span(self) -> Span:
        found = RANGE.search(self._last)
        if found is None:
            raise UnableToBackUp("not-taken", "the manifest of PostgreSQL names no log")
        return Span(int(found[1]), found[2].decode(), found[3].decode())


def _patient(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what comes. Nothing comes for long where PostgreSQL waits in vain for its log to be
    kept: then raise UnableToBackUp.
    """
    while True:
        ready, _, _ = select.select([stream], [], [], PATIENCE_S)
        if not ready:
            raise UnableToBackUp("log-not-kept")
        chunk = os.read(stream.fileno(), CHUNK)
        if not chunk:
            return
        yield chunk


def _tar(data: Path) -> Iterator[bytes]:
    """Yield a tar of the city's files. Each is whole, for they are replaced and never changed."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            with suppress(FileNotFoundError), path.open("rb") as file:
                info = tarfile.TarInfo(str(path.relative_to(data)))
                info.size, info.mtime = os.fstat(file.fileno()).st_size, 0
                yield info.tobuf(tarfile.PAX_FORMAT)
                yield from _exactly(info.size, file)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _exactly(size: int, file: BinaryIO) -> Iterator[bytes]:
    """Yield this many bytes of the file, filled up to a block as tar wants it."""
    left = size
    while left and (chunk := file.read(min(left, CHUNK))):
        left -= len(chunk)
        yield chunk
    yield bytes(left + -size % tarfile.BLOCKSIZE)


def _part(name: str, kept: Sealed) -> Part:
    return Part(name, kept.size, kept.plain_size, kept.sha256)


def _clock(address: str) -> datetime:
    """Return the server's time, which is that of its commits."""
    with psycopg.connect(address, autocommit=True) as link:
        row = link.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def _wait_for_log(base: Base) -> None:
    """Wait until the folder has the log without which this backup is none."""
    name = name_of(base.timeline, base.last_number, base.segment_bytes)
    deadline = time.monotonic() + PATIENCE_S
    while not any(piece.name == name for piece in pieces_in(shelf_of_wal(base.shelf, name))):
        if time.monotonic() > deadline:
            raise UnableToBackUp("log-not-kept")
        time.sleep(0.2)
