"""Reads of the journal: where it stands, its newest entries, the proof of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from madang.core.tlog.check import tile_reader
from madang.core.tlog.checkpoint import Checkpoint, Proof, parse_checkpoint
from madang.core.tlog.note import parse_note
from madang.core.tlog.proofs import Tree
from madang.ground.events.event import EVENTS
from madang.ground.events.models import OutboxEvent
from madang.ground.journal import files
from madang.ground.journal.entries import as_recorded, entry_of, shown_to_owner
from madang.ground.journal.models import SignedHead
from madang.ground.journal.witnesses import with_cosignatures


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest signed head, with the signatures of witnesses, and when it was signed."""

    head: Checkpoint
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry for people. told: what happened, an English catalogue key, or the act's own name.

    at: None where the log does not tell the time; text: what was hashed.
    """

    place: int
    told: str
    at: datetime | None
    text: str


def standing() -> Standing | None:
    """Return where the journal stands; None before its first entry. Two SQL queries."""
    newest = SignedHead.objects.order_by("-size").first()
    if newest is None:
        return None
    head = parse_checkpoint(parse_note(newest.note.encode()))
    return Standing(head, with_cosignatures(newest), newest.signed_at)


def newest_entries(*, most: int) -> list[Entry]:
    """Return the newest entries, the newest first. One SQL query."""
    events = OutboxEvent.objects.exclude(leaf=None).order_by("-leaf")[:most]
    return list(_entries(events))


def _entries(events: Iterable[OutboxEvent]) -> Iterable[Entry]:
    for event in events:
        assert event.leaf is not None, "only what has a place is asked for"
        known = EVENTS.get(event.wire)
        yield Entry(
            place=event.leaf,
            told=(known and known.told) or event.wire,
            at=None if event.is_sealed else event.recorded_at,
            text=entry_of(as_recorded(event)).decode(),
        )


def proof_of(place: int) -> Proof | None:
    """Return the proof that the entry at this place is in the log, with the entry itself.

    None where the log has no such place. Three SQL queries.
    """
    event = OutboxEvent.objects.filter(leaf=place).first()
    return None if event is None else _proof(event, entry_of(as_recorded(event)))


def receipt_for(*, event_id: int) -> Proof | None:
    """Return the proof of an event for whom it speaks of, with what opens its seal.

    None where it is not in the log yet. Three SQL queries.
    """
    event = OutboxEvent.objects.get(id=event_id)
    return _proof(event, shown_to_owner(as_recorded(event)))


def _proof(event: OutboxEvent, shown: bytes) -> Proof | None:
    now = standing()
    if now is None or event.leaf is None or event.leaf >= now.head.size:
        return None
    steps = Tree(now.head.size, tile_reader(files.read)).inclusion(event.leaf)
    return Proof(event.leaf, tuple(steps), parse_note(now.note.encode()), shown)
