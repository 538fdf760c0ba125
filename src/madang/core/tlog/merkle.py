"""Hash a Merkle tree, and check that an entry is in it and that a later tree continues it.

Source: RFC 9162, section 2.1 (the hashes are those of RFC 6962). All hashes are 32 bytes, SHA-256.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from madang.core.tlog.trouble import NotProved

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours; never that of an entry, for leaves start differently."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over these neighbours, left to right; `EMPTY_ROOT` for none."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        paired = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = paired if len(row) % 2 == 0 else [*paired, row[-1]]
    return row[0]


def root_by_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root of the tree of `size` that has this leaf at `index`, as the proof says.

    The caller compares it with the root of a signed checkpoint. Section 2.1.3.2. Raises NotProved
    for an index outside the tree and for a proof that is too long or too short for it.
    """
    if not 0 <= index < size:
        raise NotProved("entry {index} is not within a log of {size}", index=index, size=size)
    found = leaf
    for step, is_left in _climb(index, size - 1, proof):
        found = node_hash(step, found) if is_left else node_hash(found, step)
    return found


def check_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return if the new tree begins with all of the old one. Section 2.1.4.2. Raises NotProved."""
    if old_size > new_size:
        raise NotProved("the log shrank from {old} to {new} entries", old=old_size, new=new_size)
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if old_root != expected or proof:
            raise NotProved("two logs of {size} entries differ", size=old_size)
        return
    steps = list(proof)
    if old_size & (old_size - 1) == 0:  # then the old root is itself a node of the new tree
        steps.insert(0, old_root)
    if not steps:
        raise NotProved("the proof is empty")
    old, new = _roots_by_consistency(old_size - 1, new_size - 1, steps)
    if old != old_root:
        raise NotProved(
            "the new log does not begin with the {size} entries of the old one", size=old_size
        )
    if new != new_root:
        raise NotProved("the proof does not lead to the new root")


def _roots_by_consistency(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    while place % 2:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step, is_left in _climb(place, last, steps[1:]):
        if is_left:
            old, new = node_hash(step, old), node_hash(step, new)
        else:
            new = node_hash(new, step)
    return old, new


def _climb(place: int, last: int, steps: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each neighbour on the way to the root, and whether it stands to the left.

    place, last: where the way begins in its row, and the last place of that row. Raises NotProved
    where the steps end before the root, or go on above it.
    """
    for step in steps:
        if last == 0:
            raise NotProved("the proof goes on above the root")
        is_left = bool(place % 2) or place == last
        yield step, is_left
        if is_left:
            while place and place % 2 == 0:
                place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    if last:
        raise NotProved("the proof ends before the root")
