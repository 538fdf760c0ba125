"""What the journal tells of itself, in itself."""

from dataclasses import dataclass

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class RowsChanged(
    Event, wire="journal.rows-changed.v1", told=_("Rows of the database were written"), sealed=True
):
    batch: int
    rows: int
    digest: str  # over the notes of this batch, in 64 hexadecimal digits


@dataclass(frozen=True, kw_only=True)
class FactsErased(
    Event, wire="journal.facts-erased.v1", told=_("Facts about somebody were erased")
):
    """The certificate of an erasure: which events and notes say nothing any more.

    Their entries stay, and so do the digests.
    """

    events: tuple[int, ...]  # ids in the outbox
    notes: tuple[int, ...]  # ids of notes of written rows
