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


@dataclass(frozen=True, kw_only=True)
class TableNoted(
    Event, wire="journal.table-noted.v1", told=_("All rows of a table were noted anew")
):
    """A migration made the table, or changed its columns."""

    table: str
    columns: str  # names and types, as they are now
    rows: int  # that were noted
    passed_over: int  # that were not as they had been noted, and keep their notes


@dataclass(frozen=True, kw_only=True)
class RowsAccepted(
    Event,
    wire="journal.rows-accepted.v1",
    told=_("Rows that were not as they had been noted were taken as they are"),
):
    table: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class WatchMended(
    Event, wire="journal.watch-mended.v1", told=_("Triggers that note written rows were put back")
):
    """They were missing, switched off, or not as they should be."""

    table: str
    triggers: tuple[str, ...]
