"""What hearings tell the other blocks. Participants go by their number in the hearing."""

from dataclasses import dataclass
from datetime import datetime

from madang.ground.events.event import Event


@dataclass(frozen=True, kw_only=True)
class HearingOpened(Event, wire="hearings.hearing-opened.v1"):
    hearing: str  # slug
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingImported(Event, wire="hearings.hearing-imported.v1"):
    hearing: str
    source: str
    input_hash: str
    statements: int
    votes: int
    imported_at: datetime


@dataclass(frozen=True, kw_only=True)
class StatementWritten(Event, wire="hearings.statement-written.v1"):
    hearing: str
    statement: int  # number in the hearing
    written_at: datetime


@dataclass(frozen=True, kw_only=True)
class StatementModerated(Event, wire="hearings.statement-moderated.v1"):
    hearing: str
    statement: int
    moderation: str
    reason: str
    moderated_at: datetime


@dataclass(frozen=True, kw_only=True)
class VoteCast(Event, wire="hearings.vote-cast.v1", sealed=True):
    hearing: str
    participant: int  # number in the hearing; stands for nobody outside it
    statement: int
    value: int  # 1 agree, 0 pass, -1 disagree
    cast_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingClosed(Event, wire="hearings.hearing-closed.v1"):
    hearing: str
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class MapDrawn(Event, wire="hearings.map-drawn.v1"):
    hearing: str
    input_hash: str
    groups: int
    drawn_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingDecided(Event, wire="hearings.hearing-decided.v1"):
    hearing: str
    ballot: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingAnswered(Event, wire="hearings.hearing-answered.v1"):
    hearing: str
    answered_at: datetime
