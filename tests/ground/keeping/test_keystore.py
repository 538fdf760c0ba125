"""Keys are made once, closed to others, and gone for ever when they are destroyed."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import LazySettings

from madang.ground.keeping.keystore import (
    KeyName,
    UnableToUseKey,
    destroy_key,
    destroyed_keys,
    keys_of,
    make_key,
    read_key,
)
from madang.ground.keeping.ledger import note_erased
from makers import NOW

NAME = KeyName("identity.residency", "2028-05")


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MADANG_KEYS = tmp_path / "keys"
    return tmp_path / "keys"


def test_a_key_is_made_once_and_is_for_its_purpose_and_period_alone() -> None:
    key = make_key(NAME)
    assert len(key) == 32
    assert make_key(NAME) == read_key(NAME) == key
    assert make_key(KeyName(NAME.purpose, "2028-06")) != key
    assert make_key(KeyName("ballots.district", NAME.period)) != key


def test_many_at_once_get_one_key(folder: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: make_key(NAME), range(64)))
    assert len(keys) == 1
    assert [path.name for path in (folder / NAME.purpose).iterdir()] == ["2028-05.key"]


def test_the_store_is_closed_to_others(folder: Path) -> None:
    make_key(NAME)
    for place in (folder, *folder.rglob("*")):
        closed = 0o700 if place.is_dir() else 0o600
        assert stat.S_IMODE(place.stat().st_mode) == closed


def test_a_store_that_was_opened_to_a_group_stays_open_to_it_whatever_the_umask(
    folder: Path,
) -> None:
    folder.mkdir()
    folder.chmod(0o2770)
    before = os.umask(0o077)
    try:
        make_key(NAME)
        note_erased("identity.Person", 1)
    finally:
        os.umask(before)
    for place in folder.rglob("*"):
        opened = 0o2770 if place.is_dir() else 0o660
        assert stat.S_IMODE(place.stat().st_mode) == opened
    destroy_key(NAME, at=NOW)


def test_a_destroyed_key_is_in_no_file_and_is_never_made_again(folder: Path) -> None:
    key = make_key(NAME)
    destroy_key(NAME, at=NOW)
    for use in (make_key, read_key):
        with pytest.raises(UnableToUseKey, match="destroyed"):
            use(NAME)
    assert keys_of(NAME.purpose) == []
    assert destroyed_keys() == [NAME]
    assert all(key not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    destroy_key(NAME, at=NOW)


def test_the_bytes_are_overwritten_before_the_file_goes(folder: Path, tmp_path: Path) -> None:
    make_key(NAME)
    beside = tmp_path / "beside"
    beside.hardlink_to(folder / NAME.purpose / "2028-05.key")  # as a file system may keep it
    destroy_key(NAME, at=NOW)
    assert beside.read_bytes() == bytes(32)


def test_a_power_cut_while_destroying_leaves_no_key_that_could_be_used(folder: Path) -> None:
    key = make_key(NAME)
    (folder / NAME.purpose / "2028-05.destroyed").write_text("noted\n")  # and the power failed
    for use in (make_key, read_key):
        with pytest.raises(UnableToUseKey, match="destroyed"):
            use(NAME)
    destroy_key(NAME, at=NOW)
    assert all(key not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_killed_maker_leaves_no_half_key(folder: Path) -> None:
    kill = (
        "import os, sys; from pathlib import Path; from django.conf import settings;"
        "settings.configure(MADANG_KEYS=Path(sys.argv[1]));"
        "from madang.ground.keeping import keystore;"
        "keystore.Path.hardlink_to = lambda *_: os._exit(9);"
        "keystore.make_key(keystore.KeyName('identity.residency', '2028-05'))"
    )
    done = subprocess.run([sys.executable, "-c", kill, folder], check=False, env=dict(os.environ))
    assert done.returncode == 9
    assert keys_of(NAME.purpose) == []
    assert len(make_key(NAME)) == 32


def test_a_store_without_the_key_says_so() -> None:
    with pytest.raises(UnableToUseKey, match="missing"):
        read_key(NAME)


@pytest.mark.parametrize("name", ["../secrets", "", "a/b", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(AssertionError):
        KeyName(name, "2028-05")
    with pytest.raises(AssertionError):
        KeyName("identity.residency", name)
