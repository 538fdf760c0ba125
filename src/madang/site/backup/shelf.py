"""What lies in the backup folder, and to which moments it leads back.

One shelf for each database that PostgreSQL made (its system identifier): `base/` holds base
backups, each in a folder that gets its name when it is whole, `wal/` the pieces of the log.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from madang.ground.whole_files import sync_folder
from madang.site.backup.archive import Piece, pieces_in

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE_PART = "database.tar.gz.age"
FILES_PART = "files.tar.gz.age"
NAME = re.compile(r"\d{8}T\d{6}Z")
LOG_BYTES = 1 << 32  # of the log, after which the middle of a segment's name counts one on


class UnableToRead(Exception):
    """The manifest at this path is none of ours; the message is its path."""


class OutsideWindow(Exception):
    """No backup leads to this moment: the first one that can be restored is `earliest`."""

    def __init__(self, earliest: datetime) -> None:
        super().__init__(earliest)
        self.earliest = earliest


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a base backup, closed. Sizes in bytes; sha256 of the file as it lies there."""

    name: str
    size: int
    plain_size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup: from its end on, the log leads to any moment.

    is_own: of the city's own PostgreSQL, not of a server that others look after.
    """

    name: str
    system: str  # PostgreSQL's number of this database
    madang: str  # version
    postgres: int  # major version
    database: str
    user: str
    is_own: bool
    segment_bytes: int
    timeline: int
    start_lsn: str
    end_lsn: str
    started_at: datetime
    finished_at: datetime
    parts: tuple[Part, ...]
    folder: Path

    @property
    def shelf(self) -> Path:
        return self.folder.parents[1]

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    @property
    def plain_size(self) -> int:
        return sum(part.plain_size for part in self.parts)

    @property
    def first_number(self) -> int:
        return _lsn(self.start_lsn) // self.segment_bytes

    @property
    def last_number(self) -> int:
        """The segment without which this backup is no whole one."""
        return (_lsn(self.end_lsn) - 1) // self.segment_bytes


def write_base(base: Base, draft: Path) -> Base:
    """Give the draft its manifest and its name; from here on it is listed."""
    told = asdict(base)
    del told["folder"]
    for name in ("started_at", "finished_at"):
        told[name] = told[name].astimezone(UTC).isoformat()
    text = json.dumps({"format": FORMAT, **told}, indent=1) + "\n"
    (draft / MANIFEST).write_text(text, "utf-8")
    sync_folder(draft)
    draft.rename(base.folder)
    sync_folder(base.folder.parent)
    return base


def read_base(folder: Path) -> Base:
    """Return the base backup in this folder. Raises UnableToRead."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text("utf-8"))
        assert told.pop("format") == FORMAT
        parts = tuple(Part(**part) for part in told.pop("parts"))
        base = Base(**told, parts=parts, folder=folder)
        began, ended = (datetime.fromisoformat(told[n]) for n in ("started_at", "finished_at"))
        return replace(base, started_at=began, finished_at=ended)
    except (OSError, ValueError, TypeError, KeyError, AssertionError):
        raise UnableToRead(str(path)) from None


def bases_in(folder: Path) -> list[Base]:
    """Return the whole base backups, oldest first. Raises UnableToRead."""
    found = [place for place in folder.glob("[0-9]*/base/*") if NAME.fullmatch(place.name)]
    return sorted(map(read_base, found), key=lambda base: base.finished_at)


def pieces(shelf: Path) -> Iterator[Piece]:
    """Yield every piece of the log, by folder and name."""
    for timeline in sorted((shelf / "wal").glob("*")):
        yield from chain(*(pieces_in(each) for each in [timeline, *sorted(timeline.glob("*/"))]))


def number_of(name: str, segment_bytes: int) -> int:
    """Return the place of a segment in the log, over all timelines."""
    return int(name[8:16], 16) * (LOG_BYTES // segment_bytes) + int(name[16:24], 16)


def name_of(timeline: int, number: int, segment_bytes: int) -> str:
    """Return what PostgreSQL calls the segment at this place."""
    log, segment = divmod(number, LOG_BYTES // segment_bytes)
    return f"{timeline:08X}{log:08X}{segment:08X}"


def missing_from(base: Base, kept: Sequence[Piece], *, until: int | None = None) -> list[str]:
    """Return names of segments that are lost between this backup's start and the log's end.

    until: the number of the last segment that is needed, where that is not the end.
    """
    numbers = {
        number_of(piece.name, base.segment_bytes)
        for piece in kept
        if piece.is_segment or piece.name.endswith(".partial")
    }
    last = max((base.last_number, *numbers)) if until is None else until
    lost = sorted(set(range(base.first_number, last + 1)) - numbers)
    return [name_of(base.timeline, number, base.segment_bytes) for number in lost]


def latest_moment(kept: Sequence[Piece]) -> datetime | None:
    """Return when the newest piece of the log was put there."""
    times = [piece.path.stat().st_mtime for piece in kept]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def base_for(moment: datetime | None, bases: Sequence[Base]) -> Base:
    """Return the newest base backup from which the log leads to this moment, or to its end.

    bases: one at least, oldest first. Raises OutsideWindow.
    """
    fit = [base for base in bases if moment is None or base.finished_at <= moment]
    if not fit:
        raise OutsideWindow(bases[0].finished_at)
    return fit[-1]


def needed_until(base: Base, moment: datetime | None, bases: Sequence[Base]) -> int | None:
    """Return the number of a segment that is written after the moment, or None for no such one."""
    later = [b for b in bases if b.shelf == base.shelf and moment and b.finished_at >= moment]
    return min((b.last_number for b in later), default=None)


def timeline_at(moment: datetime, base: Base, kept: Sequence[Piece]) -> int:
    """Return the timeline that the city lived on at this moment: each restore begins a new one.

    Its history is kept when the restored city starts, so until then the one before was lived on.
    """
    histories = (piece for piece in kept if piece.name.endswith(".history"))
    begun = (
        int(piece.name[:8], 16)
        for piece in histories
        if piece.path.stat().st_mtime <= moment.timestamp()
    )
    return max(base.timeline, *begun, 0)


@dataclass(frozen=True, slots=True)
class Surplus:
    """What no moment that is kept needs."""

    bases: tuple[Base, ...]
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        logs = sum(piece.path.stat().st_size for piece in self.pieces)
        return logs + sum(base.size for base in self.bases)


def surplus(folder: Path, *, since: datetime) -> Surplus:
    """Return what can go while every moment since then stays within reach.

    The newest base backup from before stays, for the first of these moments need it; and so does
    the newest of all.
    """
    bases = bases_in(folder)
    before = [base for base in bases if base.finished_at <= since]
    kept = [base for base in bases if base not in before[:-1]]
    shelves = {base.shelf for base in bases}
    old: list[Piece] = []
    for shelf in shelves:
        here = [base for base in kept if base.shelf == shelf]
        old += [piece for piece in pieces(shelf) if _is_old(piece, here)]
    return Surplus(tuple(before[:-1]), tuple(old))


def _is_old(piece: Piece, kept: Sequence[Base]) -> bool:
    if len(piece.name) < 24:
        return False  # a few bytes that say which timeline came from which
    return all(number_of(piece.name, b.segment_bytes) < b.first_number for b in kept)


def remove(found: Surplus) -> None:
    """Delete it; a base backup is no longer listed before its first file goes."""
    for base in found.bases:
        gone = base.folder.with_name(f".{base.name}.gone")
        base.folder.rename(gone)
        shutil.rmtree(gone)
    for piece in found.pieces:
        piece.path.unlink(missing_ok=True)


def _lsn(text: str) -> int:
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)
