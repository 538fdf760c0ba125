"""The log's files in the data folder: what any web server can serve as it lies there."""

from pathlib import Path

from django.conf import settings

from madang.core.tlog.tiles import TILE, Tile, pack, path_of, unpack, width_of
from madang.ground.whole_files import write_whole


def folder() -> Path:
    """Return where the city's log lies."""
    place: Path = settings.MADANG_DATA / "journal"
    return place


def read(path: str) -> bytes:
    """Return the file at this address below the log's own. Raises FileNotFoundError."""
    return (folder() / path).read_bytes()


def write_tile(tile: Tile) -> None:
    _write(path_of(tile.level, tile.number, tile.width), tile.hashes)


def write_entries(first: int, entries: list[bytes]) -> None:
    """Write the bundles that these entries, from this place on, belong to."""
    number, within = divmod(first, TILE)
    if within:
        entries = [*unpack(read(path_of("entries", number, within))), *entries]
    size = number * TILE + len(entries)
    for at in range(0, len(entries), TILE):
        bundle = number + at // TILE
        width = width_of(0, bundle, size)
        _write(path_of("entries", bundle, width), pack(entries[at : at + TILE]))


def publish(note: str, key: str) -> None:
    """Replace the checkpoint; before this, nobody asks for the tiles of its size."""
    _write("key", f"{key}\n".encode())
    _write("checkpoint", note.encode())


def _write(path: str, data: bytes) -> None:
    """Write a whole file or none, so that it is on disk when this returns."""
    place = folder() / path
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, data)
