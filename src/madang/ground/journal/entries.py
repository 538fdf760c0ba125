"""What the log says of an event of the outbox."""

from madang.ground.events.models import OutboxEvent
from madang.ground.journal import seals


def entry_of(event: OutboxEvent) -> bytes:
    """Return the event as an entry of the log, at most 65,535 bytes long."""
    said = _statement(event)
    if event.is_sealed:
        return seals.sealed_entry(event.wire, said, _salt(event))
    return seals.open_entry(event.wire, said)


def shown_to_owner(event: OutboxEvent) -> bytes:
    """Return what goes beside the proof for whom the event speaks of: what opens its seal."""
    salt = _salt(event)
    if event.is_sealed and salt is not None:
        return seals.opening(_statement(event), salt)
    return entry_of(event)


def _statement(event: OutboxEvent) -> bytes:
    return seals.statement(act=event.wire, at=event.recorded_at, facts=event.payload)


def _salt(event: OutboxEvent) -> bytes | None:
    return None if event.salt is None else bytes(event.salt)
