"""What is told of consents; sealed, for each speaks of a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(
    Event, wire="consent.consent-given.v1", told=_("Somebody gave a consent"), sealed=True
):
    person_id: UUID
    consent_id: UUID
    purpose: str
    version: int
    language: str
    words_sha256: str  # of the words that were shown
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(
    Event, wire="consent.consent-withdrawn.v1", told=_("A consent was withdrawn"), sealed=True
):
    person_id: UUID
    consent_id: UUID
    purpose: str
    withdrawn_at: datetime
