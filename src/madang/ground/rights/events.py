"""What is told of requests and of looks; sealed, for each speaks of a person.

What a request is about stays in the request: it may lead to what somebody said under a stand-in.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class RequestMade(
    Event,
    wire="rights.request-made.v1",
    told=_("Somebody asked something about their own data"),
    sealed=True,
):
    person_id: UUID
    request_id: UUID
    kind: str
    due_on: date
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class RequestTakenBack(
    Event,
    wire="rights.request-taken-back.v1",
    told=_("A request about somebody's own data was taken back"),
    sealed=True,
):
    person_id: UUID
    request_id: UUID
    kind: str
    taken_back_at: datetime


@dataclass(frozen=True, kw_only=True)
class RequestAnswered(
    Event,
    wire="rights.request-answered.v1",
    told=_("A request about somebody's own data was answered"),
    sealed=True,
):
    person_id: UUID
    request_id: UUID
    kind: str
    is_granted: bool
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class PersonLookedAt(
    Event,
    wire="rights.person-looked-at.v1",
    told=_("Somebody of the city looked at a person's data"),
    sealed=True,
):
    person_id: UUID
    by: str  # as what: "official", "committee", "operator"
    look: str  # for what
    looked_at: datetime
