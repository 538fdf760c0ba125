"""Each block in a process of its own: one that breaks or is switched off takes no other with it."""

import json
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from whole_city import Browser, City, city_of_its_own

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(
        shutil.which("nginx") is None, reason="nginx is not there (Debian: apt install nginx-light)"
    ),
]


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with city_of_its_own(is_apart=True) as city:
        yield city


@pytest.fixture(scope="module")
def password(city: City) -> str:
    """The password of the demo's people, once the city is up."""
    return city.start()


@pytest.fixture(autouse=True)
def _running(password: str) -> None:
    """Every test here needs the city up."""


def ask(city: City, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(city.url + path, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def ask_until(city: City, path: str, status: int) -> str:
    for _ in range(300):
        found, page = ask(city, path)
        if found == status:
            return page
        time.sleep(0.1)
    raise AssertionError(f"{path} answers {found}")


def processes(city: City, block: str) -> dict[int, str]:
    """The processes behind a block's wall, with what each was given."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            given = (folder / "environ").read_text()
        except OSError:
            continue
        if f"MADANG_BLOCK={block}\0" in given and city.env["MADANG_DATA"] in given:
            found[int(folder.name)] = given
    return found


def test_a_process_holds_the_password_of_its_own_wall_and_no_key_of_the_city(city: City) -> None:
    secrets = Path(city.env["MADANG_DATA"]) / "secrets"
    kept_back = [(secrets / f"madang_{name}_key").read_text() for name in ("walls", "journal")]
    for block in ("hearings", "ballots", "plan", "front"):
        running = processes(city, block)
        assert running
        for given in running.values():
            assert f"//madang_{block}:" in given
            assert not any(secret in given for secret in kept_back)
    assert processes(city, "live")


def test_a_block_that_dies_is_spoken_for_and_comes_back(city: City) -> None:
    assert ask(city, "/en/ballots/")[0] == 200
    for process in processes(city, "ballots"):
        os.kill(process, signal.SIGSTOP)  # it hangs, as one does that waits for ever
    page = ask_until(city, "/en/plan/", 200)
    assert "The plan" in page or "plan" in page
    for process in processes(city, "ballots"):
        os.kill(process, signal.SIGKILL)
    page = ask_until(city, "/en/ballots/", 503)
    assert "This part does not answer at the moment" in page
    for other in ("/en/", "/en/hearings/", "/en/plan/", "/en/about/blocks"):
        assert ask(city, other)[0] == 200
    ask_until(city, "/en/ballots/", 200)


def test_a_block_that_is_switched_off_says_why_and_the_others_work(city: City) -> None:
    city.run("blocks", "pause", "hearings", "--en", "We are looking into it.")
    page = ask_until(city, "/en/hearings/", 503)
    assert "We are looking into it." in page
    ask_until(city, "/api/v1/hearings/", 503)
    for other in ("/en/", "/en/ballots/", "/en/plan/"):
        assert "We are looking into it." in ask_until(city, other, 200)
    city.run("blocks", "resume", "hearings")
    ask_until(city, "/en/hearings/", 200)
    log = Path(city.env["MADANG_DATA"]) / "journal"
    city.run("journal", "extend")
    assert "entries" in city.run("journal", "verify", str(log)).stdout


def test_what_happens_in_one_block_reaches_the_next_through_their_walls(
    city: City, password: str
) -> None:
    """An official closes a ballot; its own jobs count it, those of the plan promise what won."""
    before = json.loads(city.run("plan", "show", "--json", "-").stdout)
    browser = Browser(city.url)
    browser.sign_in("official@daon.example", password)
    page = browser.get("/en/ballots/next-year-budget/close")
    assert "being counted" in browser.post("/en/ballots/next-year-budget/close", page)
    for _ in range(300):
        after = json.loads(city.run("plan", "show", "--json", "-").stdout)
        if len(after) > len(before):
            break
        time.sleep(0.5)
    made = [each for each in after if each not in before]
    assert made
    assert all("ballot next-year-budget/" in each["because"] for each in made)
    ask_until(city, "/en/hearings/next-year/", 200)


def test_a_person_sees_what_is_held_and_leaves_through_the_walls(city: City, password: str) -> None:
    browser = Browser(city.url)
    browser.sign_in("resident@daon.example", password)
    page = browser.get("/en/rights/")
    assert "resident@daon.example" in page
    assert json.loads(browser.get("/en/rights/my-data.json"))["format"] == "madang.held-about-you"
    for path in ("/en/about/privacy", "/en/about/journal", "/en/releases/", "/en/network/"):
        assert ask(city, path)[0] == 200
    page = browser.get("/en/leave/")
    assert "are erased" in browser.post("/en/leave/", page, password=password)
    city.run("journal", "extend")
    assert city.run("journal", "audit").stdout.startswith("All ")
