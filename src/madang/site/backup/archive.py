"""Put one finished piece of the database's log into the backup folder: what PostgreSQL calls.

`python -m madang.site.backup.archive SHELF KEY… PATH NAME`, in the settings of the city's own
PostgreSQL, which keeps the piece and calls again until this ends with 0. It may call again for a
piece that is there already (it crashed before it took note): the same piece is welcome, another one
under its name is refused, for then two databases write into one folder.
"""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from madang.ground.whole_files import sync_folder
from madang.site.backup.sealing import UnableToSeal, chunks_of, parse_recipients, seal

# A segment, its unfinished end, the mark of a base backup, the history of a timeline.
NAME = re.compile(r"[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")
KEPT = re.compile(rf"({NAME.pattern})\.([0-9a-f]{{32}})\.([0-9a-f]{{32}})\.age")
HALF = 32  # hexadecimal digits of a SHA-256 that a name holds


class UnableToKeep(Exception):
    """The piece cannot be put there; the message says why, to whoever reads PostgreSQL's log."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the log in the backup folder. Its file's name holds both hashes.

    plain, closed: the first half of the SHA-256 of the piece and of the file, in hexadecimal.
    """

    name: str
    plain: str
    closed: str
    path: Path

    @property
    def is_segment(self) -> bool:
        return len(self.name) == 24


def shelf_of_wal(shelf: Path, name: str) -> Path:
    """Return the folder for this piece: at most 256 segments lie in one."""
    return shelf / "wal" / name[:8] / (name[8:16] if len(name) >= 24 else "")


def pieces_in(folder: Path) -> list[Piece]:
    """Return the pieces that lie in this folder, by name. Drafts do not count."""
    with suppress(FileNotFoundError):
        found = (KEPT.fullmatch(entry.name) for entry in os.scandir(folder))
        pieces = (Piece(m[1], m[3], m[4], folder / m[0]) for m in found if m)
        return sorted(pieces, key=lambda piece: piece.name)
    return []


def keep(path: Path, name: str, *, shelf: Path, keys: Sequence[str]) -> None:
    """Put the piece there, closed for these public keys, whole or not at all.

    Raises UnableToKeep, OSError.
    """
    if not NAME.fullmatch(name):
        raise UnableToKeep(f"{name} is no piece of a log")
    with path.open("rb") as file:
        plain = file_digest(file, "sha256").hexdigest()[:HALF]
    folder = shelf_of_wal(shelf, name)
    for piece in pieces_in(folder):
        if piece.name == name and piece.plain == plain:
            return
        if piece.name == name:
            raise UnableToKeep(f"another {name} is in {folder}: does a second city write there?")
    put(path, name, shelf=shelf, keys=keys)


def put(path: Path, name: str, *, shelf: Path, keys: Sequence[str]) -> Path:
    """Put the piece there, whatever else has its name; return its file. Raises OSError."""
    folder = shelf_of_wal(shelf, name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}.new"
    draft.unlink(missing_ok=True)
    try:
        with path.open("rb") as file:
            done = seal(chunks_of(file), draft, parse_recipients(keys))
        kept = folder / f"{name}.{done.plain_sha256[:HALF]}.{done.sha256[:HALF]}.age"
        draft.replace(kept)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(folder)
    return kept


def main(words: Sequence[str]) -> int:
    """Keep a piece; return 0, or 1 after a line on standard error."""
    shelf, *keys, path, name = words
    try:
        keep(Path(path), name, shelf=Path(shelf), keys=keys)
    except (UnableToKeep, UnableToSeal, ValueError) as unable:
        sys.stderr.write(f"madang: {unable}\n")
        return 1
    except OSError as trouble:
        sys.stderr.write(f"madang: {trouble.filename}: {trouble.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
