"""Reads of the journal: where it stands, its newest entries, the proof of one."""

import json
from dataclasses import dataclass
from datetime import datetime

from madang.core.tlog.check import tile_reader
from madang.core.tlog.checkpoint import Checkpoint, Proof, parse_checkpoint
from madang.core.tlog.note import parse_note
from madang.core.tlog.proofs import Tree
from madang.core.tlog.tiles import TILE, path_of, unpack, width_of
from madang.ground.events.event import EVENTS
from madang.ground.events.models import OutboxEvent
from madang.ground.journal import files
from madang.ground.journal.entries import as_recorded, shown_to_owner
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
    """Return the newest entries in the log's files, the newest first. Two SQL queries."""
    now = standing()
    if now is None:
        return []
    places = range(now.head.size - 1, max(-1, now.head.size - 1 - most), -1)
    return [_told(place, _entry_at(place, now.head.size)) for place in places]


def _entry_at(place: int, size: int) -> bytes:
    """Return an entry of a log of this size. Raises FileNotFoundError."""
    number, within = divmod(place, TILE)
    return unpack(files.read(path_of("entries", number, width_of(0, number, size))))[within]


def _told(place: int, entry: bytes) -> Entry:
    """Return an entry for people; one that is sealed, or too long to be told, tells no time."""
    said = json.loads(entry)
    known, at = EVENTS.get(said["act"]), said.get("at")
    return Entry(
        place=place,
        told=(known and known.told) or said["act"],
        at=None if at is None else datetime.fromisoformat(at),
        text=entry.decode(),
    )


def proof_of(place: int) -> Proof | None:
    """Return the proof that the entry at this place is in the log, with the entry itself.

    None where the log has no such place. Two SQL queries.
    """
    now = standing()
    if now is None or place >= now.head.size:
        return None
    return _proof(now, place, _entry_at(place, now.head.size))


def receipt_for(*, event_id: int) -> Proof | None:
    """Return the proof of an event for whom it speaks of, with what opens its seal.

    None where it is not in the log yet. Three SQL queries.
    """
    event, now = OutboxEvent.objects.get(id=event_id), standing()
    if now is None or event.leaf is None or event.leaf >= now.head.size:
        return None
    return _proof(now, event.leaf, shown_to_owner(as_recorded(event)))


def _proof(now: Standing, place: int, shown: bytes) -> Proof:
    steps = Tree(now.head.size, tile_reader(files.read)).inclusion(place)
    return Proof(place, tuple(steps), parse_note(now.note.encode()), shown)
