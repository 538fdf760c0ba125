"""Make the proofs that `merkle` checks, from tiles.

Source: RFC 9162, sections 2.1.3.1 and 2.1.4.1, without their recursion.
"""

from collections.abc import Callable

from madang.core.tlog.merkle import HASH_BYTES, node_hash
from madang.core.tlog.tiles import TILE, root_of_row, width_of

# Returns the hashes of a tile: level, number, and how many of them there are.
ReadTile = Callable[[int, int, int], bytes]


class Tree:
    """A tree of some size whose tiles can be read."""

    def __init__(self, size: int, read_tile: ReadTile) -> None:
        self.size, self._read_tile = size, read_tile

    def root(self) -> bytes:
        """Return the root of the tree, which is not empty."""
        return self._root_between(0, self.size)

    def inclusion(self, index: int) -> list[bytes]:
        """Return the hashes that lead from the entry to the root, from below."""
        assert 0 <= index < self.size, f"entry {index} of {self.size}"
        low, high, path = 0, self.size, list[bytes]()
        while high - low > 1:
            middle = low + _left_of(high - low)
            if index < middle:
                path.append(self._root_between(middle, high))
                high = middle
            else:
                path.append(self._root_between(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the hashes that show that this tree begins with all of the smaller one."""
        assert 0 <= old_size <= self.size, f"{old_size} of {self.size}"
        if old_size in (0, self.size):
            return []
        low, high, path = 0, self.size, list[bytes]()
        while old_size < high:
            middle = low + _left_of(high - low)
            if old_size <= middle:
                path.append(self._root_between(middle, high))
                high = middle
            else:
                path.append(self._root_between(low, middle))
                low = middle
        if low:  # else it is the old root itself, which the verifier has
            path.append(self._root_between(low, high))
        return path[::-1]

    def _root_between(self, low: int, high: int) -> bytes:
        """Return the root over entries low to high, a subtree of this tree."""
        pieces = list[bytes]()
        while low < high:
            height = (high - low).bit_length() - 1
            pieces.append(self._perfect(height, low >> height))
            low += 1 << height
        found = pieces.pop()
        while pieces:
            found = node_hash(pieces.pop(), found)
        return found

    def _perfect(self, height: int, place: int) -> bytes:
        """Return the root over the 2 ** height entries at this place, counted in such subtrees."""
        level, within = divmod(height, 8)
        number, first = divmod(place << within, TILE)
        row = self._read_tile(level, number, width_of(level, number, self.size))
        return root_of_row(row[first * HASH_BYTES : (first + (1 << within)) * HASH_BYTES])


def _left_of(count: int) -> int:
    """Return how many of more than one entries the left subtree has."""
    return 1 << ((count - 1).bit_length() - 1)
