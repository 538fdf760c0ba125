"""The city's own PostgreSQL: shared by commands, and up again after whatever befell it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from conftest import data_folder

pytestmark = pytest.mark.whole

USE = """
import os
import sys
from pathlib import Path
from madang.site.postgres import running_database
with running_database(Path(sys.argv[1])) as revive:
    print(os.environ["MADANG_DATABASE_URL"], flush=True)
    while sys.stdin.readline().strip() == "revive":
        revive()
        print("revived", flush=True)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


class User:
    """A process that uses the database until it is told to end."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(data)],
            env={k: v for k, v in os.environ.items() if k != "MADANG_DATABASE_URL"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()

    def ends(self) -> str:
        """Let it end; return what it said on standard error."""
        return self.process.communicate("\n", timeout=60)[1]

    def revives(self) -> None:
        """Let it look after the database."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("revive\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "revived\n"

    def is_killed(self) -> None:
        self.process.kill()
        self.process.communicate()

    def asks(self, question: str) -> object:
        with psycopg.connect(self.address) as link:
            row = link.execute(question).fetchone()  # type: ignore[arg-type]
            return row and row[0]


@contextmanager
def user(data: Path) -> Iterator[User]:
    someone = User(data)
    try:
        assert someone.address, someone.ends()
        yield someone
    finally:
        if someone.process.returncode is None:
            someone.ends()


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def test_the_last_user_stops_it(data: Path) -> None:
    with user(data) as first, user(data) as second:
        assert first.address == second.address
        first.ends()
        assert second.asks("SELECT 1") == 1
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_a_killed_user_does_not_count(data: Path) -> None:
    with user(data) as first:
        first.is_killed()
    with user(data) as second:
        assert second.asks("SELECT 1") == 1
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_it_starts_again_at_once_after_it_was_killed(data: Path) -> None:
    with user(data) as first:
        with psycopg.connect(first.address, autocommit=True) as link:
            link.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(postmaster(data), signal.SIGKILL)
        first.is_killed()
        with user(data) as second:
            assert second.asks("SELECT number FROM kept") == 7


def test_a_user_can_start_it_again_where_it_died(data: Path) -> None:
    with user(data) as someone:
        someone.revives()
        first = postmaster(data)
        os.kill(first, signal.SIGKILL)
        someone.revives()
        assert postmaster(data) != first
        assert someone.asks("SELECT 1") == 1
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_its_log_tells_what_failed_and_of_whom_it_does_not(data: Path) -> None:
    with user(data) as someone, psycopg.connect(someone.address, autocommit=True) as link:
        link.execute("CREATE TABLE people (email text PRIMARY KEY)")
        adding = "INSERT INTO people VALUES ('kim.minsu@daon.example')"
        link.execute(adding)
        with pytest.raises(psycopg.errors.UniqueViolation):
            link.execute(adding)
    log = (data / "postgres" / "log").read_text()
    assert "people_pkey" in log
    assert "kim.minsu" not in log


def test_the_number_it_left_may_be_another_programs(data: Path) -> None:
    with user(data) as first:
        number = postmaster(data)
        os.kill(number, signal.SIGKILL)
        first.is_killed()
    left = data / "postgres" / "postmaster.pid"
    left.write_text(left.read_text().replace(str(number), str(os.getpid()), 1))
    with user(data) as second:
        assert second.asks("SELECT 1") == 1


def test_a_set_up_that_was_cut_short_is_made_anew(data: Path) -> None:
    (data / "postgres.new").mkdir()
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    with user(data) as someone:
        assert someone.asks("SELECT 1") == 1


def test_four_that_come_at_once_start_it_once(data: Path) -> None:
    users = [User(data) for _ in range(4)]
    assert len({someone.address for someone in users}) == 1
    assert users[0].asks("SELECT count(*) FROM pg_database WHERE datname = 'madang'") == 1
    for someone in users:
        assert someone.ends() == ""


def test_commands_that_come_at_once_to_a_new_city_all_succeed(data: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG", "DJANGO"))}
    command = [str(Path(sys.executable).parent / "madang"), "hearing", "list"]
    running = [
        subprocess.Popen(
            command,
            env=env | {"MADANG_DATA": str(data), "MADANG_LANGUAGE": "en"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    said = [process.communicate(timeout=120) for process in running]
    assert said == [("There is no hearing yet.\n", "")] * 5


@pytest.mark.parametrize("name", ["the city's, 100 % + more & all", "마당", "far/" * 40])
def test_any_folder_will_do(data: Path, name: str) -> None:
    with user(data / name) as someone:
        assert someone.asks("SELECT 1") == 1


def test_what_is_no_database_of_ours_is_left_alone(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    said = User(data).ends()
    assert "PostgreSQL 12, not 18" in said
    assert (data / "postgres" / "PG_VERSION").read_text() == "12\n"
