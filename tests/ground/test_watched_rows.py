"""Rows of blocks and people: what our own programs write is noted, what others write is found."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person, Proof, Residency
from madang.ground.identity.services import record_residency
from madang.ground.journal import files
from madang.ground.journal.audit import Trouble, audit_journal
from madang.ground.journal.models import RowNote
from madang.ground.journal.services import extend_journal
from madang.ground.journal.watch import watched_models
from makers import make_open_hearing

AT = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def resident(settings: LazySettings, tmp_path: Path) -> Person:
    """Somebody who lives in district 01, signed into the journal."""
    settings.MADANG_DATA = tmp_path
    person = Person.objects.create_user("somebody@daon.example")
    record_residency(person_id=person.id, district="01", proof=Proof.DECLARED, at=AT)
    extend_journal(at=AT)
    return person


def behind_the_back(statement: str, *values: object) -> None:
    """Write to the database as its owner could, with the triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("identity_person", "identity_residency"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        for table in ("identity_person", "identity_residency"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found() -> list[tuple[Trouble, object, str]]:
    return [(finding.trouble, finding.place, finding.act) for finding in audit_journal()]


def test_what_the_citys_own_programs_write_is_as_it_was_noted(resident: Person) -> None:
    record_residency(person_id=resident.id, district="02", proof=Proof.COUNTER, at=AT)
    make_open_hearing()
    Residency.objects.update(district="03")
    Residency.objects.all().delete()
    assert found() == []
    extend_journal(at=AT)
    assert found() == []


def test_a_changed_row_is_named(resident: Person) -> None:
    behind_the_back("UPDATE identity_residency SET district = '07'")
    row = Residency.objects.get()
    assert found() == [(Trouble.ROW_CHANGED, str(row.pk), "identity_residency")]


def test_a_deleted_row_is_named() -> None:
    row = str(Residency.objects.get().pk)
    behind_the_back("DELETE FROM identity_residency")
    assert found() == [(Trouble.ROW_GONE, row, "identity_residency")]


def test_a_row_that_was_slipped_in_is_named(resident: Person) -> None:
    behind_the_back(
        "INSERT INTO identity_person (id, email, password, is_active)"
        " VALUES (gen_random_uuid(), 'ghost@daon.example', '', true)"
    )
    ghost = Person.objects.get(email="ghost@daon.example")
    assert found() == [(Trouble.ROW_NEW, str(ghost.id), "identity_person")]


def test_a_table_that_was_emptied_is_noted_row_by_row(resident: Person) -> None:
    row = Residency.objects.get().pk
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE identity_residency")
    assert RowNote.objects.filter(table="identity_residency", row=row, is_gone=True).exists()
    assert found() == []


def test_a_note_that_was_changed_to_hide_a_row_is_found() -> None:
    behind_the_back("UPDATE identity_residency SET district = '07'")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_rownote SET hash = (SELECT sha256(uuid_send(salt) ||"
            " convert_to(to_jsonb(t)::text, 'UTF8')) FROM identity_residency t)"
            " WHERE \"table\" = 'identity_residency'"
        )
    assert [trouble for trouble, _, _ in found()] == [Trouble.NOTES]


def test_a_note_that_was_dropped_is_found() -> None:
    RowNote.objects.order_by("id").first().delete()  # type: ignore[union-attr]
    assert Trouble.NOTES in [trouble for trouble, _, _ in found()]


def test_moments_are_noted_the_same_in_every_time_zone(resident: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET timezone TO 'Asia/Seoul'")
        cursor.execute("UPDATE identity_residency SET proved_at = now()")
        cursor.execute("SET timezone TO 'UTC'")
    assert found() == []


def test_what_was_rolled_back_leaves_no_note(resident: Person) -> None:
    before = RowNote.objects.count()
    with transaction.atomic():
        Residency.objects.update(district="03")
        transaction.set_rollback(True)
    assert RowNote.objects.count() == before
    assert found() == []


def test_the_log_tells_that_rows_were_written_and_nothing_of_them() -> None:
    event = OutboxEvent.objects.get(wire="journal.rows-changed.v1")
    assert event.is_sealed
    assert event.payload["rows"] == RowNote.objects.count() == 2
    entries = files.read(f"tile/entries/000.p/{OutboxEvent.objects.count()}")
    assert b'"act":"journal.rows-changed.v1","seal"' in entries
    assert event.payload["digest"].encode() not in entries


def test_the_tables_of_every_block_and_of_people_are_watched() -> None:
    tables = {model._meta.db_table for model in watched_models()}
    assert {"identity_person", "hearings_vote", "ballots_cast", "plan_commitment"} <= tables
    assert not {table for table in tables if table.startswith(("events_", "journal_"))}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname ~ '^journal_'"
        )
        assert {row[0] for row in cursor.fetchall()} == tables
