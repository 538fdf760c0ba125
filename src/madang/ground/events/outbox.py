"""Record events with the act itself, and hand each to its handlers once the act is committed."""

from collections import defaultdict
from collections.abc import Callable
from secrets import token_bytes
from typing import TypeVar

from django.db import connection, transaction

from madang.ground.events.event import Event, from_payload, to_payload
from madang.ground.events.models import Delivery, OutboxEvent
from madang.ground.jobs.queue import job

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


def record(event: Event) -> int:
    """Write the event to the outbox and queue its delivery, in the caller's transaction.

    Returns its id there, by which the journal gives a receipt.
    """
    assert connection.in_atomic_block, "an event is recorded with the act it tells of"
    row = OutboxEvent.objects.create(
        wire=event.wire,
        payload=to_payload(event),
        is_sealed=event.sealed,
        salt=token_bytes(32) if event.sealed else None,
    )
    for handler in _handlers[event.wire]:
        deliver.defer(event_id=row.id, handler=handler)
    return row.id


@job(retries=5)
def deliver(*, event_id: int, handler: str) -> None:
    """Hand one event to one handler, unless it took it already."""
    row = OutboxEvent.objects.get(id=event_id)
    with transaction.atomic():
        _, is_first = Delivery.objects.get_or_create(event=row, handler=handler)
        is_erased = row.is_sealed and row.salt is None  # with the person it spoke of
        if is_first and not is_erased:
            _handlers[row.wire][handler](from_payload(row.wire, row.payload))


def announce(topic: str) -> None:
    """Tell open pages, at commit, that what they show under `topic` has changed.

    Only for public facts, and not for every vote: PostgreSQL takes one lock for all
    notifications of a database at commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('madang_live', %s)", [topic])
