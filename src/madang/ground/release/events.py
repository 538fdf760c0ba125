"""What the gate tells."""

from dataclasses import dataclass
from datetime import date, datetime

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class ReleasePublished(
    Event, wire="release.release-published.v1", told=_("A file about people was published")
):
    release: int
    dataset: str
    method: str  # records, table or noise
    parameters: str  # JSON, keys in order
    sha256: str  # of the published file
    micro_epsilon: int  # spent; 0 where no noise was drawn
    pico_delta: int
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class BudgetGranted(
    Event, wire="release.budget-granted.v1", told=_("A dataset was given a privacy budget")
):
    dataset: str
    starts: date
    ends: date  # the first day on which it no longer holds
    micro_epsilon: int
    pico_delta: int
    granted_at: datetime
