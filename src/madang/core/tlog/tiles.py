"""The tree as tiles: rows of at most 256 hashes that are written once and never changed.

A tile of level 0 holds the hashes of 256 entries; one of level 1 the roots of 256 full tiles of
level 0, and so on. Source: c2sp.org/tlog-tiles.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from madang.core.tlog.merkle import EMPTY_ROOT, HASH_BYTES, node_hash

TILE = 256  # hashes in a full tile
LONGEST_ENTRY = (1 << 16) - 1  # bytes


class Tile(NamedTuple):
    """Neighbouring hashes of a level, `number` counting tiles from 0."""

    level: int
    number: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // HASH_BYTES


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: all that appending needs.

    size: entries in the tree. rows: by level, the hashes in the tile that is not full yet.
    """

    size: int = 0
    rows: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """Return the root of the tree."""
        pieces = [piece for row in reversed(self.rows) for piece in _perfect(row)]
        if not pieces:
            return EMPTY_ROOT
        found = pieces[-1]
        for piece in reversed(pieces[:-1]):
            found = node_hash(piece, found)
        return found

    def partial_tiles(self) -> Iterator[Tile]:
        """Yield the tiles that are not full, which a checkpoint of this size needs."""
        for level, row in enumerate(self.rows):
            if row:
                yield Tile(level, self.size >> 8 * (level + 1), row)


def append(edge: Edge, leaves: Sequence[bytes]) -> tuple[Edge, list[Tile]]:
    """Return the edge with these leaf hashes appended, and the tiles that became full."""
    rows, full = list(edge.rows), list[Tile]()
    level, pending = 0, b"".join(leaves)
    while pending:
        if level == len(rows):
            rows.append(b"")
        row, number = rows[level] + pending, edge.size >> 8 * (level + 1)
        whole = len(row) - len(row) % (TILE * HASH_BYTES)
        tiles = [row[at : at + TILE * HASH_BYTES] for at in range(0, whole, TILE * HASH_BYTES)]
        full += [Tile(level, number + i, hashes) for i, hashes in enumerate(tiles)]
        rows[level], pending = row[whole:], b"".join(map(root_of_row, tiles))
        level += 1
    return Edge(edge.size + len(leaves), tuple(rows)), full


def root_of_row(row: bytes) -> bytes:
    """Return the root over a row of hashes whose number is a power of two."""
    while len(row) > HASH_BYTES:
        row = b"".join(
            sha256(b"\x01" + row[at : at + 2 * HASH_BYTES]).digest()
            for at in range(0, len(row), 2 * HASH_BYTES)
        )
    return row


def _perfect(row: bytes) -> Iterator[bytes]:
    """Yield the roots of the largest whole trees in a row, left to right."""
    at, left = 0, len(row) // HASH_BYTES
    while left:
        count = 1 << (left.bit_length() - 1)
        yield root_of_row(row[at : at + count * HASH_BYTES])
        at, left = at + count * HASH_BYTES, left - count


def width_of(level: int, number: int, size: int) -> int:
    """Return how many hashes this tile has in a tree of this size: 0 to 256."""
    return max(0, min(TILE, (size >> 8 * level) - number * TILE))


def path_of(level: int | str, number: int, width: int = TILE) -> str:
    """Return the address of a tile below the log's own; the level of entries is "entries"."""
    digits = f"{number:03d}"
    digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    place = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{level}/{place}" + ("" if width == TILE else f".p/{width}")


def pack(entries: Sequence[bytes]) -> bytes:
    """Return a bundle of entries. Raises ValueError for one that is too long."""
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes; {LONGEST_ENTRY} are the most")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises ValueError where it breaks off."""
    entries, at = list[bytes](), 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            raise ValueError(f"the bundle breaks off in entry {len(entries)}")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries
