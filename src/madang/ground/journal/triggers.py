"""The triggers that note each row which is written to a watched table, in the same statement.

They run with the rights of the owner of the tables: who may write to a block's tables need not be
able to read or write a single note, and cannot call the function but by writing a row.
"""

from django.db import connection

# Rows are hashed as PostgreSQL spells them in JSON, and these settings have a say in that.
SPELLING = {"timezone": "UTC", "bytea_output": "hex", "extra_float_digits": "1"}
# A name is looked for among temporary tables last, or anybody could put a table before the notes.
OWN = "SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"
BODY = """
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)
        SELECT TG_TABLE_NAME, said ->> TG_ARGV[0], salt, false,
               sha256(uuid_send(salt) || convert_to(said::text, 'UTF8'))
        FROM (SELECT to_jsonb(n) AS said, gen_random_uuid() AS salt FROM new_rows n) AS written;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)
        SELECT TG_TABLE_NAME, key, salt, true, sha256(uuid_send(salt) || convert_to(key, 'UTF8'))
        FROM (SELECT to_jsonb(o) ->> TG_ARGV[0] AS key, gen_random_uuid() AS salt
              FROM old_rows o) AS deleted;
    ELSE
        EXECUTE format(
            'INSERT INTO journal_rownote ("table", "row", salt, is_gone, hash)'
            ' SELECT %L, key, salt, true, sha256(uuid_send(salt) || convert_to(key, ''UTF8''))'
            ' FROM (SELECT to_jsonb(o) ->> %L AS key, gen_random_uuid() AS salt FROM %s o) AS d',
            TG_TABLE_NAME, TG_ARGV[0], TG_RELID::regclass
        );
    END IF;
    RETURN NULL;
END """
FUNCTION = "CREATE OR REPLACE FUNCTION journal_note_rows() RETURNS trigger LANGUAGE plpgsql"
# By name: when and of what it speaks, and what PostgreSQL calls this kind of trigger.
TRIGGERS = {
    "journal_insert": ("AFTER INSERT", "REFERENCING NEW TABLE AS new_rows", 4),
    "journal_update": ("AFTER UPDATE", "REFERENCING NEW TABLE AS new_rows", 16),
    "journal_delete": ("AFTER DELETE", "REFERENCING OLD TABLE AS old_rows", 8),
    "journal_truncate": ("BEFORE TRUNCATE", "", 34),  # afterwards nobody knows what was there
}
BROKEN = """
SELECT expected.name FROM unnest(%s::text[], %s::int[]) AS expected (name, kind)
LEFT JOIN pg_trigger ON tgrelid = %s::regclass AND tgname = expected.name
    AND tgtype = expected.kind AND tgenabled IN ('O', 'A') AND tgqual IS NULL
    AND tgattr::text = '' AND tgfoid = to_regproc('journal_note_rows')
    AND tgargs = convert_to(%s, 'UTF8') || '\\x00'::bytea
WHERE pg_trigger.oid IS NULL ORDER BY 1
"""


def put_function_in_place() -> None:
    """Make the function that the triggers call what it should be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema)")
        own = OWN.format(schema=cursor.fetchone()[0])
        spelling = " ".join(f"SET {name} TO '{value}'" for name, value in SPELLING.items())
        cursor.execute(f"{FUNCTION} {own} {spelling} AS $${BODY}$$")
        cursor.execute("REVOKE EXECUTE ON FUNCTION journal_note_rows() FROM PUBLIC")


def is_function_ours() -> bool:
    """Return whether the function is there, says what it should, and runs as its owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_proc WHERE oid = to_regproc('journal_note_rows')"
            " AND prosrc = %s AND prosecdef)",
            [BODY],
        )
        return bool(cursor.fetchone()[0])


def broken_triggers(table: str, key: str) -> list[str]:
    """Return which triggers of the table are missing, off, or not what they should be."""
    with connection.cursor() as cursor:
        kinds = [kind for _, _, kind in TRIGGERS.values()]
        cursor.execute(BROKEN, [list(TRIGGERS), kinds, table, key])
        return [name for (name,) in cursor.fetchall()]


def put_in_place(table: str, key: str, triggers: list[str]) -> None:
    """Make these triggers of the table anew. key: the column of its primary key."""
    with connection.cursor() as cursor:
        for name in triggers:
            when, seen, _ = TRIGGERS[name]
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            cursor.execute(
                f"CREATE TRIGGER {name} {when} ON {table} {seen}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION journal_note_rows('{key}')"
            )
