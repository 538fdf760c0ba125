"""Watch the tables of blocks and people: a note of each row that is written, by triggers.

The notes are bundled into entries of the log, so that a row that changed behind the triggers' back
is found, and so is a note that was changed to hide it. Rows are hashed as PostgreSQL spells them in
JSON, with a salt: a note says nothing of a row that was erased, once its salt is.

Where a migration changed the columns of a table, its rows are noted anew. Rows that were not as
they had been noted are passed over then, and the audit goes on naming them until the city takes
them as they are, which is told in the log.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from madang.ground.events.outbox import record
from madang.ground.journal.events import RowsAccepted, RowsChanged, TableNoted, WatchMended
from madang.ground.journal.models import RowNote, WatchedTable
from madang.ground.journal.triggers import (
    SPELLING,
    broken_triggers,
    put_function_in_place,
    put_in_place,
)

Values = dict[str, str | list[str] | bool | None]

ALSO_WATCHED = ("consent", "identity", "release", "rights", "walls")
NOTE_HERE = """
INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)
SELECT %(table)s, said ->> %(key)s, salt, false,
       sha256(uuid_send(salt) || convert_to(said::text, 'UTF8'))
FROM (SELECT to_jsonb(t) AS said, gen_random_uuid() AS salt FROM {table} t) AS here
WHERE (said ->> %(key)s = ANY(%(rows)s::text[])) = %(chosen)s
"""
NOTE_GONE = """
INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)
SELECT %(table)s, key, salt, true, sha256(uuid_send(salt) || convert_to(key, 'UTF8'))
FROM (SELECT key, gen_random_uuid() AS salt FROM unnest(%(rows)s::text[]) AS key) AS gone
"""
COLUMNS = """
SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position)
FROM information_schema.columns WHERE table_schema = current_schema AND table_name = %s
"""
DIGEST = """
SELECT count(*), encode(sha256(convert_to(string_agg(
    concat_ws(' ', id, "table", is_gone, encode(hash, 'hex')), E'\\n' ORDER BY id
), 'UTF8')), 'hex') FROM journal_rownote WHERE batch = %s
"""
# hash: of the row as it is, or of what it was before there were some of its columns.
COMPARE = """
WITH noted AS (
    SELECT DISTINCT ON ("row") "row", salt, is_gone, hash FROM journal_rownote
    WHERE "table" = %(table)s AND "row" <> '' ORDER BY "row", id DESC
), here AS (SELECT to_jsonb(t) ->> %(key)s AS "row", to_jsonb(t) AS said FROM {table} t)
SELECT coalesce(here."row", noted."row"), here."row" IS NOT NULL, noted.is_gone IS FALSE
FROM here FULL JOIN noted ON here."row" = noted."row"
WHERE (noted.hash IS DISTINCT FROM sha256(
    uuid_send(noted.salt) || convert_to(coalesce(said::text, noted."row"), 'UTF8')
){or_before}) OR noted.is_gone = (here."row" IS NOT NULL) OR noted."row" IS NULL
ORDER BY 1
"""
OR_BEFORE = """ AND noted.hash IS DISTINCT FROM sha256(
    uuid_send(noted.salt) || convert_to((said - %(added)s::text[])::text, 'UTF8')
)"""


@dataclass(frozen=True, slots=True)
class Differs:
    """A row that is not as it was noted. is_here: in its table; is_noted: by our triggers."""

    table: str
    row: str
    is_here: bool
    is_noted: bool


def watched_models() -> Iterator[type[models.Model]]:
    """Yield the models whose rows are noted: those of all blocks, and of people."""
    names = {placed.package.rpartition(".")[2] for placed in settings.BLOCKS} | set(ALSO_WATCHED)
    for config in apps.get_app_configs():
        if config.label in names:
            yield from (model for model in config.get_models() if _is_kept(model))


def _is_kept(model: type[models.Model]) -> bool:
    """Return whether it is a table, and not a view or sign-ins, on which nothing rests."""
    return model._meta.managed and not issubclass(model, AbstractBaseSession)


def rows_that_differ_before(labels: set[str]) -> dict[str, list[str]]:
    """Return which rows of these apps' tables are not as they were noted, by table."""
    there = set(connection.introspection.table_names())
    if not {RowNote._meta.db_table, WatchedTable._meta.db_table} <= there:
        return {}
    return {
        model._meta.db_table: [each.row for each in rows_of_that_differ(model)]
        for model in watched_models()
        if model._meta.app_label in labels and model._meta.db_table in there and _is_noted(model)
    }


def watch_tables(differed: Mapping[str, list[str]] | None = None) -> None:
    """Put the triggers in place, and note the rows of tables that are new or have new columns.

    differed: the rows that were not as they had been noted before migrations ran, by table. Where
    that is not known, rows are held against their notes now.
    """
    put_function_in_place()
    for model in watched_models():
        table, key = model._meta.db_table, _key(model)
        with transaction.atomic():
            watched = WatchedTable.objects.filter(name=table).first()
            if broken := broken_triggers(table, key):
                put_in_place(table, key, broken)
                if watched is not None:
                    record(WatchMended(table=table, triggers=tuple(broken)))
            columns = _columns(table)
            if watched is None or watched.columns != columns:
                _note_anew(model, columns, (differed or {}).get(table))


def _note_anew(model: type[models.Model], columns: str, differed: list[str] | None) -> None:
    """Note all rows of a table but those that differed, and tell of it."""
    table, key = model._meta.db_table, _key(model)
    with connection.cursor() as cursor:
        # Nobody writes meanwhile, or a newer note could be of an older row.
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        if differed is None:
            differed = [each.row for each in rows_of_that_differ(model)] if _is_noted(model) else []
        _spell(cursor)
        chosen: Values = {"table": table, "key": key, "rows": differed, "chosen": False}
        cursor.execute(NOTE_HERE.format(table=table), chosen)
        if cursor.rowcount or differed:
            told = TableNoted(
                table=table, columns=columns, rows=cursor.rowcount, passed_over=len(differed)
            )
            record(told)
    WatchedTable.objects.update_or_create(name=table, defaults={"columns": columns})


def accept_rows(differing: Iterable[Differs]) -> None:
    """Take rows as they are, whoever wrote them, and tell the log for each table how many."""
    tables: dict[str, list[Differs]] = {}
    for each in differing:
        tables.setdefault(each.table, []).append(each)
    keys = {model._meta.db_table: _key(model) for model in watched_models()}
    with transaction.atomic(), connection.cursor() as cursor:
        _spell(cursor)
        for table, rows in tables.items():
            here = [each.row for each in rows if each.is_here]
            chosen: Values = {"table": table, "key": keys[table], "rows": here, "chosen": True}
            cursor.execute(NOTE_HERE.format(table=table), chosen)
            gone = [each.row for each in rows if not each.is_here]
            cursor.execute(NOTE_GONE, {"table": table, "rows": gone})
            record(RowsAccepted(table=table, rows=len(rows)))


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


def rows_that_differ() -> Iterator[Differs]:
    """Yield each row that is not as it was noted; none of tables that lost columns.

    One large SQL query a table, over all of its rows and notes.
    """
    for model in watched_models():
        if not _columns_that_differ(model._meta.db_table)[0]:
            yield from rows_of_that_differ(model)


def rows_of_that_differ(model: type[models.Model]) -> list[Differs]:
    """Return the rows of this table that are not as they were noted.

    Where there are columns that were not there then, what is left without them may fit, too.
    """
    table = model._meta.db_table
    added = _columns_that_differ(table)[1]
    with transaction.atomic(), connection.cursor() as cursor:
        _spell(cursor)
        cursor.execute(
            COMPARE.format(table=table, or_before=OR_BEFORE if added else ""),
            {"table": table, "key": _key(model), "added": added},
        )
        return [Differs(table, *found) for found in cursor.fetchall()]


def tables_that_differ() -> Iterator[str]:
    """Yield the tables whose columns are not those with which their rows were noted."""
    for model in watched_models():
        if any(_columns_that_differ(model._meta.db_table)):
            yield model._meta.db_table


def triggers_that_differ() -> Iterator[tuple[str, str]]:
    """Yield table and name of each trigger that is missing, off, or not as it should be."""
    for model in watched_models():
        for name in broken_triggers(model._meta.db_table, _key(model)):
            yield model._meta.db_table, name


def _columns_that_differ(table: str) -> tuple[list[str], list[str]]:
    """Return the columns that are gone since the rows were noted, and those that came."""
    watched = WatchedTable.objects.filter(name=table).first()
    today = _columns(table)
    noted = (today if watched is None else watched.columns).split(", ")
    here = today.split(", ")
    added = [column.partition(" ")[0] for column in here if column not in noted]
    return [column for column in noted if column not in here], added


def _columns(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        return cursor.fetchone()[0] or ""


def _is_noted(model: type[models.Model]) -> bool:
    return RowNote.objects.filter(table=model._meta.db_table).exists()


def _spell(cursor: CursorWrapper) -> None:
    """Let rows be spelled for this transaction as the triggers spell them."""
    for name, value in SPELLING.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _key(model: type[models.Model]) -> str:
    key = model._meta.pk.column
    assert key is not None, "every table has a key"
    return key
