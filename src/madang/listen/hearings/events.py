"""What hearings tell the other blocks. Participants go by their number in the hearing."""

from dataclasses import dataclass
from datetime import datetime

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class HearingOpened(Event, wire="hearings.hearing-opened.v1", told=_("A hearing opened")):
    hearing: str  # slug
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingImported(
    Event, wire="hearings.hearing-imported.v1", told=_("A hearing was brought in from a file")
):
    hearing: str
    source: str
    input_hash: str
    statements: int
    votes: int
    imported_at: datetime


@dataclass(frozen=True, kw_only=True)
class StatementWritten(
    Event, wire="hearings.statement-written.v1", told=_("Somebody wrote a sentence")
):
    hearing: str
    statement: int  # number in the hearing
    written_at: datetime


@dataclass(frozen=True, kw_only=True)
class StatementRemoved(
    Event, wire="hearings.statement-removed.v1", told=_("A sentence was taken out of a draft")
):
    hearing: str
    statement: int
    removed_at: datetime


@dataclass(frozen=True, kw_only=True)
class StatementErased(
    Event,
    wire="hearings.statement-erased.v1",
    told=_("A sentence was erased because its author asked for it"),
):
    hearing: str
    statement: int
    erased_at: datetime


@dataclass(frozen=True, kw_only=True)
class StatementModerated(
    Event, wire="hearings.statement-moderated.v1", told=_("A sentence was shown or hidden")
):
    hearing: str
    statement: int
    moderation: str
    reason: str
    moderated_at: datetime


@dataclass(frozen=True, kw_only=True)
class VoteCast(
    Event, wire="hearings.vote-cast.v1", told=_("Somebody voted on a sentence"), sealed=True
):
    hearing: str
    participant: int  # number in the hearing; stands for nobody outside it
    statement: int
    value: int  # 1 agree, 0 pass, -1 disagree
    cast_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingClosed(Event, wire="hearings.hearing-closed.v1", told=_("A hearing closed")):
    hearing: str
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class MapDrawn(Event, wire="hearings.map-drawn.v1", told=_("An opinion map was drawn")):
    hearing: str
    input_hash: str
    groups: int
    drawn_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingDecided(
    Event, wire="hearings.hearing-decided.v1", told=_("A ballot decided on a hearing")
):
    hearing: str
    ballot: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingAnswered(
    Event, wire="hearings.hearing-answered.v1", told=_("The city answered a hearing")
):
    hearing: str
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class VoicesChanged(
    Event, wire="hearings.voices-changed.v1", told=_("Other voices count in a hearing than before")
):
    """Somebody objected or took that back, or a sentence was erased; who is not told."""

    hearing: str
    changed_at: datetime
