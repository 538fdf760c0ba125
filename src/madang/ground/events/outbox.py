"""Record events with the act itself, and hand each to its handlers once the act is committed."""

import json
from collections import defaultdict
from collections.abc import Callable
from secrets import token_bytes
from typing import TypeVar

from django.db import connection, transaction

from madang.ground.events.event import Event, from_payload, to_payload
from madang.ground.events.models import Delivery, OutboxEvent
from madang.ground.jobs.queue import job, queue_of
from madang.ground.tracing import carried, step

E = TypeVar("E", bound=Event)

_handlers: dict[str, dict[str, Callable[[Event], None]]] = defaultdict(dict)


def handles(event_class: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Subscribe a function of a block's `handlers.py` to an event.

    The handler runs in a job of its own, in one transaction with the note that it ran: what it
    does happens once, however often the event is delivered.
    """

    def subscribe(handler: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _handlers[event_class.wire][name] = handler  # type: ignore[assignment]  # E is this event
        return handler

    return subscribe


def heard_by(queue: str) -> tuple[str, ...]:
    """Return the wires to which handlers are subscribed that work in this queue."""
    heard = (w for w, handlers in _handlers.items() if queue in {queue_of(n) for n in handlers})
    return tuple(sorted(heard))


def hearers_of(wire: str) -> tuple[str, ...]:
    """Return the rooms whose handlers take events of this kind, as in "plan"."""
    return tuple(sorted({queue_of(name) for name in _handlers[wire]}))


def record(event: Event) -> int:
    """Write the event to the outbox and queue its delivery, in the caller's transaction.

    Returns its id there, by which the journal gives a receipt.
    """
    assert connection.in_atomic_block, "an event is recorded with the act it tells of"
    with step(f"record {event.wire}"):
        return _record(event)


def _record(event: Event) -> int:
    salt = token_bytes(32) if event.sealed else None
    with connection.cursor() as cursor:
        # Functions of the owner's: a block that speaks to the database as a role of its own may
        # record its own events so, and has no other right on the outbox or on others' queues.
        cursor.execute(
            "SELECT events_record(%s, %s::jsonb, %s, %s)",
            [event.wire, json.dumps(to_payload(event)), event.sealed, salt],
        )
        event_id: int = cursor.fetchone()[0]
        if handlers := list(_handlers[event.wire]):
            for traceparent in carried().values():
                cursor.execute("SELECT set_config('madang.traceparent', %s, true)", [traceparent])
            cursor.execute("SELECT events_hand_out(%s, %s)", [event_id, handlers])
    return event_id


@job(retries=5)
def deliver(*, event_id: int, handler: str, traceparent: str = "") -> None:
    """Hand one event to one handler, unless it took it already."""
    row = OutboxEvent.objects.get(id=event_id)
    with step(f"deliver {row.wire}", follows=traceparent), transaction.atomic():
        _, is_first = Delivery.objects.get_or_create(event=row, handler=handler)
        is_erased = row.is_sealed and row.salt is None  # with the person it spoke of
        if is_first and not is_erased:
            with step(f"handle by {handler}"):
                _handlers[row.wire][handler](from_payload(row.wire, row.payload))


def announce(topic: str) -> None:
    """Tell open pages, at commit, that what they show under `topic` has changed.

    Only for public facts, and not for every vote: PostgreSQL takes one lock for all
    notifications of a database at commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('madang_live', %s)", [topic])
