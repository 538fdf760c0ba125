"""Changes of the tables: made without stopping the version that serves, tried on a copy before.

A change that waits for a lock makes everybody behind it wait too. So it waits for a moment only,
gives up, lets the others pass, and tries again.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from madang.site.environment import SECRETS
from madang.site.postgres import programs

LOCK_PATIENCE_S = 3
TRIES = 20
COPY = "madang_rehearsal"
LOCK_NOT_AVAILABLE = "55P03"
# What keeps residents from writing, or even from reading.
STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
LOCKS = """
SELECT c.relname || ' ' || l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.pid = pg_backend_pid() AND l.granted AND l.mode = ANY(%s) AND c.relname = ANY(%s)
"""
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


# What the version that serves must still be able to do with the changed copy.
OLD_COMMANDS = (
    ("hearing", "list"),
    ("ballot", "list"),
    ("plan", "show"),
    ("person", "add", "rehearsal@madang.invalid"),
)
PASSWORD = "for the copy alone\n"  # noqa: S105 of nobody


class UnableToRehearse(Exception):
    """No copy can be made, or the version that serves fails on it; the message says why."""


@dataclass(frozen=True)
class Rehearsed:
    """One change on the copy. locks: tables that were there before, with how they were locked."""

    change: str
    seconds: float
    locks: tuple[str, ...]


def migrate_gently() -> None:
    """Bring the tables up to the code, trying again where others hold a lock for long."""
    for tries_left in reversed(range(TRIES)):
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_PATIENCE_S}s'")
        try:
            call_command("migrate", verbosity=0)
        except OperationalError as waited:
            if getattr(waited.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE or not tries_left:
                raise
        else:
            return
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        time.sleep(1)


def changes_to_come() -> list[str]:
    """Return the changes that the tables lack, in their order, as `hearings.0004_receipt`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def rehearse(*, old: Path | None = None) -> Iterator[Rehearsed]:
    """Make all changes on a copy of the database, which is dropped at the end.

    The version that serves goes on meanwhile; its database is only read. old: its program, which
    then reads and writes the changed copy. Raises UnableToRehearse.
    """
    with _copied():
        before = _tables()
        for change in changes_to_come():
            app, _, name = change.partition(".")
            yield _rehearsed(change, before, partial(_migrate, app, name))
        yield _rehearsed("after all changes", before, _settle)
        if old is not None:
            yield _rehearsed("the version that serves", before, partial(_use, old))


def _migrate(app: str, name: str) -> None:
    MigrationExecutor(connection).migrate([(app, name)])


def _settle() -> None:
    """What happens after the last change: rows of new columns are noted in the journal."""
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def _use(old: Path) -> None:
    """Let the old version's program read and write the copy, in a data folder that is thrown away.

    It has keys of its own there, and none of the city's. Raises UnableToRehearse with what it says.
    """
    connection.close()
    told = {name: value for name, value in os.environ.items() if name not in SECRETS}
    with TemporaryDirectory(prefix="madang-rehearsal-") as data:
        env = told | {"MADANG_DATABASE_URL": _address(), "MADANG_DATA": data}
        for words in OLD_COMMANDS:
            _call(old, words, env)


def _call(old: Path, words: tuple[str, ...], env: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 the operator names it
            [old, *words], input=PASSWORD, env=env, capture_output=True, text=True, check=False
        )
    except OSError as missing:
        raise UnableToRehearse(f"{old}: {missing.strerror}") from missing
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise UnableToRehearse(f"{old} {' '.join(words)}: {said[-1]}")


def _address() -> str:
    """Return the copy's address, as MADANG_DATABASE_URL has it."""
    told = _parameters()
    who = quote(str(told.get("user", "")), safe="")
    if told.get("password"):
        who += f":{quote(str(told['password']), safe='')}"
    kept: dict[str, object] = {
        name: told[name] for name in ("host", "port", "sslmode", "sslrootcert") if name in told
    }
    return f"postgresql://{who}@/{COPY}?{urlencode(kept)}"


def _rehearsed(change: str, before: list[str], make: Callable[[], None]) -> Rehearsed:
    locks: set[str] = set()

    def see_locks(execute: Any, statement: Any, values: Any, many: Any, context: Any) -> Any:
        done = execute(statement, values, many, context)
        if connection.in_atomic_block:
            held = connection.connection.execute(LOCKS, [list(STRONG), before]).fetchall()
            locks.update(row[0] for row in held)
        return done

    started = time.perf_counter()
    with connection.execute_wrapper(see_locks):
        make()
    return Rehearsed(change, time.perf_counter() - started, tuple(sorted(locks)))


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def _copied() -> Iterator[None]:
    """Let Django speak to a copy of its database while the block lasts."""
    city = connection.settings_dict["NAME"]
    told = conninfo_to_dict(**_parameters())
    try:
        with psycopg.connect(**told, autocommit=True) as link:  # type: ignore[arg-type]
            _drop(link)
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(COPY)))
            try:
                _fill(told)
                connection.close()
                connection.settings_dict["NAME"] = COPY
                yield
            finally:
                connection.close()
                connection.settings_dict["NAME"] = city
                _drop(link)
    except psycopg.Error as refused:
        raise UnableToRehearse(str(refused).strip()) from refused


def _drop(link: "psycopg.Connection[Any]") -> None:
    link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(COPY)))


def _fill(told: dict[str, Any]) -> None:
    """Pour the city's database into the copy; nobody sees the password in a list of processes."""
    env = os.environ | {"PGPASSWORD": str(told.get("password") or "")}
    place = {name: value for name, value in told.items() if name != "password"}
    with subprocess.Popen(  # noqa: S603 the wheel's own program
        [programs() / "pg_dump", "--format=custom", "-d", make_conninfo(**place)],
        stdout=subprocess.PIPE,
        env=env,
    ) as dump:
        filled = subprocess.run(  # noqa: S603 the wheel's own program
            [
                *(programs() / "pg_restore", "--no-owner", "--exit-on-error"),
                *("-d", make_conninfo(**place | {"dbname": COPY})),
            ],
            stdin=dump.stdout,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            check=False,
        )
    if dump.returncode or filled.returncode:
        raise UnableToRehearse(filled.stderr.strip() or "pg_dump failed")


def _parameters() -> dict[str, Any]:
    """What the driver needs to reach the city's database."""
    kept = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert")
    told = connection.get_connection_params()
    return {name: told[name] for name in kept if told.get(name)}
