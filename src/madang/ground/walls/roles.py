"""Raise the walls in the database: a role for each, with what grants.py says and nothing else.

Done after each migration, and only where something is not as it was raised last. Policies on rows
hold for these roles alone: the owner of the tables, as whom the ground works, sees all rows.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from madang.ground.events.models import Recorder
from madang.ground.processes import LIVE
from madang.ground.walls.grants import Grant, functions_of, grants_of, sequences_of
from madang.ground.walls.wall import Wall, walls

MARKED = "events_outboxevent"  # the table whose comment says what was raised
STATE = """
SELECT obj_description(%s::regclass, 'pg_class'),
       (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user),
       current_schema,
       (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_class
        WHERE relnamespace = current_schema::regnamespace AND relkind IN ('r', 'v')),
       (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_roles WHERE rolname LIKE %s),
       (SELECT md5(string_agg(role || ' ' || wire, ' ' ORDER BY id)) FROM events_recorder)
"""


def role_of(name: str) -> str:
    """Return the role behind a wall; two cities on one server do not share it."""
    return f"{connection.settings_dict['NAME']}_{name}"


def password_of(name: str) -> str:
    """Return the role's password, made from the city's key for walls."""
    key = settings.MADANG_WALLS_KEY.encode()
    return hmac.new(key, role_of(name).encode(), hashlib.sha256).hexdigest()


def raise_walls() -> bool:
    """Bring roles and grants up to the code; return whether they stand.

    False where the database's user may not make roles: the site then runs as one, without walls.
    False too between migrations, when tables are missing to which something would be granted.
    """
    said, may, *here = _state()
    if not may:
        return False
    plan = [(name, _statements(wall, schema=here[0])) for name, wall in _everyone()]
    if said == _digest(plan, here):
        return True
    if not _is_migrated():
        return False
    with connection.cursor() as cursor:
        for name, statements in plan:
            _make_role(cursor, name)
            for statement in statements:
                cursor.execute(statement)
        _say_who_records()
        mark = _digest(plan, _state()[2:])
        cursor.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(MARKED), mark))
    return True


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _say_who_records() -> None:
    Recorder.objects.filter(role__startswith=role_of("")).delete()
    Recorder.objects.bulk_create(
        Recorder(role=role_of(wall.name), wire=wire) for wall in walls() for wire in wall.records
    )


def _everyone() -> Iterator[tuple[str, Wall | None]]:
    yield LIVE, None  # listens for what changed, and reads nothing
    for wall in walls():
        yield wall.name, wall


def _state() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(STATE, [MARKED, f"{role_of('')}%".replace("_", r"\_")])
        state: tuple[Any, ...] = cursor.fetchone()
    return state


def _digest(plan: list[tuple[str, list[sql.Composable]]], state: Sequence[str]) -> str:
    texts = [f"{statement.as_string(None)}" for _, each in plan for statement in each]
    passwords = [password_of(name) for name, _ in plan]
    return hashlib.sha256("\n".join([*texts, *passwords, *map(str, state)]).encode()).hexdigest()


def _make_role(cursor: Any, name: str) -> None:
    role = sql.Identifier(role_of(name))
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_of(name)])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(role))
    # The server is told the password's verifier, so that no log of it ever holds the password.
    link = connection.connection.pgconn
    verifier = link.encrypt_password(
        password_of(name).encode(), role_of(name).encode(), b"scram-sha-256"
    )
    cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, verifier.decode()))


def _statements(wall: Wall | None, *, schema: str) -> list[sql.Composable]:
    """Return what takes everything from a role, and then gives it what it needs."""
    name = LIVE if wall is None else wall.name
    words = {
        "role": sql.Identifier(role_of(name)),
        "database": sql.Identifier(connection.settings_dict["NAME"]),
        "schema": sql.Identifier(schema),
    }
    taken = (sql.SQL(text).format(**words) for text in TAKEN)
    return [*taken] if wall is None else [*taken, *_given(wall, words)]


TAKEN = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC, {role}",
    "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}",
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM {role}",
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
)


def _given(wall: Wall, words: Mapping[str, sql.Composable]) -> Iterator[sql.Composable]:
    guarded: dict[str, list[Grant]] = defaultdict(list)
    for grant in grants_of(wall):
        yield _grant(grant, words["role"])
        if grant.rows:
            guarded[grant.table].append(grant)
    for table, grants in guarded.items():
        yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
        for grant in grants:
            yield from _policies(grant, wall.name, words["role"])
    for function in functions_of(wall):
        yield sql.SQL("GRANT EXECUTE ON FUNCTION " + function + " TO {role}").format(**words)
    for sequence in sequences_of(wall):
        text = "GRANT USAGE ON SEQUENCE {} TO {}"
        yield sql.SQL(text).format(sql.Identifier(sequence), words["role"])


def _grant(grant: Grant, role: sql.Composable) -> sql.Composable:
    columns = sql.SQL(", ").join(map(sql.Identifier, grant.columns))
    of = sql.SQL(" ({})").format(columns) if grant.columns else sql.SQL("")
    may = sql.SQL(", ").join(sql.SQL(each) + of for each in grant.may)
    return sql.SQL("GRANT {} ON {} TO {}").format(may, sql.Identifier(grant.table), role)


def _policies(grant: Grant, name: str, role: sql.Composable) -> Iterator[sql.Composable]:
    """A policy for each thing that may be done; more would be open if they were one."""
    table, rows = sql.Identifier(grant.table), sql.SQL(grant.rows)
    for may in grant.may:
        policy = sql.Identifier(f"{name} {may.lower()}")
        yield sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(policy, table)
        seen = sql.SQL("") if may == "INSERT" else sql.SQL(" USING ({})").format(rows)
        kept = sql.SQL(" WITH CHECK ({})").format(rows) if may in {"INSERT", "UPDATE"} else seen
        if may == "UPDATE":
            kept = seen + kept
        yield sql.SQL("CREATE POLICY {} ON {} FOR {} TO {}{}").format(
            policy, table, sql.SQL(may), role, kept
        )
