"""After its keep-time a sealed value is nowhere: not in the data folder, the write-ahead log, a
base backup, a dump, mail or the journal; and no restore brings it back."""

import bz2
import gzip
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import zlib
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from conftest import data_folder
from madang.site.postgres import programs, running_database
from whole_city import MADANG, City

pytestmark = pytest.mark.whole

SAMPLE = Path(__file__).parents[2] / "src" / "madang" / "sample"
DISTRICT = "zq7-marigold-court"  # nothing else on a machine is called so
EMAIL = "marigold.resident@daon.example"
ADDRESS = EMAIL.encode()
PACKED = {b"\x1f\x8b": gzip.decompress, b"BZh": bz2.decompress, b"\xfd7zXZ": lzma.decompress}
LATER = timedelta(days=730 + 40)  # past the keep-time, and past the month in which it ended


@dataclass
class Kept:
    """A running city with a resident, and the copies that were made of it before the sweep."""

    city: City
    data: Path
    copies: Path
    key: bytes

    @property
    def address(self) -> str:
        return os.environ["MADANG_DATABASE_URL"]

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as link:
            link.execute(statement)  # type: ignore[call-overload]  # our own text

    def run(self, program: str, *words: object) -> bytes:
        command = [programs() / program, *map(str, words)]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def dump(self, place: Path) -> None:
        self.run("pg_dump", "--format=custom", "--file", place, self.address)

    def restore(self, dump: Path, name: str) -> str:
        """Restore into a database of its own; return its address."""
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        address = self.address.replace("/madang?", f"/{name}?")
        self.run("pg_restore", "--no-owner", "--dbname", address, dump)
        return address

    def district_in(self, address: str) -> str:
        """What the city's own programs read in this database."""
        ask = (
            "import django; django.setup();"
            "from madang.ground.identity.models import Residency;"
            "print([each.district for each in Residency.objects.all()])"
        )
        env = self.city.env | {
            "MADANG_DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "madang.site.settings",
        }
        asked = subprocess.run(
            [sys.executable, "-c", ask], env=env, check=True, capture_output=True, text=True
        )
        return asked.stdout.strip()


@contextmanager
def _no_other_database() -> Iterator[None]:
    """Forget the database of the other tests meanwhile: this city has its own."""
    others = os.environ.pop("MADANG_DATABASE_URL", None)
    try:
        yield
    finally:
        if others is not None:
            os.environ["MADANG_DATABASE_URL"] = others


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    with (
        data_folder() as outside,
        data_folder() as data,
        _no_other_database(),
        running_database(data),
    ):
        card = outside / "card"
        card.mkdir()
        for name in ("city.toml", "districts.geojson"):
            text = (SAMPLE / name).read_text("utf-8")
            (card / name).write_text(text.replace('"07"', f'"{DISTRICT}"'), "utf-8")
        city = City(data)
        city.env["MADANG_CITY"] = str(card / "city.toml")
        add = [MADANG, "person", "add", EMAIL]
        subprocess.run(add, env=city.env, input="marigold 2028\n", text=True, check=True)
        city.run("person", "confirm", EMAIL, DISTRICT)
        city.run("journal", "extend")
        (key,) = (data / "keys" / "identity.residency").glob("*.key")
        copies = outside / "copies"
        copies.mkdir()
        found = Kept(city, data, copies, key.read_bytes())
        found.dump(copies / "madang.dump")
        found.sql("SELECT pg_switch_wal()")
        found.sql("CHECKPOINT")
        shutil.copytree(data / "postgres" / "pg_wal", copies / "archive")
        base = ("-D", copies / "base", "-d", found.address, "-X", "fetch", "-c", "fast")
        found.run("pg_basebackup", *base)
        yield found


def blobs(*places: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file, and everything that is packed in it."""
    for place in places:
        for path in sorted(place.rglob("*")):
            if path.is_file() and not path.is_symlink():
                raw = path.read_bytes()
                yield path, raw
                for packed in unpacked(path, raw):
                    yield path, packed


def unpacked(path: Path, raw: bytes) -> Iterator[bytes]:
    if raw.startswith(b"PGDMP"):  # a dump, whose rows are compressed
        tell = [programs() / "pg_restore", "--file", "-", path]
        yield subprocess.run(tell, check=True, capture_output=True).stdout
    for magic, open_it in PACKED.items():
        if raw.startswith(magic):
            with suppress(OSError, EOFError, lzma.LZMAError, zlib.error):
                yield open_it(raw)
    for session in re.findall(rb"\.(eJ[\w-]+):", raw):  # as Django packs sign-ins
        with suppress(ValueError, zlib.error):
            yield zlib.decompress(urlsafe_b64decode(session + b"=" * (-len(session) % 4)))


def spellings(value: bytes) -> list[bytes]:
    return [
        value,
        value.hex().encode(),
        value.hex().upper().encode(),
        b64encode(value).rstrip(b"="),
        value.decode("latin-1").encode("utf-16-le"),
    ]


def where_is(places: list[Path], *values: bytes) -> set[Path]:
    """Return the files that hold one of the values, however it is spelled or packed."""
    told = [spelling for value in values for spelling in spellings(value)]
    return {path for path, blob in blobs(*places) if any(each in blob for each in told)}


def test_a_sealed_district_is_nowhere_after_its_time_and_no_restore_brings_it_back(
    kept: Kept,
) -> None:
    dump = kept.copies / "madang.dump"
    # Before: the backup is worth something, and the search finds what is not sealed.
    assert kept.district_in(kept.restore(dump, "early")) == f"['{DISTRICT}']"
    plain = {path.relative_to(kept.copies).parts[0] for path in where_is([kept.copies], ADDRESS)}
    assert plain == {"madang.dump", "archive", "base"}
    assert where_is([kept.data / "keys"], kept.key)

    day = (datetime.now(UTC) + LATER).date().isoformat()
    rehearsed = kept.city.run("privacy", "due", "--at", day).stdout
    assert "identity.Residency.district: 1 rows deleted" in rehearsed
    swept = kept.city.run("privacy", "sweep", "--at", day).stdout
    assert "identity.Residency.district: 1 rows deleted" in swept
    assert "key destroyed" in swept
    kept.city.run("journal", "extend")
    kept.sql("VACUUM FULL")
    kept.sql("CHECKPOINT")

    assert where_is([kept.data, kept.copies], DISTRICT.encode(), kept.key) == set()
    assert "as they were signed" in kept.city.run("journal", "audit").stdout

    # After: a real restore of the same dump has the row, and nobody can read it.
    late = kept.restore(dump, "late")
    assert kept.district_in(late) == "['']"
    assert kept.district_in(late.replace("/late?", "/early?")) == "['']"
    again = kept.city.env | {"MADANG_DATABASE_URL": late}
    subprocess.run([MADANG, "privacy", "sweep", "--at", day], env=again, check=True)
    assert kept.district_in(late) == "[]"
    assert where_is([kept.data], DISTRICT.encode(), kept.key) == set()


def test_who_left_is_erased_again_after_a_restore_though_their_address_was_not_sealed(
    kept: Kept,
) -> None:
    """What the sealed fields are for: a plain address lasts in backups until these are replaced."""
    leave = (
        "import django; django.setup(); from django.utils import timezone;"
        "from madang.ground.identity.models import Person;"
        "from madang.ground.privacy.services import leave;"
        f"leave(person_id=Person.objects.get(email='{EMAIL}').id, at=timezone.now())"
    )
    env = kept.city.env | {
        "MADANG_DATABASE_URL": kept.address,
        "DJANGO_SETTINGS_MODULE": "madang.site.settings",
    }
    subprocess.run([sys.executable, "-c", leave], env=env, check=True)
    assert where_is([kept.copies], ADDRESS)
    restored = kept.restore(kept.copies / "madang.dump", "gone")
    after = kept.city.env | {"MADANG_DATABASE_URL": restored}
    told = subprocess.run(
        [MADANG, "privacy", "reapply"], env=after, check=True, capture_output=True, text=True
    )
    assert "identity.Person: 1 rows deleted" in told.stdout
    fresh = kept.copies / "fresh"
    fresh.mkdir()
    kept.run("pg_dump", "--format=custom", "--file", fresh / "after.dump", restored)
    assert where_is([fresh], ADDRESS) == set()


def test_the_commands_say_what_is_held_and_refuse_what_they_cannot_do(kept: Kept) -> None:
    held = json.loads(kept.city.run("privacy", "fields", "--json", "-").stdout)
    district = next(each for each in held if each["field"] == "identity.Residency.district")
    assert (district["rule"], district["days"], district["since"]) == ("after", 730, "proved_at")
    assert kept.city.run("privacy", "due").stdout == "Nothing is due.\n"
    wrong_day = kept.city.run("privacy", "due", "--at", "tomorrow", expect=2)
    assert wrong_day.stderr == "tomorrow is no day; write it as 2028-05-31.\n"
    wrong_block = kept.city.run("privacy", "rotate-pseudonyms", "plan", expect=2)
    assert "plan makes no pseudonyms; blocks that do are ballots, hearings." in wrong_block.stderr
    rotated = kept.city.run("privacy", "rotate-pseudonyms", "hearings", "--json", "-").stdout
    assert json.loads(rotated) == []
    key = kept.city.run("privacy", "key-for", "hearings").stdout
    assert re.fullmatch(r"1:[0-9a-f]{64} 2:[0-9a-f]{64}\n", key)
