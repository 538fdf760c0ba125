"""Logs for the tests of the tlog core, kept in memory."""

from collections.abc import Sequence

from madang.core.tlog.merkle import leaf_hash
from madang.core.tlog.proofs import Tree
from madang.core.tlog.tiles import Edge, append


class Log:
    """A log of entries, appended in batches of the sizes given."""

    def __init__(self, entries: Sequence[bytes], batches: Sequence[int] = ()) -> None:
        self.entries = list(entries)
        self.edge = Edge()
        self.tiles: dict[tuple[int, int], bytes] = {}
        at = 0
        for size in (*batches, len(entries)):
            self._append(self.entries[at : at + size])
            at = min(at + size, len(entries))

    def _append(self, entries: Sequence[bytes]) -> None:
        self.edge, full = append(self.edge, [leaf_hash(entry) for entry in entries])
        for tile in (*full, *self.edge.partial_tiles()):
            self.tiles[tile.level, tile.number] = tile.hashes

    def read(self, level: int, number: int, width: int) -> bytes:
        return self.tiles[level, number][: 32 * width]

    def tree(self, size: int | None = None) -> Tree:
        return Tree(len(self.entries) if size is None else size, self.read)


def numbered(count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(count)]
