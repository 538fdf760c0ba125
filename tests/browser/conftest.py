"""One city and one browser for all journeys; visitors of its own for each."""

import shutil
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browser.visitor import PATIENCE_MS, Account, Visitor, Way
from whole_city import City, city_of_its_own

PASSWORD = "a stone bridge, 1423"
# Signing all of them up through the page would be more than the site takes in a minute.
ADD_PEOPLE = """
import sys
from madang.site.cli.city import standing_city
with standing_city():
    from django.contrib.auth.hashers import make_password
    from madang.ground.identity.models import Person
    password = make_password(sys.argv[1])
    for email in sys.argv[2:]:
        Person.objects.create(email=email, password=password)
"""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's chromium. Playwright's loop ends with the package: Django wants none beside it."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not there (Debian: apt install chromium)")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def city(chromium: Browser, pytestconfig: pytest.Config) -> Iterator[City]:
    """The city that `madang demo` shows, once there is a browser to see it."""
    is_apart: bool = pytestconfig.getoption("--apart")
    if is_apart and shutil.which("nginx") is None:
        pytest.skip("nginx is not there (Debian: apt install nginx-light)")
    with city_of_its_own(is_apart=is_apart) as city:
        yield city


@pytest.fixture(scope="package")
def official(city: City) -> Account:
    return Account("official@daon.example", city.start())


@pytest.fixture(scope="package")
def people(city: City, official: Account) -> Iterator[Account]:
    """People who can sign in and have done nothing yet."""
    emails = [f"person{number}@daon.example" for number in range(40)]
    city.run("-c", ADD_PEOPLE, PASSWORD, *emails, program=sys.executable)
    return (Account(email, PASSWORD) for email in emails)


@pytest.fixture
def person(people: Iterator[Account]) -> Account:
    return next(people)


@pytest.fixture(params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> str:
    code: str = request.param
    return code


@pytest.fixture(params=list(Way), ids=lambda way: way.value)
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


@pytest.fixture(scope="package")
def seen_wide() -> set[str]:
    return set()


@pytest.fixture
def visits(
    chromium: Browser,
    city: City,
    official: Account,
    language: str,
    way: Way,
    seen_wide: set[str],
) -> Iterator[Callable[[], Visitor]]:
    """Let another person in, in a browser of their own."""
    inside: list[Visitor] = []

    def visit() -> Visitor:
        visitor = Visitor(chromium, city.url, language, way, seen_wide)
        inside.append(visitor)
        return visitor

    yield visit
    for visitor in inside:
        visitor.leaves()


@pytest.fixture
def visitor(visits: Callable[[], Visitor]) -> Visitor:
    return visits()
