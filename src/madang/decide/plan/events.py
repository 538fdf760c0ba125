"""What the plan tells the other blocks: what the city has promised, and how it goes."""

from dataclasses import dataclass
from datetime import datetime

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class PlannedGoal:
    """A policy goal of a plan, so that others can name it and not only its code."""

    code: str
    words: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class PlanMade(Event, wire="plan.plan-made.v1", told=_("A plan was made")):
    plan: str  # slug
    goals: tuple[PlannedGoal, ...]
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class CommitmentMade(Event, wire="plan.commitment-made.v1", told=_("The city made a commitment")):
    commitment: int
    words: dict[str, str]
    ballot: str | None  # slug
    project: str | None  # code on that ballot
    hearing: str | None  # slug
    statement: int | None  # number in that hearing
    status: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class CommitmentProgressed(
    Event, wire="plan.commitment-progressed.v1", told=_("A commitment moved on")
):
    commitment: int
    status: str
    progressed_at: datetime
