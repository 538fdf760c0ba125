"""What every test may lean on: keys, a real PostgreSQL, the real data where it is at hand."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation

from madang.site.postgres import running_database

# The same examples on every machine: a test that fails here fails everywhere.
hypothesis.settings.register_profile("madang", derandomize=True, deadline=None)
hypothesis.settings.load_profile("madang")

settings.SECRET_KEY = "for tests only, " * 4
settings.MADANG_PSEUDONYM_KEY = "for tests only"
settings.MADANG_JOURNAL_KEY = "for tests only"
settings.MADANG_WALLS_KEY = "for tests only"
# Asking anew which blocks are off would upset the counts of queries.
settings.MADANG_PAUSES_KEPT_S = float("inf")
_KEYS = tempfile.TemporaryDirectory(prefix="madang-keys-")
settings.MADANG_KEYS = Path(_KEYS.name)
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

REAL_DATA = Path(
    os.environ.get("MADANG_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")
).resolve()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--apart",
        action="store_true",
        help="drive the browser through a city with each block in a process of its own",
    )


@contextmanager
def data_folder() -> Iterator[Path]:
    """A city's data folder. pytest's own folders are closed to the user PostgreSQL runs as."""
    with tempfile.TemporaryDirectory(prefix="madang-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Run the city's own PostgreSQL for the tests, or use the server MADANG_DATABASE_URL names."""
    from madang.site.environment import database

    with data_folder() as data, running_database(data):
        # Worker threads give their connections back, so that the test database can be dropped.
        connections["default"].settings_dict.update(database(data) | {"CONN_MAX_AGE": 0})
        yield


@pytest.fixture(autouse=True)
def _korean() -> None:
    """A request leaves its language behind; the next test begins with the site's own."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _empty_queue(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties its own tables after a test that commits; the queue's are not among them.

    And no test pays for the question which blocks are switched off.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker is None:
        yield
        return
    commits = bool(marker.kwargs.get("transaction"))
    request.getfixturevalue("transactional_db" if commits else "db")
    from madang.ground.walls.queries import paused

    paused()
    if not commits:
        yield
        return
    yield
    with connections["default"].cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the test is skipped."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no real data at {REAL_DATA}: set MADANG_TEST_DATA to its folder")
    return REAL_DATA
