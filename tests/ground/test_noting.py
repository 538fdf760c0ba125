"""Tables noted anew: after a migration, by force, and with the triggers off. The city's own
programs lose nothing by it, and an intruder gains nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.migrations import Migration

from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person, Proof, Residency
from madang.ground.identity.services import record_residency
from madang.ground.journal import jobs
from madang.ground.journal.apps import JournalConfig
from madang.ground.journal.audit import Trouble, audit_journal
from madang.ground.journal.models import RowNote, WatchedTable
from madang.ground.journal.services import extend_journal
from madang.ground.journal.watch import accept_rows, rows_that_differ, watch_tables

AT = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)
TABLE = "identity_residency"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def residents(settings: LazySettings, tmp_path: Path) -> Iterator[list[Person]]:
    """Two who live in district 01, signed into the journal; the columns are put back at the end."""
    settings.MADANG_DATA = tmp_path
    people = [Person.objects.create_user(f"{name}@daon.example") for name in ("one", "two")]
    for person in people:
        record_residency(person_id=person.id, district="01", proof=Proof.DECLARED, at=AT)
    watch_tables()  # as after the migrations of a city that had nobody yet
    extend_journal(at=AT)
    yield people
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS since")


def run(*statements: str) -> None:
    """Write to the database as its owner can."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def change_a_row_behind_the_triggers() -> str:
    """Move one resident to another district; return the key of the row."""
    row = Residency.objects.earliest("id").pk
    run(
        f"ALTER TABLE {TABLE} DISABLE TRIGGER USER",
        f"UPDATE {TABLE} SET district = '07' WHERE id = {row}",
        f"ALTER TABLE {TABLE} ENABLE TRIGGER USER",
    )
    return str(row)


def migrate(*statements: str) -> None:
    """Change the table as a migration does, between what is done before and after all of them."""
    config = apps.get_app_config("journal")
    assert isinstance(config, JournalConfig)
    plan = [(Migration("0099_test", "identity"), False)]
    config._look(plan=plan)
    run(*statements)
    config._watch(plan=plan)


def found() -> list[tuple[Trouble, object, str]]:
    return [(finding.trouble, finding.place, finding.act) for finding in audit_journal()]


def told(act: str) -> list[dict[str, object]]:
    acts = OutboxEvent.objects.filter(wire=f"journal.{act}.v1", is_sealed=False).order_by("id")
    return list(acts.values_list("payload", flat=True))


def test_a_migration_changes_columns_and_no_row_differs() -> None:
    migrate(f"ALTER TABLE {TABLE} ADD COLUMN since integer DEFAULT 5")
    assert found() == []
    (noted,) = told("table-noted")
    assert (noted["table"], noted["rows"], noted["passed_over"]) == (TABLE, 2, 0)
    assert str(noted["columns"]).endswith(", since integer")
    Residency.objects.update(district="02")
    migrate(f"ALTER TABLE {TABLE} DROP COLUMN since")
    extend_journal(at=AT)
    assert found() == []


def test_rows_written_while_a_migration_runs_are_the_migrations() -> None:
    migrate(
        f"ALTER TABLE {TABLE} ADD COLUMN since integer DEFAULT 5",
        f"UPDATE {TABLE} SET since = 6",
        f"ALTER TABLE {TABLE} RENAME COLUMN since TO beginning",
        f"ALTER TABLE {TABLE} DROP COLUMN beginning",
        f"ALTER TABLE {TABLE} ADD COLUMN since text DEFAULT 'ever'",
    )
    assert found() == []


def test_a_row_changed_before_a_migration_stays_named_after_it() -> None:
    row = change_a_row_behind_the_triggers()
    migrate(f"ALTER TABLE {TABLE} ADD COLUMN since integer DEFAULT 5")
    assert found() == [(Trouble.ROW_CHANGED, row, TABLE)]
    assert [(each["rows"], each["passed_over"]) for each in told("table-noted")] == [(1, 1)]


@pytest.mark.parametrize(
    "force",
    [
        "DELETE FROM journal_watchedtable",
        "UPDATE journal_watchedtable SET columns = 'id bigint'",
        f"ALTER TABLE {TABLE} ADD COLUMN since integer DEFAULT 5",
    ],
)
def test_a_noting_that_an_intruder_forces_covers_no_row(force: str) -> None:
    row = change_a_row_behind_the_triggers()
    run(force)
    watch_tables()
    extend_journal(at=AT)
    assert (Trouble.ROW_CHANGED, row, TABLE) in found()
    assert {"table": TABLE, "rows": 1, "passed_over": 1}.items() <= told("table-noted")[-1].items()


def test_a_column_that_an_intruder_takes_away_is_named_and_nothing_is_taken_as_it_is() -> None:
    row = change_a_row_behind_the_triggers()
    run(f"ALTER TABLE {TABLE} ADD COLUMN since integer DEFAULT 5")
    assert found() == [(Trouble.COLUMNS, None, TABLE), (Trouble.ROW_CHANGED, row, TABLE)]
    run(f"ALTER TABLE {TABLE} DROP COLUMN since", f"ALTER TABLE {TABLE} RENAME proof TO since")
    assert found() == [(Trouble.COLUMNS, None, TABLE)]
    watch_tables()  # without having looked before
    assert [trouble for trouble, _, _ in found()] == [Trouble.ROW_CHANGED] * 2
    run(f"ALTER TABLE {TABLE} RENAME since TO proof")


def test_commands_that_migrate_nothing_note_nothing_anew() -> None:
    config = apps.get_app_config("journal")
    assert isinstance(config, JournalConfig)
    WatchedTable.objects.all().delete()
    notes = RowNote.objects.count()
    config._look(plan=[])
    config._watch(plan=[])
    assert (RowNote.objects.count(), WatchedTable.objects.count()) == (notes, 0)


def test_rows_are_taken_as_they_are_where_the_city_says_so_and_the_log_tells_it() -> None:
    change_a_row_behind_the_triggers()
    run(
        f"ALTER TABLE {TABLE} DISABLE TRIGGER USER",
        f"DELETE FROM {TABLE} WHERE district = '01'",
        f"ALTER TABLE {TABLE} ENABLE TRIGGER USER",
    )
    assert sorted(trouble.name for trouble, _, _ in found()) == ["ROW_CHANGED", "ROW_GONE"]
    accept_rows(rows_that_differ())
    assert found() == []
    assert told("rows-accepted") == [{"table": TABLE, "rows": 2}]


@pytest.mark.parametrize(
    "breaking",
    [
        f"ALTER TABLE {TABLE} DISABLE TRIGGER journal_update",
        f"DROP TRIGGER journal_update ON {TABLE}",
        f"DROP TRIGGER journal_update ON {TABLE}; CREATE TRIGGER journal_update AFTER UPDATE"
        f" ON {TABLE} REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (false)"
        " EXECUTE FUNCTION journal_note_rows('id')",
    ],
)
def test_a_trigger_that_is_off_is_named_and_put_back_at_night(
    breaking: str, caplog: pytest.LogCaptureFixture
) -> None:
    run(breaking)
    assert found() == [(Trouble.TRIGGERS, "journal_update", TABLE)]
    jobs.audit()
    assert f"The trigger journal_update of {TABLE} is missing, off" in caplog.text
    assert found() == []
    assert told("watch-mended") == [{"table": TABLE, "triggers": ["journal_update"]}]


def test_a_function_that_notes_nothing_is_named() -> None:
    run(
        "CREATE OR REPLACE FUNCTION journal_note_rows() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'"
    )
    assert found() == [(Trouble.FUNCTION, "journal_note_rows", "")]
    watch_tables()
    assert found() == []
