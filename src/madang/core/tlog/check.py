"""Check a whole log from outside: every entry, every tile, the root and who signed it."""

from collections.abc import Callable, Iterable, Iterator

from madang.core.tlog.checkpoint import Checkpoint, Proof, parse_checkpoint
from madang.core.tlog.merkle import HASH_BYTES, check_consistency, leaf_hash, root_by_inclusion
from madang.core.tlog.note import Key, Note, Verify, signers
from madang.core.tlog.proofs import ReadTile, Tree
from madang.core.tlog.tiles import TILE, Edge, Tile, append, path_of, unpack, width_of
from madang.core.tlog.trouble import BadNote, NotProved

Read = Callable[[str], bytes]  # the address of a tile below the log's own → its bytes


def check_head(note: Note, keys: Iterable[Key], verify: Verify) -> Checkpoint:
    """Return the checkpoint if a key of its origin's name signed it. Raises BadNote."""
    head = parse_checkpoint(note)
    if all(key.name != head.origin for key, _ in signers(note, keys, verify)):
        raise BadNote("no key at hand signed for {origin}", origin=head.origin)
    return head


def check_log(head: Checkpoint, read: Read) -> Iterator[list[bytes]]:
    """Yield all entries of the log, bundle by bundle, checking each as it comes.

    The root is checked after the last bundle: only when this ends without an error is all of
    it as the checkpoint says. Raises NotProved; what `read` raises goes through.
    """
    edge = Edge()
    for number in range(-(-head.size // TILE)):
        width = width_of(0, number, head.size)
        entries = _entries(read(path_of("entries", number, width)), number, width)
        leaves = [leaf_hash(entry) for entry in entries]
        _check_tile(Tile(0, number, b"".join(leaves)), read)
        edge, full = append(edge, leaves)
        for tile in full:
            if tile.level:
                _check_tile(tile, read)
        yield entries
    for tile in edge.partial_tiles():
        if tile.level:
            _check_tile(tile, read)
    if edge.root() != head.root:
        raise NotProved(
            "the {size} entries do not lead to the root that was signed", size=head.size
        )


def _check_tile(tile: Tile, read: Read) -> None:
    path = path_of(tile.level, tile.number, tile.width)
    if read(path) != tile.hashes:
        raise NotProved("{path} is not what its entries make", path=path)


def _entries(bundle: bytes, number: int, width: int) -> list[bytes]:
    path = path_of("entries", number, width)
    try:
        entries = unpack(bundle)
    except ValueError:
        raise NotProved("{path} breaks off in the middle of an entry", path=path) from None
    if len(entries) != width:
        raise NotProved(
            "{path} has {found} entries, not {width}", path=path, found=len(entries), width=width
        )
    return entries


def check_growth(old: Checkpoint, new: Checkpoint, read: Read) -> None:
    """Return if the newer log begins with all of the older one. Raises NotProved."""
    if old.origin != new.origin:
        raise NotProved("{one} and {other} are two logs", one=old.origin, other=new.origin)
    proof = Tree(new.size, tile_reader(read)).consistency(old.size) if old.size < new.size else []
    check_consistency(
        old_size=old.size, old_root=old.root, new_size=new.size, new_root=new.root, proof=proof
    )


def check_entry(entry: bytes, proof: Proof, head: Checkpoint) -> None:
    """Return if the proof shows the entry in the log of this checkpoint. Raises NotProved."""
    root = root_by_inclusion(
        leaf=leaf_hash(entry), index=proof.index, size=head.size, proof=proof.steps
    )
    if root != head.root:
        raise NotProved("the proof does not lead from this entry to the root that was signed")


def tile_reader(read: Read) -> ReadTile:
    """Return how `proofs` reads tiles, from how files are read. Raises NotProved for short ones."""

    def read_tile(level: int, number: int, width: int) -> bytes:
        hashes = read(path_of(level, number, width))
        if len(hashes) != width * HASH_BYTES:
            raise NotProved(
                "{path} is not {width} hashes long", path=path_of(level, number, width), width=width
            )
        return hashes

    return read_tile
