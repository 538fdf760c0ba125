"""What befalls a city that serves: its disk fills, its database goes, its worker dies.

Each trouble has a page in docs/runbook.md. Whatever happens, what was acknowledged is kept, people
get one clear page, and the city comes back by itself.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import data_folder
from madang.site.operate.served import LETTERS
from madang.site.postgres import own_address
from whole_city import Browser, City, free_port

pytestmark = pytest.mark.whole

SIZE = "600m"
CODE = re.compile(f"<strong>([{LETTERS}]{{3}}-[{LETTERS}]{{3}})</strong>")
RESIDENT, OFFICIAL = "resident@daon.example", "official@daon.example"


class Trouble:
    """A loaded city that serves, and a resident who is signed in."""

    def __init__(self, city: City, password: str) -> None:
        self.city, self.data, self.password = city, Path(city.env["MADANG_DATA"]), password
        self.browser = Browser(city.url)
        page = self.browser.get("/en/account/login/")
        self.browser.post("/en/account/login/", page, login=RESIDENT, password=password)
        self.page = self.browser.get("/en/hearings/next-year/vote")
        found = re.search(r'name="statement" value="(\d+)"', self.page)
        assert found
        self.statement = int(found[1])

    def vote(self, value: int) -> tuple[int, str]:
        """Vote; return the status and the page of the answer."""
        try:
            page = self.browser.post(
                "/en/hearings/next-year/votes", self.page, statement=self.statement, vote=value
            )
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
        return 200, page

    def asks(self, question: str, **values: object) -> Any:
        with psycopg.connect(own_address(self.data), connect_timeout=5) as link:
            row = link.execute(question, values).fetchone()  # type: ignore[arg-type]
            return row and row[0]

    def newest_vote(self) -> int:
        value: int = self.asks(
            "SELECT v.value FROM hearings_vote v JOIN hearings_statement s ON s.id = statement_id"
            " JOIN hearings_hearing h ON h.id = s.hearing_id WHERE h.slug = 'next-year'"
            " AND s.number = %(number)s AND is_newest ORDER BY v.id DESC LIMIT 1",
            number=self.statement,
        )
        return value

    def ready(self) -> tuple[int, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"{self.city.url}/readyz", timeout=20) as answer:
                return 200, json.load(answer)["checks"]
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)["checks"]

    def process(self, words: str) -> int:
        """Return the number of the city's process whose command has these words."""
        assert self.city.server is not None
        for each in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
                command = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if parent == self.city.server.pid and words in command:
                return int(each.name)
        raise AssertionError(f"no process {words}")


def until(happened: Callable[[], bool], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def disk() -> Iterator[Path | None]:
    """A small disk for the city's data; None where this user may not mount one."""
    with data_folder() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0711", "tmpfs", folder],
            capture_output=True,
            check=False,
        )
        if mounted.returncode:
            yield None
            return
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def trouble(disk: Path | None) -> Iterator[Trouble]:
    with data_folder() as other, data_folder() as logs:
        city = City((disk or other) / "city")
        city.log = logs / "log"
        city.env |= {"MADANG_LOG_FORMAT": "json", "MADANG_METRICS_PORT": str(free_port())}
        try:
            yield Trouble(city, city.start())
        finally:
            if city.server is not None:
                os.kill(city.server.pid, signal.SIGCONT)
                city.stop()


def test_a_city_whose_database_is_gone_says_so_and_goes_on_afterwards(trouble: Trouble) -> None:
    assert trouble.vote(1)[0] == 200
    live = http.client.HTTPConnection("127.0.0.1", trouble.city.port + 1, timeout=60)
    live.request("GET", "/live?topic=hearing/next-year")
    stream = live.getresponse()
    assert trouble.city.server is not None
    # Nobody starts it again meanwhile: the server that would is held.
    os.kill(trouble.city.server.pid, signal.SIGSTOP)
    file = trouble.data / "postgres" / "postmaster.pid"
    os.kill(int(file.read_text().split()[0]), signal.SIGKILL)
    try:
        until(lambda: trouble.vote(-1)[0] == 503)
        status, page = trouble.vote(-1)
        assert status == 503
        assert "We will be back shortly" in page
        code = CODE.search(page)
        assert code
        assert trouble.city.log
        assert code[1] in trouble.city.log.read_text()
        until(lambda: trouble.ready()[0] == 503, within_s=20)
        assert trouble.ready()[1]["database"] == "failing"
    finally:
        os.kill(trouble.city.server.pid, signal.SIGCONT)
    trouble.city.wait_for_pages()
    assert trouble.newest_vote() == 1  # acknowledged; the other was not
    until(lambda: trouble.vote(-1)[0] == 200)
    assert trouble.newest_vote() == -1
    until(lambda: trouble.asks("SELECT count(*) FROM events_outboxevent WHERE leaf IS NULL") == 0)
    listens = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'madang live'"
    until(lambda: trouble.asks(listens) == 1)
    trouble.asks("SELECT pg_notify('madang_live', 'hearing/next-year')")
    while not (line := stream.readline().strip()).startswith(b"data:"):
        pass
    assert line == b"data: hearing/next-year"
    live.close()
    assert trouble.city.run("journal", "audit").stdout.startswith("All ")


def test_a_full_disk_loses_nothing_and_the_city_comes_back_when_there_is_room(
    trouble: Trouble, disk: Path | None
) -> None:
    if disk is None:
        pytest.skip("a small disk cannot be mounted: run as root")
    votes = "SELECT count(*) FROM hearings_vote"
    before, acknowledged = trouble.asks(votes), list[int]()
    ballast = disk / "ballast"
    fill(ballast)
    try:
        for turn in range(3000):
            value = (1, -1)[turn % 2]
            status, page = trouble.vote(value)
            if status != 200:
                break
            acknowledged.append(value)
        assert status == 503, "the disk was not full"
        assert "We will be back shortly" in page
        assert CODE.search(page)
        # PostgreSQL may have given back a little of what it could not use.
        assert trouble.ready()[1]["disk"] in {"failing", "warning"}
    finally:
        ballast.unlink()
    trouble.city.wait_for_pages()
    assert trouble.asks(votes) >= before + len(acknowledged)
    until(lambda: trouble.vote(0)[0] == 200)
    assert trouble.newest_vote() == 0
    until(lambda: trouble.asks("SELECT count(*) FROM events_outboxevent WHERE leaf IS NULL") == 0)
    assert trouble.city.run("journal", "audit").stdout.startswith("All ")


def fill(ballast: Path) -> None:
    """Take all room that there is."""
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 4096):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


def test_a_job_whose_worker_was_killed_runs_again_and_happens_once(trouble: Trouble) -> None:
    event = (
        "SELECT id FROM events_outboxevent WHERE wire = 'hearings.hearing-closed.v1'"
        " AND payload->>'hearing' = 'next-year'"
    )
    taken = f"SELECT count(*) FROM events_delivery WHERE event_id = ({event})"
    running = f"""
        SELECT count(*) FROM procrastinate_jobs
        WHERE status = 'doing' AND (args->>'event_id')::bigint = ({event})
    """
    official = Browser(trouble.city.url)
    page = official.get("/en/account/login/")
    official.post("/en/account/login/", page, login=OFFICIAL, password=trouble.password)
    page = official.get("/en/hearings/next-year/run")
    with held(trouble, "events_delivery"):
        official.post("/en/hearings/next-year/run/close", page)
        until(lambda: trouble.asks(running) == 1)
        os.kill(trouble.process("madang.site.worker"), signal.SIGKILL)
    # A minute passes, after which a worker that does not beat is held for dead.
    with psycopg.connect(own_address(trouble.data)) as link:
        link.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 min'")
        link.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
            " ('ground', 'madang.ground.jobs.requeue_stalled', '{\"timestamp\": 0}')"
        )
    until(lambda: trouble.asks(taken) == 1)
    until(lambda: trouble.asks(running) == 0)
    assert trouble.asks(taken) == 1
    assert trouble.city.log
    assert "was left by a dead worker" in trouble.city.log.read_text()
    assert trouble.city.run("journal", "audit").stdout.startswith("All ")


@contextmanager
def held(trouble: Trouble, table: str) -> Iterator[None]:
    """Let everybody who uses the table wait while the block lasts."""
    with psycopg.connect(own_address(trouble.data)) as link:
        link.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")  # type: ignore[arg-type]
        yield
        link.rollback()


def test_the_log_of_all_this_is_one_json_object_a_line_and_names_nobody(trouble: Trouble) -> None:
    assert trouble.city.log
    text = trouble.city.log.read_text()
    ours = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert {"time", "level", "logger", "said"} <= set.intersection(*map(set, ours))
    assert len(ours) > 5
    for name in (RESIDENT, "127.0.0.1", "sessionid", trouble.password):
        assert name not in text


def test_the_numbers_of_all_this_are_there_for_prometheus(trouble: Trouble) -> None:
    port = trouble.city.env["MADANG_METRICS_PORT"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        samples = [sample for family in families for sample in family.samples]
    found = {sample.name: sample.value for sample in samples}
    assert found["madang_database_up"] == 1
    assert found["madang_workers"] >= 1
    assert found["madang_live_processes"] == 1
    counted = [each.labels for each in samples if each.name == "madang_requests_total"]
    assert {"hearings:cast", "account_login"} <= {each["route"] for each in counted}
    assert RESIDENT not in str(samples)
