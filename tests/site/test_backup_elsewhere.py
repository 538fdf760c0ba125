"""Backups of a PostgreSQL 15 server that is not the city's own, where its programs are at hand."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from conftest import data_folder
from madang.site.backup.recovery import DEBIAN
from madang.site.backup.shelf import bases_in, pieces
from madang.site.postgres import Server
from whole_city import City

PROGRAMS = DEBIAN / "15" / "bin"
pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(
        not (PROGRAMS / "postgres").exists(),
        reason=f"no PostgreSQL 15 at {PROGRAMS}: apt install postgresql-15 (Debian)",
    ),
]

VOTES = "timestamp,comment-id,voter-id,vote\n1000,0,0,1\n2000,1,0,-1\n"
COMMENTS = "comment-id,moderated,comment-body\n0,1,Light the alleys.\n1,1,Plant trees.\n"


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server in this folder, made where the folder is empty."""
    server = Server(folder, of=PROGRAMS)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if server.user is not None:
            server.take_over()
        server.run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "-D", folder)
    server.launch()
    try:
        yield server
    finally:
        server.stop()


def ask(address: str, question: str) -> Any:
    with psycopg.connect(address, autocommit=True) as link:
        asked = link.execute(question)  # type: ignore[arg-type]  # plain SQL of ours
        row = asked.fetchone() if asked.description else None
        return row and row[0]


@pytest.fixture
def theirs() -> Iterator[Server]:
    with data_folder() as place, running(place / "theirs") as server:
        root = server.address("postgres")
        ask(root, "CREATE ROLE madang LOGIN REPLICATION")
        ask(root, "CREATE DATABASE madang OWNER madang ENCODING 'UTF8' TEMPLATE template0")
        yield server


@contextmanager
def following(city: City) -> Iterator[None]:
    """What `madang serve` runs beside the pages."""
    process = subprocess.Popen([sys.executable, "-m", "madang.site.backup.follow"], env=city.env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_a_server_of_others_is_followed_and_comes_back(theirs: Server, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text(VOTES, "utf-8")
    (tmp_path / "comments.csv").write_text(COMMENTS, "utf-8")
    address = theirs.address("madang", user="madang")
    identity = str(tmp_path / "identity")
    with data_folder() as data, data_folder() as folder, data_folder() as new:
        city = City(data)
        said = city.run("backup", "key", identity).stdout
        key = re.search(r"age1\w+", said)
        assert key
        city.env |= {"MADANG_DATABASE_URL": address, "MADANG_BACKUP_LAG": "1"}
        city.env |= {"MADANG_BACKUP_DIR": str(folder), "MADANG_BACKUP_KEYS": key[0]}
        city.run("hearing", "import", str(tmp_path), "--slug", "lamps")
        city.run("backup", "now")
        (base,) = bases_in(folder)
        assert (base.postgres, base.is_own) == (15, False)

        with following(city):
            ask(address, "CREATE TABLE after_the_backup AS SELECT 7 AS number")
            moment = ask(address, "SELECT clock_timestamp()")
            time.sleep(0.1)
            ask(address, 'UPDATE hearings_statement SET words = \'{"en": "Nonsense."}\'')
            mishap_at = time.time()
            while not any(
                piece.name.endswith(".partial") and piece.path.stat().st_mtime > mishap_at
                for piece in pieces(base.shelf)
            ):
                time.sleep(0.05)
            assert json.loads(city.run("backup", "list", "--json", "-").stdout)["archiving"]["on"]
        drill = json.loads(
            city.run("backup", "drill", "--identity", identity, "--json", "-").stdout
        )
        assert (drill["good"], drill["findings"]) == (True, [])
        assert city.run("backup", "check", "--identity", identity).stdout.startswith("All 1 ")

        words = ("restore", "--to", moment.isoformat(), "--identity", identity)
        assert "--into" in city.run(*words, expect=2).stderr
        shutil.copytree(data / "secrets", new / "secrets")
        assert "Give " in city.run(*words, "--into", str(new)).stdout
        with running(new / "postgres") as again:
            back = again.address("madang", user="madang")
            assert ask(back, "SELECT number FROM after_the_backup") == 7
            texts = ask(back, "SELECT string_agg(words::text, ' ') FROM hearings_statement")
            assert "Light the alleys." in texts
            assert "Nonsense." not in texts
        assert not list((data / "log-received").glob("[0-9A-F]" * 24))
        assert b"Light the alleys." not in b"".join(
            path.read_bytes() for path in folder.rglob("*") if path.is_file()
        )


def test_a_role_that_may_not_replicate_is_told_so(theirs: Server, tmp_path: Path) -> None:
    ask(theirs.address("postgres"), "ALTER ROLE madang NOREPLICATION")
    with data_folder() as data, data_folder() as folder:
        city = City(data)
        key = re.search(r"age1\w+", city.run("backup", "key", str(tmp_path / "identity")).stdout)
        assert key
        city.env |= {"MADANG_DATABASE_URL": theirs.address("madang", user="madang")}
        city.env |= {"MADANG_BACKUP_DIR": str(folder), "MADANG_BACKUP_KEYS": key[0]}
        done = city.run("backup", "now", expect=3)
        assert (done.stdout, done.stderr.count("\n")) == ("", 1)
        assert "replication role" in done.stderr
        assert bases_in(folder) == []
