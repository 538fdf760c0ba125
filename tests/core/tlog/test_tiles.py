"""Tiles: written once, the same however the entries came, read back whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tlog.logs import Log, numbered
from madang.core.tlog.merkle import leaf_hash, root_of
from madang.core.tlog.tiles import LONGEST_ENTRY, pack, path_of, unpack, width_of


@settings(max_examples=40)
@given(st.integers(0, 1500), st.lists(st.integers(0, 600), max_size=6))
def test_a_tree_is_the_same_however_its_entries_came(size: int, batches: list[int]) -> None:
    log = Log(numbered(size), batches)
    assert log.edge.size == size
    assert log.edge.root() == root_of([leaf_hash(entry) for entry in log.entries])
    assert log.tiles == Log(numbered(size)).tiles


@settings(max_examples=40)
@given(st.integers(1, 1 << 24), st.integers(0, 2))
def test_tiles_are_as_wide_as_the_tree_has_hashes_for_them(size: int, level: int) -> None:
    hashes = size >> 8 * level
    number, rest = divmod(hashes, 256)
    assert width_of(level, number, size) == rest
    assert width_of(level, number + 1, size) == 0
    if number:
        assert width_of(level, number - 1, size) == 256


def test_the_example_of_the_specification() -> None:
    """A tree of 70,000: 273 full tiles and one of 112; one full and one of 17; one of 1."""
    tiles = Log(numbered(70_000)).tiles
    widths = {at: len(hashes) // 32 for at, hashes in tiles.items()}
    assert [level for level, _ in widths].count(0) == 274
    assert (widths[0, 272], widths[0, 273]) == (256, 112)
    assert (widths[1, 0], widths[1, 1], widths[2, 0]) == (256, 17, 1)
    assert len(tiles) == 277


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((0, 1234067), "tile/0/x001/x234/067"),
        ((1, 1000, 17), "tile/1/x001/000.p/17"),
        (("entries", 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_tile_has_the_address_of_the_specification(tile: tuple, path: str) -> None:
    assert path_of(*tile) == path


@given(st.lists(st.binary(max_size=300)))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert unpack(pack(entries)) == entries


@given(st.lists(st.binary(max_size=30), min_size=1), st.data())
def test_a_bundle_that_breaks_off_is_refused(entries: list[bytes], data) -> None:
    bundle = pack(entries)
    cut = bundle[: data.draw(st.integers(len(bundle) - len(entries[-1]) - 1, len(bundle) - 1))]
    if len(cut) == len(pack(entries[:-1])):
        assert unpack(cut) == entries[:-1]
    else:
        with pytest.raises(ValueError, match="breaks off"):
            unpack(cut)


def test_an_entry_too_long_for_a_bundle_is_refused() -> None:
    assert unpack(pack([bytes(LONGEST_ENTRY)])) == [bytes(LONGEST_ENTRY)]
    with pytest.raises(ValueError, match="65535 are the most"):
        pack([bytes(LONGEST_ENTRY + 1)])
