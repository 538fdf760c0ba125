"""Locks that Django has no word for: two until the transaction ends, one over many of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class Turn(IntEnum):
    """For what transactions wait for each other: our part of PostgreSQL's advisory locks."""

    HEARING_NUMBERS = 0x4D41
    BALLOT_IMPORT = 0x4D42
    HEARING_IMPORT = 0x4D43
    JOURNAL = 0x4D44
    MIGRATIONS = 0x4D45
    SWEEP = 0x4D4B
    NETWORK_IMPORT = 0x4D50
    RELEASE = 0x4D52
    CONSENTS = 0x4D53


def keep_open(model: type[M], slug: str) -> M | None:
    """Return the row if its status is "open", and let nobody close it before we end.

    FOR KEY SHARE lets voices pass side by side, but not together with the FOR UPDATE with which
    a hearing or ballot is closed.
    """
    rows = model._default_manager.raw(
        f"SELECT * FROM {model._meta.db_table} "  # noqa: S608 our own table's name
        "WHERE slug = %s AND status = 'open' FOR KEY SHARE",
        [slug],
    )
    return next(iter(rows), None)


@contextmanager
def alone_in(turn: Turn) -> Iterator[None]:
    """Hold this turn while the block lasts, through all of its transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s::int, 0)", [turn.value])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s::int, 0)", [turn.value])


def take_turns(turn: Turn, number: int = 0) -> None:
    """Go on when no other transaction holds this turn (for this number, such as a row's id)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [turn.value, number])
