"""Backups of a city that runs, and the way back: from outside, with the real PostgreSQL."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import psycopg
import pytest

from conftest import data_folder
from madang.site.backup.archive import Piece
from madang.site.backup.sealing import make_identity
from madang.site.backup.shelf import bases_in, name_of, pieces
from madang.site.postgres import running_database
from whole_city import MADANG, City

pytestmark = pytest.mark.whole

SECRET = "The lamp beside the old well is broken"
VOTES = "timestamp,comment-id,voter-id,vote\n1000,0,0,1\n2000,1,0,-1\n3000,0,1,0\n"
COMMENTS = f"comment-id,moderated,comment-body\n0,1,{SECRET}.\n1,1,Plant trees.\n"


class Kept:
    """A city with a backup, the key to it, and the moment before somebody's bad update."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.city, self.folder = City(data), folder
        self.data, self.identity = data, folder.with_suffix(".identity")
        said = self.city.run("backup", "key", str(self.identity)).stdout
        key = re.search(r"MADANG_BACKUP_KEYS=(age1\w+)", said)
        assert key, said
        self.city.env |= {"MADANG_BACKUP_DIR": str(folder), "MADANG_BACKUP_KEYS": key[1]}
        self.moment = datetime.now(UTC)

    def run(self, *words: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        return self.city.run(*words, expect=expect)

    def refuses(self, *words: str, code: int) -> str:
        """Run what must be refused; return the one sentence that says so."""
        done = self.run(*words, expect=code)
        sentences = [line for line in done.stderr.splitlines() if not line.endswith("…")]
        assert len(sentences) == 1, done.stderr
        return sentences[0]

    def restore(self, into: Path, *words: str) -> str:
        with_key = ("--identity", str(self.identity), "--into", str(into))
        return self.run("restore", *with_key, *words).stdout

    @contextmanager
    def standing_in(self, data: Path) -> Iterator[None]:
        """Let commands work in this data folder meanwhile."""
        self.city.env["MADANG_DATA"] = str(data)
        try:
            yield
        finally:
            self.city.env["MADANG_DATA"] = str(self.data)

    @contextmanager
    def up(
        self, data: Path | None = None, *, is_kept: bool = True
    ) -> Iterator[psycopg.Connection[Any]]:
        """The database of the city, or of one that was restored, up and at hand.

        is_kept: whether its log goes into the backup folder that the city's commands see.
        """
        ours = {k: v for k, v in os.environ.items() if k.startswith("MADANG")}
        for name in ours:
            del os.environ[name]
        names = ("MADANG_BACKUP_DIR", "MADANG_BACKUP_KEYS")
        backups = {name: self.city.env[name] for name in names}
        os.environ.update(backups if is_kept else {})
        try:
            with (
                running_database(data or self.data),
                psycopg.connect(os.environ["MADANG_DATABASE_URL"], autocommit=True) as link,
            ):
                yield link
        finally:
            for name in backups:
                os.environ.pop(name, None)
            os.environ.update(ours)


def one(link: psycopg.Connection[Any], question: str) -> Any:
    row = link.execute(question).fetchone()  # type: ignore[arg-type]  # plain SQL of ours
    return row and row[0]


def segments(folder: Path) -> list[Piece]:
    (base, *_) = bases_in(folder)
    return [piece for piece in pieces(base.shelf) if piece.is_segment]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    export = tmp_path_factory.mktemp("export")
    (export / "votes.csv").write_text(VOTES, "utf-8")
    (export / "comments.csv").write_text(COMMENTS, "utf-8")
    with data_folder() as data, data_folder() as folder:
        kept = Kept(data, folder / "backups")
        with kept.up() as link:
            kept.run("hearing", "import", str(export), "--slug", "lamps")
            kept.run("backup", "now")
            kept.city.run("journal", "extend")
            link.execute("CREATE TABLE after_the_backup AS SELECT 7 AS number")
            kept.moment = one(link, "SELECT clock_timestamp()")
            time.sleep(0.1)
            link.execute('UPDATE hearings_statement SET words = \'{"en": "Nonsense."}\'')
            link.execute("CREATE TABLE after_the_mishap ()")
        yield kept


@pytest.fixture
def copy(kept: Kept) -> Iterator[Path]:
    """The backup folder once more, to be spoilt; the city's commands see it meanwhile."""
    with data_folder() as place:
        spoilt = place / "backups"
        shutil.copytree(kept.folder, spoilt)
        kept.city.env["MADANG_BACKUP_DIR"] = str(spoilt)
        yield spoilt
        kept.city.env["MADANG_BACKUP_DIR"] = str(kept.folder)


@pytest.fixture
def elsewhere(kept: Kept) -> Iterator[Path]:
    """An empty data folder of another machine, to which the keys were brought."""
    with data_folder() as place:
        shutil.copytree(kept.data / "secrets", place / "secrets")
        yield place


def test_a_city_comes_back_as_it_was_before_a_bad_update(kept: Kept, elsewhere: Path) -> None:
    said = kept.restore(elsewhere, "--to", kept.moment.isoformat())
    assert "Restored in" in said
    with kept.up(elsewhere, is_kept=False) as link:
        assert one(link, "SELECT count(*) FROM hearings_vote") == 3
        assert SECRET in str(one(link, "SELECT words FROM hearings_statement WHERE number = 0"))
        assert one(link, "SELECT number FROM after_the_backup") == 7
        assert one(link, "SELECT to_regclass('after_the_mishap')") is None
        with kept.standing_in(elsewhere):
            audited = json.loads(kept.run("journal", "audit", "--json", "-").stdout)
    assert audited["size"] >= 2
    left = {path.name for path in elsewhere.iterdir()}
    assert {name for name in left if "restor" in name or "hatch" in name} == set()


def test_it_comes_back_in_place_and_its_log_is_kept_on(kept: Kept, copy: Path) -> None:
    with data_folder() as place:
        again = place / "city"
        shutil.copytree(kept.data, again)
        if os.geteuid() == 0:
            for path in (again / "postgres", *(again / "postgres").rglob("*")):
                shutil.chown(path, "pgserver", "pgserver")
        said = kept.restore(again, "--to", "end", "--dry-run")
        assert "will be moved aside" in said
        assert not list(again.glob("before-*"))
        sentence = kept.refuses(
            *("restore", "--to", "end", "--into", str(again), "--identity", str(kept.identity)),
            code=2,
        )
        assert "--yes" in sentence
        kept.restore(again, "--to", "end", "--yes")
        with kept.up(again) as link:
            assert one(link, "SELECT count(*) FROM after_the_mishap") == 0
        assert [piece.name[:8] for piece in segments(copy)][-1] == "00000002"
        (aside,) = again.glob("before-restore-*")
        assert (aside / "postgres" / "PG_VERSION").exists()


def test_nothing_that_people_wrote_can_be_read_in_the_backup_folder(kept: Kept) -> None:
    def is_found(folder: Path) -> bool:
        words = SECRET.encode()
        return any(words in path.read_bytes() for path in folder.rglob("*") if path.is_file())

    assert is_found(kept.data / "postgres")
    assert not is_found(kept.folder)


def test_a_drill_measures_and_leaves_nothing_behind(kept: Kept) -> None:
    before = {path.name for path in kept.data.iterdir()}
    printed = kept.run("backup", "drill", "--identity", str(kept.identity), "--json", "-").stdout
    done = json.loads(printed)
    assert (done["good"], done["findings"], done["tables_lost"]) == (True, [], 0)
    assert done["entries"] >= 2
    cleared = done["steps_s"].pop("clearing")
    assert cleared > 0
    assert done["rto_s"] == pytest.approx(sum(done["steps_s"].values()), abs=0.1)
    lost = datetime.fromisoformat(done["lost_at"]) - datetime.fromisoformat(done["newest_commit"])
    assert done["rpo_s"] == pytest.approx(lost.total_seconds(), abs=0.01)
    assert {path.name for path in kept.data.iterdir()} == before


def test_another_identity_opens_nothing(kept: Kept, elsewhere: Path) -> None:
    strange = elsewhere / "strange"
    strange.write_text(make_identity()[0], "utf-8")
    base = ("restore", "--to", "end", "--into", str(elsewhere), "--identity")
    assert "another key" in kept.refuses(*base, str(strange), code=2)
    strange.write_text("nonsense", "utf-8")
    assert "no identity of age" in kept.refuses(*base, str(strange), code=2)
    assert not (elsewhere / "postgres").exists()


@pytest.mark.parametrize("harm", ["cut short", "altered"])
def test_a_file_that_is_not_what_was_written_is_named(
    kept: Kept, copy: Path, elsewhere: Path, harm: str
) -> None:
    (path,) = copy.glob("*/base/*/database.tar.gz.age")
    data = path.read_bytes()
    half = len(data) // 2
    path.write_bytes(data[:half] + (b"" if harm == "cut short" else b"?" + data[half + 1 :]))
    assert str(path) in kept.run("backup", "check", expect=1).stdout
    identity = ("--identity", str(kept.identity))
    assert str(path) in kept.run("backup", "check", *identity, expect=1).stdout
    into = ("--to", "end", "--into", str(elsewhere))
    assert str(path) in kept.refuses("restore", *into, *identity, code=3)
    assert not (elsewhere / "postgres").exists()


def test_a_lost_piece_of_the_log_is_named(kept: Kept, copy: Path, elsewhere: Path) -> None:
    (base, *_) = bases_in(copy)
    lost = name_of(base.timeline, base.last_number, base.segment_bytes)
    (path,) = [piece.path for piece in segments(copy) if piece.name == lost]
    path.unlink()
    assert lost in kept.run("backup", "check", expect=1).stdout
    into = ("--to", "end", "--into", str(elsewhere), "--identity", str(kept.identity))
    assert lost in kept.refuses("restore", *into, code=3)


def test_a_disk_without_room_is_one_sentence(kept: Kept, copy: Path, elsewhere: Path) -> None:
    (manifest,) = copy.glob("*/base/*/manifest.json")
    told = json.loads(manifest.read_text("utf-8"))
    told["parts"][0]["plain_size"] = 10**16
    manifest.write_text(json.dumps(told), "utf-8")
    into = ("--to", "end", "--into", str(elsewhere), "--identity", str(kept.identity))
    assert "free space" in kept.refuses("restore", *into, code=3)


def test_a_city_that_runs_is_not_replaced(kept: Kept) -> None:
    with kept.up():
        sentence = kept.refuses(
            *("restore", "--to", "end", "--yes", "--identity", str(kept.identity)), code=3
        )
        assert "stop it first" in sentence


def test_keys_are_asked_for_before_anything_is_restored(kept: Kept) -> None:
    with data_folder() as place:
        words = ("restore", "--to", "end", "--identity", str(kept.identity))
        with kept.standing_in(place):
            assert "MADANG_PSEUDONYM_KEY is missing" in kept.refuses(*words, code=3)
        assert not list(place.glob("postgres*/"))


def test_a_backup_that_was_killed_is_never_listed(kept: Kept) -> None:
    before = {base.name for base in bases_in(kept.folder)}
    with kept.up():
        taking = subprocess.Popen([MADANG, "backup", "now"], env=kept.city.env)
        while not list(kept.folder.glob("*/base/.*.new/*")):
            time.sleep(0.005)
            assert taking.poll() is None, "it was over before it could be killed"
        taking.send_signal(signal.SIGKILL)
        taking.wait()
        assert {base.name for base in bases_in(kept.folder)} == before
        assert list(kept.folder.glob("*/base/.*.new"))
        kept.run("backup", "now")
    assert len(bases_in(kept.folder)) == len(before) + 1
    assert not list(kept.folder.glob("*/base/.*.new"))
    listed = json.loads(kept.run("backup", "list", "--json", "-").stdout)
    assert {each["name"] for each in listed["backups"]} > before


def test_the_worker_takes_a_backup_and_says_nothing_where_all_is_well(kept: Kept) -> None:
    before = len(bases_in(kept.folder))
    with kept.up() as link:
        work = "import django; django.setup(); from madang.site.backup import jobs; "
        env = kept.city.env | {
            "DJANGO_SETTINGS_MODULE": "madang.site.settings",
            "MADANG_DATABASE_URL": os.environ["MADANG_DATABASE_URL"],
        }
        done = subprocess.run(
            [sys.executable, "-c", work + "jobs.take(); jobs.watch()"],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        assert (done.stderr, one(link, "SELECT 1")) == ("", 1)
    assert len(bases_in(kept.folder)) == before + 1


def test_two_backups_are_not_taken_at_once(kept: Kept) -> None:
    (place,) = kept.folder.glob("*/base")
    with (place / ".lock").open("a") as lock:
        flock(lock, LOCK_EX)
        assert "being taken already" in kept.refuses("backup", "now", code=3)


def test_a_city_goes_on_where_its_log_cannot_be_kept_and_says_so(kept: Kept) -> None:
    (wal,) = kept.folder.glob("*/wal/00000001")
    closed = [wal, *wal.glob("*/")]
    owner = wal.stat().st_uid
    with kept.up() as link:
        for folder in closed:
            os.chown(folder, os.geteuid(), -1)  # root's now, which the server's user is not
            folder.chmod(0o500)
        link.execute("CREATE TABLE unkept ()")
        link.execute("SELECT pg_switch_wal()")
        while not one(link, "SELECT failed_count FROM pg_stat_archiver"):
            time.sleep(0.05)
        assert "NOT being kept" in kept.run("backup", "list").stdout
        assert json.loads(kept.run("backup", "list", "--json", "-").stdout)["archiving"]["behind"]
        assert "does not reach" in kept.refuses("backup", "now", code=3)
        assert one(link, "SELECT 1") == 1
        link.execute("DROP TABLE unkept")
        for folder in closed:
            os.chown(folder, owner, -1)
            folder.chmod(0o700)
    assert "does not run" in kept.run("backup", "list").stdout
    assert segments(kept.folder)[-1].name > segments(kept.folder)[0].name


def test_what_no_moment_needs_goes_after_a_question(kept: Kept) -> None:
    before = len(segments(kept.folder))
    words = ("backup", "prune", "--keep-days", "1")
    assert "0 backups" in kept.run(*words, "--dry-run").stdout
    assert "--yes" in kept.refuses(*words, code=2)
    assert len(segments(kept.folder)) == before
    kept.run(*words, "--yes")
    assert 0 < len(segments(kept.folder)) < before
    assert kept.run("backup", "check").stdout.startswith("All ")
