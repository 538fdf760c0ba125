"""The whole program from outside: as a newcomer starts it, and as the power fails."""

import http.client
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from whole_city import Browser, City, city_of_its_own

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with city_of_its_own() as city:
        yield city


def test_the_demo_runs_the_whole_loop_once_and_says_what_came_out(city: City) -> None:
    printed = city.run("demo", "--once").stdout
    for word in ("Hearing:", "Groups:", "Consensus:", "Winners:", "Certificate:", "Commitments:"):
        assert word in printed
    assert "simulated" in printed
    commitments = json.loads(city.run("plan", "show", "--json", "-").stdout)
    assert commitments
    assert all("hearing after-the-pandemic/" in each["because"] for each in commitments)


def test_the_journal_of_the_demo_is_whole_from_inside_and_from_outside(city: City) -> None:
    audited = json.loads(city.run("journal", "audit", "--json", "-").stdout)
    assert audited["size"] > 20
    assert audited["findings"] == []
    log = Path(city.env["MADANG_DATA"]) / "journal"
    assert f"{audited['size']} entries" in city.run("journal", "verify", str(log)).stdout
    entries = b"".join(path.read_bytes() for path in (log / "tile" / "entries").rglob("*.p/*"))
    assert entries.count(b'"seal"') >= 3
    assert b"person_id" not in entries


def test_the_demo_again_keeps_what_is_there(city: City) -> None:
    first = city.run("plan", "show", "--json", "-").stdout
    city.run("demo", "--once")
    assert city.run("plan", "show", "--json", "-").stdout == first


def test_no_acknowledged_vote_is_lost_when_everything_is_killed(city: City) -> None:
    password = city.start()
    browser = Browser(city.url)
    browser.sign_in("resident@daon.example", password)
    acknowledged = {}
    for _ in range(5):
        page = browser.get("/en/hearings/next-year/vote")
        number = re.search(r'name="statement" value="(\d+)"', page)
        assert number, page
        browser.post("/en/hearings/next-year/votes", page, statement=number[1], vote=1)
        acknowledged[int(number[1])] = 1
    kill_all(city)
    city.wait_for_free_ports()
    city.start()
    browser.url = city.url
    mine = browser.get("/en/hearings/next-year/mine")
    kept = re.findall(r'name="statement" value="(\d+)"', mine)
    assert {int(number) for number in kept} == set(acknowledged)
    assert mine.count('aria-pressed="true"') == len(acknowledged)
    city.stop()


def kill_all(city: City) -> None:
    """kill -9 to the server and to its PostgreSQL, as a power cut would."""
    database = postmaster(city)
    city.stop(signal.SIGKILL)
    os.kill(database, signal.SIGKILL)


def postmaster(city: City) -> int:
    file = Path(city.env["MADANG_DATA"]) / "postgres" / "postmaster.pid"
    return int(file.read_text().split()[0])


def test_pages_come_back_when_their_database_was_killed(city: City) -> None:
    city.start()
    os.kill(postmaster(city), signal.SIGKILL)
    city.wait_for_pages()
    assert city.run("hearing", "list").stdout
    city.stop()


def test_two_cities_do_not_share_a_port(city: City) -> None:
    city.start()
    done = city.run("serve", "--port", str(city.port), expect=3)
    assert done.stderr.count("\n") == 1
    assert f"Port {city.port} of 127.0.0.1 cannot be used" in done.stderr
    city.stop()


def test_a_port_in_use_is_said_in_one_sentence(city: City) -> None:
    with socket.socket() as taken:
        # The city that stood there a moment ago may have left connections in TIME_WAIT.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", city.port))
        taken.listen()
        done = city.run("serve", "--port", str(city.port), expect=3)
    assert done.stderr.count("\n") == 1
    assert "Address already in use" in done.stderr


def test_live_updates_reach_a_page_that_listens(city: City) -> None:
    city.start()
    link = http.client.HTTPConnection("127.0.0.1", city.port + 1, timeout=60)
    link.request("GET", "/live?topic=hearing/next-year")
    stream = link.getresponse()
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    city.run("hearing", "close", "next-year")
    while not (line := stream.readline().strip()).startswith(b"data:"):
        pass
    assert line == b"data: hearing/next-year"
    link.close()
    city.stop()
