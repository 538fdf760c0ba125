"""Pure shapes and decisions of the plan: how one is described, and what a commitment may become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from madang.ground.dates import is_plausible

Words = Mapping[str, str]

# Where winners go that no goal of the plan asks for.
RESIDENTS_CODE = "residents"
RESIDENTS_WORDS: Words = {"ko": "시민이 정한 사업", "en": "Decided by residents"}
RESIDENTS_PLAN = "residents-plan"
RESIDENTS_PLAN_TITLE: Words = {
    "ko": "시민과 함께 만드는 기본계획",
    "en": "A plan made with residents",
}
RESIDENTS_VISION: Words = {
    "ko": "시민이 정한 일을 시가 실천합니다.",
    "en": "What residents decide, the city carries out.",
}


@dataclass(frozen=True, kw_only=True)
class ProjectDraft:
    """A project as the plan's description names it.

    takes_winners: whether commitments made by ballots under this goal go here.
    """

    code: str
    words: Words
    office: str
    description: Words = field(default_factory=dict)
    takes_winners: bool = False


@dataclass(frozen=True, kw_only=True)
class GoalDraft:
    code: str
    words: Words
    description: Words = field(default_factory=dict)
    projects: tuple[ProjectDraft, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a ballot decided on one project, as its count told it."""

    project: str  # code on the ballot
    words: Words
    statement: int | None
    funded: bool
    summary: Words = field(default_factory=dict)
    cost: Decimal | None = None
    goal: str = ""
    supporters: int | None = None  # how many voted for it; None where nobody said


@dataclass(frozen=True, kw_only=True)
class DecidedBallot:
    """A counted ballot, with what it decided on every project."""

    ballot: str  # slug
    words: Words
    hearing: str | None
    currency: str
    projects: tuple[Decided, ...]
    origin: str = ""  # of the votes: "simulated", "imported", "" for residents' own


@dataclass(frozen=True, kw_only=True)
class CommitmentDraft:
    """All that officials may say of a commitment."""

    office: str
    partners: str
    budget: Decimal | None
    starts_on: date | None
    ends_on: date | None
    status: str


def why_not_this(draft: CommitmentDraft, offices: frozenset[str], *, today: date) -> str | None:
    """Return a stable code for why a commitment cannot be like this; None where it can."""
    if draft.office not in offices:
        return "unknown-office"
    if draft.budget is not None and draft.budget <= 0:
        return "budget-not-positive"
    if draft.starts_on and not is_plausible(draft.starts_on, today=today):
        return "start-too-far"
    if draft.ends_on and not is_plausible(draft.ends_on, today=today):
        return "end-too-far"
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        return "ends-before-it-starts"
    return None


# How far along a commitment is; a dropped one is nowhere.
_FORWARD = ("promised", "underway", "done", "verified")


def needs_a_reason(*, before: str, after: str) -> bool:
    """Return whether this turn of a commitment must be explained: dropped, or a step back."""
    if before == after:
        return False
    if "dropped" in (before, after):
        return True
    return _FORWARD.index(after) < _FORWARD.index(before)


def why_not_a_plan(goals: tuple[GoalDraft, ...]) -> str | None:
    """Return a stable code for what is wrong with a plan's description; None where it is sound."""
    projects = [project.code for goal in goals for project in goal.projects]
    if len({goal.code for goal in goals}) != len(goals) or len(set(projects)) != len(projects):
        return "code-twice"
    if any(sum(p.takes_winners for p in goal.projects) > 1 for goal in goals):
        return "two-intakes"
    return None
