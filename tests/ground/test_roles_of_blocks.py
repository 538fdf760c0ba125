"""A role that may write to a block's tables: its rows are noted and its events recorded, by
functions that give it no right on the journal itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import ProgrammingError, connection, transaction

from ground.gates import GUEST, GateOpened, GuestCame, open_gates
from madang.ground.events import outbox
from madang.ground.events.models import OutboxEvent, Recorder
from madang.ground.journal.audit import audit_journal
from madang.ground.journal.models import RowNote
from madang.ground.journal.services import extend_journal
from makers import make_open_hearing

AT = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)
COPY = """
INSERT INTO hearings_statement SELECT (jsonb_populate_record(s, '{"id": 77, "number": 77}')).*
FROM hearings_statement s LIMIT 1
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def role(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """A role that may write to the tables of hearings and record their events, and nothing more."""
    settings.MADANG_DATA = tmp_path
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE madang_tests")
        for event in (GateOpened, GuestCame):
            Recorder.objects.create(role="madang_tests", wire=event.wire)
        cursor.execute("GRANT USAGE ON SCHEMA public TO madang_tests")
        cursor.execute(f"GRANT TEMP ON DATABASE {connection.settings_dict['NAME']} TO madang_tests")
        cursor.execute("GRANT SELECT, INSERT, UPDATE ON hearings_statement TO madang_tests")
        cursor.execute(
            "GRANT EXECUTE ON FUNCTION events_record(text, jsonb, boolean, bytea) TO madang_tests"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY madang_tests")
        cursor.execute("DROP ROLE madang_tests")


@contextmanager
def as_the_role() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION AUTHORIZATION madang_tests")
        try:
            yield
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_rows_that_a_role_writes_are_noted_although_it_may_touch_no_note() -> None:
    make_open_hearing()
    before = RowNote.objects.count()
    with as_the_role():
        run(COPY)
        for forbidden in (
            "SELECT * FROM journal_rownote",
            "INSERT INTO journal_rownote SELECT * FROM journal_rownote",
            "UPDATE journal_rownote SET batch = NULL",
            "DELETE FROM journal_rownote",
            "ALTER TABLE hearings_statement DISABLE TRIGGER journal_insert",
            "DROP TRIGGER journal_insert ON hearings_statement",
        ):
            with pytest.raises(ProgrammingError):
                run(forbidden)
    assert RowNote.objects.count() == before + 1
    assert RowNote.objects.latest("id").row == "77"
    assert list(audit_journal()) == []


def test_the_function_that_notes_rows_is_no_use_to_a_role_but_by_writing_rows() -> None:
    with as_the_role():
        for forbidden in (
            "SELECT journal_note_rows()",
            "CREATE TEMP TABLE mine (id int); CREATE TRIGGER t AFTER INSERT ON mine REFERENCING"
            " NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION journal_note_rows('id')",
        ):
            with pytest.raises(ProgrammingError):
                run(forbidden)


def test_a_table_that_a_role_puts_before_the_notes_catches_none() -> None:
    make_open_hearing()
    with as_the_role():
        run("CREATE TEMP TABLE journal_rownote (LIKE public.hearings_statement)")
        run("SET search_path = pg_temp, public")
        run(COPY)
        run("RESET search_path")
        run("DROP TABLE pg_temp.journal_rownote")
    assert RowNote.objects.latest("id").row == "77"


def test_a_role_spells_its_rows_as_the_audit_does() -> None:
    make_open_hearing()
    with as_the_role():
        run("SET timezone = 'Asia/Seoul'")
        run("SET bytea_output = 'escape'")
        run(COPY)
        run("RESET ALL")
    assert list(audit_journal()) == []


def test_a_role_records_the_events_of_its_own_block_alone() -> None:
    with as_the_role():
        open_gates("east")
        for statement in (
            "SELECT events_record('hearings.hearing-closed.v1', '{}', false, NULL)",
            "SELECT events_record('tests', '{}', false, NULL) FROM events_outboxevent",
            "INSERT INTO events_outboxevent (wire, payload) VALUES ('tests.gate-opened.v1', '{}')",
        ):
            with pytest.raises(ProgrammingError):
                run(statement)
    (event,) = OutboxEvent.objects.all()
    assert (event.wire, event.payload, event.is_sealed) == (
        GateOpened.wire,
        {"gate": "east"},
        False,
    )


def test_what_a_role_records_enters_the_log_as_all_else_does() -> None:
    with as_the_role():
        open_gates("east")
    assert extend_journal(at=AT) == 1
    assert list(audit_journal()) == []


def test_a_role_that_may_not_execute_the_function_records_nothing() -> None:
    run("REVOKE ALL ON FUNCTION events_record(text, jsonb, boolean, bytea) FROM madang_tests")
    with as_the_role(), pytest.raises(ProgrammingError, match="events_record"):
        open_gates("east")


def test_a_sealed_event_gets_its_salt() -> None:
    with transaction.atomic():
        number = outbox.record(GuestCame(guest=GUEST))
    event = OutboxEvent.objects.get(id=number)
    assert event.is_sealed
    assert event.salt is not None
    assert len(event.salt) == 32
