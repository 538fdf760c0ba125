"""An intruder holds a block's process: what is reached is what the wall says, and no more."""

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from ground.intruder import intruder
from madang.ground.processes import FRONT, LIVE, RIGHTS
from madang.ground.walls.grants import functions_of, grants_of
from madang.ground.walls.roles import role_of
from madang.ground.walls.wall import Wall, walls

pytestmark = pytest.mark.django_db

NAMES = [wall.name for wall in walls()]
Reach = set[tuple[str, str, str]]  # table, what, column


def tables() -> dict[str, list[str]]:
    """Every table and view outside PostgreSQL's own, with its columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
            " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') GROUP BY 1"
        )
        return dict(cursor.fetchall())


# A view that is no plain part of one table takes nothing from anybody.
FOR_NOBODY = (
    psycopg.errors.WrongObjectType,
    psycopg.errors.ObjectNotInPrerequisiteState,
    psycopg.errors.FeatureNotSupported,
)


def is_let(link: psycopg.Connection, statement: sql.Composable | str) -> bool:
    """Whether PostgreSQL let it through, or stopped it for another reason than who asks."""
    try:
        with link.transaction(force_rollback=True):
            link.execute(statement)  # type: ignore[arg-type]  # a test's own
    except psycopg.errors.InsufficientPrivilege as refused:
        return "row-level security" in str(refused)  # the table is open, this row is not
    except psycopg.Error as stopped:
        return not isinstance(stopped, FOR_NOBODY)
    return True


TRIES = {
    "SELECT": "SELECT {column} FROM {table} LIMIT 0",
    "INSERT": "INSERT INTO {table} ({column}) VALUES (DEFAULT)",
    "UPDATE": "UPDATE {table} SET {column} = DEFAULT",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
    "REFERENCES": "CREATE TABLE mine (x int REFERENCES {table})",
}


def reached(name: str) -> Reach:
    """What the intruder gets by trying everything with every column of every table."""
    got: Reach = set()
    with intruder(name) as link:
        for table, columns in tables().items():
            for what, text in TRIES.items():
                for column in columns if "{column}" in text else [""]:
                    words = {
                        "table": sql.Identifier(table),
                        "column": sql.Identifier(column or "x"),
                    }
                    if is_let(link, sql.SQL(text).format(**words)):
                        got.add((table, what, column))
    return got


def said(wall: Wall) -> Reach:
    """What the wall says that it lets through."""
    columns = tables()
    return {
        (grant.table, what, column)
        for grant in grants_of(wall)
        for what in grant.may
        for column in ([""] if what == "DELETE" else grant.columns or columns[grant.table])
    }


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: wall.name)
def test_an_intruder_reaches_what_the_wall_says_and_nothing_else(wall: Wall) -> None:
    got, wanted = reached(wall.name), said(wall)
    assert (got - wanted, wanted - got) == (set(), set())


def test_the_process_of_live_updates_reaches_no_table() -> None:
    assert reached(LIVE) == set()


def test_no_block_reaches_tables_of_another() -> None:
    """The front and the rights alone do: what erasing a person and taking back a consent takes."""
    for wall in walls():
        own = {model._meta.db_table for model in wall.own}
        for other in walls():
            if other.name not in {wall.name, FRONT, RIGHTS}:
                theirs = {grant.table for grant in grants_of(other) if grant.may != ("SELECT",)}
                assert own & theirs == set()


@pytest.mark.parametrize("name", [LIVE, *NAMES])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE events_outboxevent DISABLE ROW LEVEL SECURITY",
        "DROP TABLE events_outboxevent CASCADE",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT * FROM pg_authid",
        "SET SESSION AUTHORIZATION postgres",
        "SET ROLE postgres",
        "ALTER SYSTEM SET work_mem = '1GB'",
        "CREATE EXTENSION IF NOT EXISTS plpgsql_check",
    ],
)
def test_an_intruder_makes_nothing_and_becomes_nobody_else(name: str, statement: str) -> None:
    with intruder(name) as link, pytest.raises(psycopg.Error):
        link.execute(statement)  # type: ignore[call-overload]  # a test's own


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: wall.name)
def test_no_function_of_ours_does_more_for_it_than_was_said(wall: Wall) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regprocedure::text FROM pg_proc"
            " WHERE pronamespace = current_schema::regnamespace AND prosecdef"
            " AND has_function_privilege(%s, oid, 'EXECUTE') AND prorettype <> 'trigger'::regtype",
            [role_of(wall.name)],
        )
        may = {row[0].replace("character varying", "varchar").replace(",", ", ") for row in cursor}
    assert may == set(functions_of(wall))
    assert may
