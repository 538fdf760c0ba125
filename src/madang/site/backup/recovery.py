"""Make a city of its backup: unpack a base backup, let PostgreSQL follow the log to a moment."""

import shutil
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from shlex import quote

import psycopg
from pyrage.x25519 import Identity

from madang.site.backup.hatch import Hatch, working
from madang.site.backup.sealing import CHUNK, UnableToOpen, opened
from madang.site.backup.shelf import (
    DATABASE_PART,
    FILES_PART,
    Base,
    Part,
    bases_in,
    missing_from,
    needed_until,
    pieces,
    timeline_at,
)
from madang.site.postgres import VERSION, Server, UnableToRunDatabase, programs

LEFT_OUT = {"log", "postmaster.opts"}  # of the database's folder: what the old server said
TOO_EARLY = "recovery ended before configured recovery target was reached"
SPARE = 1.1  # of the size of a base backup, for what recovery adds
DEBIAN = Path("/usr/lib/postgresql")

Say = Callable[[str], None]


class UnableToRecover(Exception):
    """No city came of it. The message is a stable code: "no-programs", "no-room", "log-missing",
    "not-a-backup", "not-recovered"; `why` and `amount` fill its sentence.
    """

    def __init__(self, code: str, why: object = "", amount: int = 0) -> None:
        super().__init__(code)
        self.why, self.amount = why, amount


@dataclass(frozen=True, slots=True)
class Recovered:
    """A running database, which stands at `newest`: the time of its last commit."""

    address: str
    newest: datetime | None
    segments: int  # that were read from the log


@contextmanager
def recovered(
    base: Base,
    *,
    into: Path,
    moment: datetime | None,
    identities: Sequence[Identity],
    older: Path | None = None,
    say: Say = lambda _: None,
) -> Iterator[Recovered]:
    """Run the database as it was at this moment, or at the end of the log, while the block lasts.

    into: an empty folder, in which a data folder is made. older: the log of a database that lies
    here still, for what is not in the backup. say: hears "unpacking" and "recovering".

    Raises UnableToRecover, UnableToOpen, LogIsMissing, OSError.
    """
    found = programs_for(base.postgres)
    _refuse_what_cannot_be(base, into, moment, older)
    server = Server(into / "postgres", of=found)
    say("unpacking")
    _unpack(base, into, identities)
    if server.user is not None:
        server.take_over()
    say("recovering")
    place = into / "hatch"
    place.mkdir(mode=0o700)
    if server.user is not None:
        shutil.chown(place, server.user, server.user)
    hatch = Hatch(place, base.shelf, identities, older, server.user)
    try:
        with working(hatch):
            newest = _follow(server, hatch, base, moment)
        yield Recovered(server.address(base.database, user=base.user), newest, hatch.handed)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)


def programs_for(version: int) -> Path:
    """Return the folder of a PostgreSQL of this major version: the wheel's, or Debian's.

    Raises UnableToRecover: "no-programs".
    """
    if str(version) == VERSION:
        return programs()
    place = DEBIAN / str(version) / "bin"
    if not (place / "postgres").exists():
        raise UnableToRecover("no-programs", version)
    return place


def _refuse_what_cannot_be(
    base: Base, into: Path, moment: datetime | None, older: Path | None
) -> None:
    until = needed_until(base, moment, bases_in(base.shelf.parent))
    if older is None and (lost := missing_from(base, list(pieces(base.shelf)), until=until)):
        raise UnableToRecover("log-missing", lost[0])
    needed = int(base.plain_size * SPARE)
    free = shutil.disk_usage(into).free
    if free < needed:
        raise UnableToRecover("no-room", into, needed - free)


def _unpack(base: Base, into: Path, identities: Sequence[Identity]) -> None:
    """Unpack both parts, the database's into a folder below."""
    for part in base.parts:
        target = into / "postgres" if part.name == DATABASE_PART else into
        target.mkdir(mode=0o700, exist_ok=True)
        assert part.name in {DATABASE_PART, FILES_PART}
        unpack(base, part, target, identities)


def unpack(base: Base, part: Part, target: Path, identities: Sequence[Identity]) -> None:
    """Unpack this part of a base backup. Raises UnableToOpen, UnableToRecover, OSError."""
    path = base.folder / part.name
    with opened(path, identities) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for member in tar:
                    if member.name.split("/")[0] not in LEFT_OUT:
                        _write(tar, member, target)
        except tarfile.TarError:
            raise UnableToRecover("not-a-backup", path) from None
    if path.stat().st_size != part.size:
        raise UnableToOpen("altered", path)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Write one file. Whoever has the public key can make a backup: it must not lead outside."""
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not (member.isdir() or member.isreg()):
        raise UnableToRecover("not-a-backup", member.name)
    place = target / name
    if member.isdir():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None
    with place.open("xb") as file:
        shutil.copyfileobj(content, file, CHUNK)
    place.chmod(0o600 if target.name == "postgres" else 0o644)


def _follow(server: Server, hatch: Hatch, base: Base, moment: datetime | None) -> datetime | None:
    """Start the server, wait until it followed the log; return the time of its last commit."""
    (server.folder / "recovery.signal").touch()
    if server.user is not None:
        shutil.chown(server.folder / "recovery.signal", server.user)
    address = server.address(base.database, user=base.user)
    timeline, target = _target(base, moment)
    try:
        return _run(server, hatch, address, timeline | target)
    except UnableToRunDatabase as silent:
        if hatch.trouble is not None:
            raise hatch.trouble from None
        if not target or TOO_EARLY not in str(silent):
            raise UnableToRecover("not-recovered", silent) from None
    try:
        # Nothing was committed between the moment and the end of a log that reaches beyond it.
        return _run(server, hatch, address, timeline)
    except UnableToRunDatabase as silent:
        raise hatch.trouble or UnableToRecover("not-recovered", silent) from None


def _target(base: Base, moment: datetime | None) -> tuple[dict[str, str], dict[str, str]]:
    """Return PostgreSQL's settings for the timeline to follow, and for the moment to stop at."""
    if moment is None:
        return {"recovery_target_timeline": "latest"}, {}
    timeline = timeline_at(moment, base, list(pieces(base.shelf)))
    at = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f+00}"
    return {"recovery_target_timeline": str(timeline)}, {"recovery_target_time": at}


def _run(server: Server, hatch: Hatch, address: str, target: dict[str, str]) -> datetime | None:
    settings = _write_settings(server, hatch, target)
    (server.folder / "log").unlink(missing_ok=True)
    server.launch("-c", f"config_file={quote(str(settings))}")
    while True:
        with suppress(psycopg.OperationalError):
            with psycopg.connect(address, autocommit=True) as link:
                row = link.execute(
                    "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()"
                ).fetchone()
            if row is not None and not row[0]:
                newest: datetime | None = row[1]
                return newest
        if not server.is_worked_in():
            raise UnableToRunDatabase(_why(server))
        time.sleep(0.1)


def _why(server: Server) -> str:
    """Return why it gave up; that it let nobody in meanwhile is not why."""
    lines = (server.folder / "log").read_text(errors="replace").splitlines()
    fatal = [line for line in lines if "FATAL" in line and "the database system is" not in line]
    return fatal[0] if fatal else server.last_words()


def _write_settings(server: Server, hatch: Hatch, target: dict[str, str]) -> Path:
    """Write settings for the recovery alone: another server's own may not fit this machine."""
    doors = hatch.place / "hba.conf"
    doors.write_text("local all all trust\n", "utf-8")
    values = {
        "data_directory": server.folder,
        "hba_file": doors,
        "hot_standby": "off",  # nobody reads meanwhile, so the old server's limits do not matter
        "archive_mode": "off",
        "restore_command": hatch.command(),
        "recovery_target_action": "promote",
        "log_timezone": "UTC",
        **target,
    }
    quoted = {name: str(value).replace("'", "''") for name, value in values.items()}
    lines = [f"{name} = '{value}'" for name, value in quoted.items()]
    settings = hatch.place / "settings.conf"
    settings.write_text("\n".join(lines) + "\n", "utf-8")
    for path in (doors, settings):
        if server.user is not None:
            shutil.chown(path, server.user)
    return settings
