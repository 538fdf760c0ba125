"""What ballots tell the other blocks. Nobody's choice leaves the block."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class BallotOpened(Event, wire="ballots.ballot-opened.v1", told=_("A ballot opened")):
    ballot: str  # slug
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class BallotImported(
    Event, wire="ballots.ballot-imported.v1", told=_("A ballot was brought in from a file")
):
    ballot: str
    source: str
    input_hash: str
    projects: int
    voters: int
    imported_at: datetime


@dataclass(frozen=True, kw_only=True)
class BallotCast(
    Event, wire="ballots.ballot-cast.v1", told=_("Somebody cast a ballot"), sealed=True
):
    ballot: str
    cast_at: datetime


@dataclass(frozen=True, kw_only=True)
class BallotClosed(Event, wire="ballots.ballot-closed.v1", told=_("A ballot closed")):
    ballot: str
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Winner:
    """A project that the ballot funds, with the sentence that asked for it where there is one."""

    project: str  # code on the ballot
    words: dict[str, str]
    summary: dict[str, str]
    cost: Decimal
    goal: str  # code of the policy goal it was filed under; "" for none
    statement: int | None  # number in the ballot's hearing
    supporters: int | None = None  # how many voted for it; None where an older event does not say


@dataclass(frozen=True, kw_only=True)
class Loser:
    """A project that the ballot does not fund; told so that its sentence can be answered too."""

    project: str
    words: dict[str, str]
    statement: int | None


@dataclass(frozen=True, kw_only=True)
class BallotCounted(Event, wire="ballots.ballot-counted.v1", told=_("A ballot was counted")):
    ballot: str
    words: dict[str, str]
    hearing: str | None  # slug of the hearing it grew from
    currency: str
    certificate_hash: str
    winners: tuple[Winner, ...]  # in the order in which they were funded
    counted_at: datetime
    losers: tuple[Loser, ...] = ()
    origin: str = ""  # "simulated" or "imported" votes; "" for residents' own
