"""Rows of shared tables: an intruder sees and changes those of their own wall, and no other."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from ground.intruder import intruder
from madang.ground.events.event import EVENTS
from madang.ground.walls.grants import grants_of
from madang.ground.walls.wall import Wall, walls

pytestmark = pytest.mark.django_db(transaction=True)
SHARED = (
    "events_outboxevent",
    "events_delivery",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "journal_rownote",
)


@pytest.fixture(autouse=True)
def rows_of_everybody() -> Iterator[None]:
    """In each shared table a row of each wall, and of nobody's."""
    with connection.cursor() as cursor:
        for wire in sorted(EVENTS):
            cursor.execute("SELECT events_record(%s, '{}', false, NULL)", [wire])
        for wall in walls():
            place = f"{wall.package}.handlers.hear"
            cursor.execute(
                "INSERT INTO events_delivery (event_id, handler)"
                " SELECT id, %s FROM events_outboxevent LIMIT 1",
                [place],
            )
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES (%s, %s)",
                [wall.name, place],
            )
            cursor.execute(
                "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp)"
                " VALUES (%s, 1)",
                [place],
            )
            for model in wall.own:
                cursor.execute(
                    'INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)'
                    " VALUES (%s, '1', gen_random_uuid(), false, '')",
                    [model._meta.db_table],
                )
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_periodic_defers, procrastinate_jobs CASCADE")


def ids_where(table: str, rows: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} WHERE {rows}")
        return {row[0] for row in cursor.fetchall()}


def reached(link: psycopg.Connection, statement: str, table: str) -> set[int] | None:
    """Which rows the statement touches; None where the table is closed to it."""
    try:
        with link.transaction(force_rollback=True):
            rows = link.execute(sql.SQL(statement).format(sql.Identifier(table)))  # type: ignore[arg-type]  # a test's own
            return {row[0] for row in rows}
    except psycopg.errors.InsufficientPrivilege:
        return None


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: wall.name)
def test_a_wall_shows_the_rows_that_it_says_and_no_other(wall: Wall) -> None:
    said = {(g.table, may): g.rows for g in grants_of(wall) for may in g.may if g.rows}
    with intruder(wall.name) as link:
        for table in SHARED:
            seen = reached(link, "SELECT id FROM {}", table)
            rows = said.get((table, "SELECT"))
            assert (seen is None) == (rows is None)
            if rows is not None:
                assert seen == ids_where(table, rows)
                assert seen
                assert seen < ids_where(table, "true")


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: wall.name)
def test_a_job_of_another_cannot_be_put_in_changed_or_taken_out(wall: Wall) -> None:
    own = ids_where("procrastinate_jobs", f"queue_name = '{wall.name}'")
    with intruder(wall.name) as link:
        for statement in ("UPDATE {} SET priority = 9 RETURNING id", "DELETE FROM {} RETURNING id"):
            assert reached(link, statement, "procrastinate_jobs") == (
                own if wall.has_queue else None
            )
        for queue in ("ground", "nobody"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES (%s, 'x')",
                    [queue],
                )


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: wall.name)
def test_a_wall_records_and_hands_out_its_own_events_alone(wall: Wall) -> None:
    handler = "madang.decide.plan.handlers.commit_to_winners"
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%%outbox.deliver'"
    with connection.cursor() as cursor, intruder(wall.name) as link:
        for wire in sorted(EVENTS):
            cursor.execute("SELECT max(id) FROM events_outboxevent WHERE wire = %s", [wire])
            (event,) = cursor.fetchone()
            cursor.execute(jobs)
            (before,) = cursor.fetchone()
            link.execute("SELECT events_hand_out(%s, %s)", [event, [handler]])
            cursor.execute(jobs)
            assert cursor.fetchone() == (before + (wire in wall.records),)
            if wire not in wall.records:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    link.execute("SELECT events_record(%s, '{}', false, NULL)", [wire])
