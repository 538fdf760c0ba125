"""What the log says of an event of the outbox."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from madang.ground.events.models import OutboxEvent
from madang.ground.journal import seals

# PostgreSQL spells moments and facts: making objects of them first would take most of the time.
COLUMNS = """
id, leaf, wire, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
payload::text, is_sealed, salt
"""


class Recorded(NamedTuple):
    """An event as the outbox keeps it. at: in UTC, with microseconds; facts: as JSON."""

    id: int
    leaf: int | None
    act: str
    at: str
    facts: str
    is_sealed: bool
    salt: bytes | None


def recorded(statement: str, values: Sequence[int]) -> list[Recorded]:
    """Return the events that a statement gives, which has a place for {columns}."""
    with connection.cursor() as cursor:
        cursor.execute(statement.format(columns=COLUMNS), values)
        return list(map(Recorded._make, cursor.fetchall()))


def entry_of(event: Recorded) -> bytes:
    """Return the event as an entry of the log, at most 65,535 bytes long."""
    said = seals.statement(act=event.act, at=event.at, facts=event.facts)
    if event.is_sealed:
        return seals.sealed_entry(event.act, said, event.salt)
    return seals.open_entry(event.act, said)


def shown_to_owner(event: Recorded) -> bytes:
    """Return what goes beside the proof for whom the event speaks of: what opens its seal."""
    if event.is_sealed and event.salt is not None:
        said = seals.statement(act=event.act, at=event.at, facts=event.facts)
        return seals.opening(said, event.salt)
    return entry_of(event)


def as_recorded(event: OutboxEvent) -> Recorded:
    """Return one event that Django has read already."""
    return Recorded(
        event.id,
        event.leaf,
        event.wire,
        seals.moment(event.recorded_at),
        json.dumps(event.payload),
        event.is_sealed,
        None if event.salt is None else bytes(event.salt),
    )
