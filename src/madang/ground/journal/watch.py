"""Watch the tables of blocks and people: a note of each row that is written, by triggers.

The notes are bundled into entries of the log, so that a row that changed behind the triggers' back
is found, and so is a note that was changed to hide it. Rows are hashed as PostgreSQL spells them in
JSON, with a salt: a note says nothing of a row that was erased, once its salt is.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from madang.ground.events.outbox import record
from madang.ground.journal.events import RowsChanged
from madang.ground.journal.models import WatchedTable

ALSO_WATCHED = ("identity", "consent", "rights")
# JSON spells a moment by the session's time zone.
NOTE_ROWS = """
CREATE OR REPLACE FUNCTION journal_note_rows() RETURNS trigger LANGUAGE plpgsql
SET timezone TO 'UTC' AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)
        SELECT TG_TABLE_NAME, key, salt, true, sha256(uuid_send(salt) || convert_to(key, 'UTF8'))
        FROM (SELECT to_jsonb(o) ->> TG_ARGV[0] AS key, gen_random_uuid() AS salt
              FROM old_rows o) AS deleted;
    ELSE
        INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)
        SELECT TG_TABLE_NAME, said ->> TG_ARGV[0], salt, false,
               sha256(uuid_send(salt) || convert_to(said::text, 'UTF8'))
        FROM (SELECT to_jsonb(n) AS said, gen_random_uuid() AS salt FROM new_rows n) AS written;
    END IF;
    RETURN NULL;
END $$
"""
WATCH = """
CREATE OR REPLACE TRIGGER journal_{event} AFTER {event} ON {table}
REFERENCING {seen} FOR EACH STATEMENT EXECUTE FUNCTION journal_note_rows('{key}')
"""
SEEN = {
    "insert": "NEW TABLE AS new_rows",
    "update": "NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}
NOTE_ALL = """
INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)
SELECT %(table)s, said ->> %(key)s, salt, false,
       sha256(uuid_send(salt) || convert_to(said::text, 'UTF8'))
FROM (SELECT to_jsonb(t) AS said, gen_random_uuid() AS salt FROM {table} t) AS here
"""
COLUMNS = """
SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position)
FROM information_schema.columns WHERE table_schema = current_schema AND table_name = %s
"""
TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname ~ '^journal_'"
DIGEST = """
SELECT count(*), encode(sha256(convert_to(string_agg(
    concat_ws(' ', id, "table", is_gone, encode(hash, 'hex')), E'\\n' ORDER BY id
), 'UTF8')), 'hex') FROM journal_rownote WHERE batch = %s
"""
COMPARE = """
WITH noted AS (
    SELECT DISTINCT ON ("row") "row", salt, is_gone, hash FROM journal_rownote
    WHERE "table" = %(table)s AND "row" <> '' ORDER BY "row", id DESC
), here AS (SELECT to_jsonb(t) ->> %(key)s AS "row", to_jsonb(t) AS said FROM {table} t)
SELECT coalesce(here."row", noted."row"), here."row" IS NOT NULL, noted.is_gone IS FALSE
FROM here FULL JOIN noted ON here."row" = noted."row"
WHERE noted.hash IS DISTINCT FROM sha256(
    uuid_send(noted.salt) || convert_to(coalesce(said::text, noted."row"), 'UTF8')
) OR noted.is_gone = (here."row" IS NOT NULL) OR noted."row" IS NULL
ORDER BY 1
"""


def watched_models() -> Iterator[type[models.Model]]:
    """Yield the models whose rows are noted: those of all blocks, and of people."""
    names = {placed.package.rpartition(".")[2] for placed in settings.BLOCKS} | set(ALSO_WATCHED)
    for config in apps.get_app_configs():
        if config.label in names:
            yield from config.get_models()


def watch_tables() -> None:
    """Put the triggers in place, and note all rows of tables that are new or have new columns."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_ROWS)
        for model in watched_models():
            table, key = model._meta.db_table, _key(model)
            cursor.execute(TRIGGERS, [table])
            if cursor.fetchone()[0] < len(SEEN):
                for event, seen in SEEN.items():
                    cursor.execute(WATCH.format(event=event, table=table, seen=seen, key=key))
            cursor.execute(COLUMNS, [table])
            (columns,) = cursor.fetchone()
            if not WatchedTable.objects.filter(name=table, columns=columns).exists():
                cursor.execute(NOTE_ALL.format(table=table), {"table": table, "key": key})
                WatchedTable.objects.update_or_create(name=table, defaults={"columns": columns})


def bundle_notes() -> None:
    """Let an event speak of all notes of committed rows of which none speaks yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_rownote SET batch = (SELECT coalesce(max(batch), 0) + 1"
            " FROM journal_rownote) WHERE batch IS NULL RETURNING batch"
        )
        if found := cursor.fetchone():
            rows, digest = digest_of(found[0])
            record(RowsChanged(batch=found[0], rows=rows, digest=digest))


def forget_rows(table: str, keys: Iterable[str]) -> list[int]:
    """Let no note tell of rows that are gone, not even their keys; return which notes.

    Without key and salt a hash says nothing, and the log still holds.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_rownote SET \"row\" = '', salt = gen_random_uuid()"
            ' WHERE "table" = %s AND "row" = ANY(%s) RETURNING id',
            [table, list(keys)],
        )
        return sorted(row[0] for row in cursor.fetchall())


def digest_of(batch: int) -> tuple[int, str]:
    """Return how many notes a batch has, and the hash over them in hexadecimal digits."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, [batch])
        rows, digest = cursor.fetchone()
    return rows, digest or ""


def rows_that_differ() -> Iterator[tuple[str, str, bool, bool]]:
    """Yield table and key of each row that is not as it was noted; whether it is here, and noted.

    One SQL query a table, each over all of its rows and notes.
    """
    with connection.cursor() as cursor:
        for model in watched_models():
            table = model._meta.db_table
            cursor.execute(COMPARE.format(table=table), {"table": table, "key": _key(model)})
            for row, is_here, is_noted in cursor.fetchall():
                yield table, row, is_here, is_noted


def _key(model: type[models.Model]) -> str:
    key = model._meta.pk.column
    assert key is not None, "every table has a key"
    return key
