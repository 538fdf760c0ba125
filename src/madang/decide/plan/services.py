"""Every write of the plan. One function: one transaction, one event (one for each commitment)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from madang.decide.plan.events import (
    CommitmentMade,
    CommitmentProgressed,
    PlanMade,
    PlannedGoal,
)
from madang.decide.plan.models import (
    Because,
    Change,
    Commitment,
    Goal,
    Kind,
    Plan,
    Project,
    Status,
    Verdict,
)
from madang.decide.plan.rules import (
    RESIDENTS_CODE,
    RESIDENTS_PLAN,
    RESIDENTS_PLAN_TITLE,
    RESIDENTS_VISION,
    RESIDENTS_WORDS,
    CommitmentDraft,
    Decided,
    DecidedBallot,
    GoalDraft,
    needs_a_reason,
    why_not_a_plan,
    why_not_this,
)
from madang.ground.city.card import city
from madang.ground.events.outbox import announce, record
from madang.ground.words import Words
from madang.listen.hearings.public import find_statements


class UnableToCreatePlan(Exception):
    """The plan cannot be made: "slug-taken", "code-twice", "two-intakes", "unknown-office"."""


class UnableToUpdate(Exception):
    """The commitment cannot be like that: "unknown-office", "budget-not-positive",
    "start-too-far", "end-too-far", "ends-before-it-starts", "unknown-status", "not-measured",
    "no-reason" (for dropping it or for a step back), "nothing-changed"."""


class UnableToMove(Exception):
    """The commitment cannot go there: "no-such-project", "another-plan"."""


@transaction.atomic
def create_plan(
    *, slug: str, title: Words, vision: Words, goals: tuple[GoalDraft, ...], at: datetime
) -> Plan:
    """Make a plan from its description and record PlanMade. It takes in what ballots decide.

    Raises UnableToCreatePlan: "slug-taken", "code-twice", "two-intakes", "unknown-office".
    """
    if Plan.objects.filter(slug=slug).exists():
        raise UnableToCreatePlan("slug-taken")
    if problem := why_not_a_plan(goals):
        raise UnableToCreatePlan(problem)
    if {p.office for goal in goals for p in goal.projects} - office_codes():
        raise UnableToCreatePlan("unknown-office")
    plan = Plan.objects.create(slug=slug, title=title, vision=vision, made_at=at)
    for place, draft in enumerate(goals):
        goal = Goal.objects.create(
            plan=plan,
            code=draft.code,
            words=draft.words,
            description=draft.description,
            place=place,
        )
        Project.objects.bulk_create(
            Project(
                goal=goal,
                code=each.code,
                words=each.words,
                description=each.description,
                office=each.office,
                place=number,
                takes_winners=each.takes_winners,
            )
            for number, each in enumerate(draft.projects)
        )
    told = tuple(PlannedGoal(code=each.code, words=dict(each.words)) for each in goals)
    record(PlanMade(plan=slug, goals=told, made_at=at))
    return plan


def office_codes() -> frozenset[str]:
    return frozenset(office.code for office in city().offices)


# What a ballot decided


@transaction.atomic
def make_commitments(*, decided: DecidedBallot, at: datetime) -> list[Commitment]:
    """Make one commitment of each winner and record CommitmentMade for it; safe to repeat.

    A winner goes to the project that takes winners in under its goal; where no plan or no goal
    asks for it, a plan, a goal or a project "Decided by residents" is made to receive it.
    """
    _keep_verdicts(decided, at)
    sentences = _sentences(decided)
    made = set(
        Because.objects.filter(kind=Kind.BALLOT, ballot=decided.ballot).values_list(
            "project", flat=True
        )
    )
    return [
        _make_commitment(decided, winner, sentences, at)
        for winner in decided.projects
        if winner.funded and winner.project not in made
    ]


def _keep_verdicts(decided: DecidedBallot, at: datetime) -> None:
    Verdict.objects.bulk_create(
        (
            Verdict(
                ballot=decided.ballot,
                ballot_words=decided.words,
                project=each.project,
                words=each.words,
                hearing=decided.hearing or "",
                statement=each.statement,
                funded=each.funded,
                decided_at=at,
            )
            for each in decided.projects
        ),
        ignore_conflicts=True,
    )


def _sentences(decided: DecidedBallot) -> dict[int, Words]:
    """Return the words of the statements that asked for the winners, by number."""
    numbers = [each.statement for each in decided.projects if each.statement is not None]
    if not decided.hearing or not numbers:
        return {}
    shown = find_statements(hearing=decided.hearing, numbers=numbers)
    return {statement.number: statement.words for statement in shown}


def _make_commitment(
    decided: DecidedBallot, winner: Decided, sentences: Mapping[int, Words], at: datetime
) -> Commitment:
    project = _intake(winner.goal, at)
    commitment = Commitment.objects.create(
        project=project,
        words=winner.words,
        summary=winner.summary,
        office=project.office,
        budget=winner.cost,
        currency=decided.currency,
        supporters=winner.supporters,
        origin=decided.origin,
        made_at=at,
    )
    Because.objects.create(
        commitment=commitment,
        kind=Kind.BALLOT,
        words=decided.words,
        ballot=decided.ballot,
        project=winner.project,
    )
    # A sentence hidden meanwhile is no reason that could be shown.
    is_asked = winner.statement is not None and winner.statement in sentences
    if is_asked and winner.statement is not None:
        Because.objects.create(
            commitment=commitment,
            kind=Kind.STATEMENT,
            words=sentences[winner.statement],
            hearing=decided.hearing or "",
            statement=winner.statement,
        )
    record(
        CommitmentMade(
            commitment=commitment.id,
            words=dict(winner.words),
            ballot=decided.ballot,
            project=winner.project,
            hearing=decided.hearing if is_asked else None,
            statement=winner.statement if is_asked else None,
            status=commitment.status,
            made_at=at,
        )
    )
    return commitment


def _intake(goal_code: str, at: datetime) -> Project:
    """Return the project that takes in winners of a goal of the newest plan, made if need be."""
    plan = Plan.objects.order_by("-made_at").select_for_update(no_key=True).first()
    if plan is None:
        plan = Plan.objects.create(
            slug=RESIDENTS_PLAN, title=RESIDENTS_PLAN_TITLE, vision=RESIDENTS_VISION, made_at=at
        )
    goal = plan.goals.filter(code=goal_code or RESIDENTS_CODE).first() or _residents_goal(plan)
    intake = goal.projects.filter(takes_winners=True).first()
    if intake is not None:
        return intake
    return Project.objects.create(
        goal=goal,
        code=f"{RESIDENTS_CODE}-{goal.code}"[:40],
        words=RESIDENTS_WORDS,
        place=_next_place(goal.projects.aggregate(last=Max("place"))["last"]),
        takes_winners=True,
    )


def _residents_goal(plan: Plan) -> Goal:
    goal, _ = Goal.objects.get_or_create(
        plan=plan,
        code=RESIDENTS_CODE,
        defaults={
            "words": RESIDENTS_WORDS,
            "place": _next_place(plan.goals.aggregate(last=Max("place"))["last"]),
        },
    )
    return goal


def _next_place(last: int | None) -> int:
    return 0 if last is None else last + 1


# How it goes


@transaction.atomic
def update_commitment(
    *, commitment: int, draft: CommitmentDraft, note: str, at: datetime
) -> Commitment:
    """Say how a commitment goes, keep what was said before, and record CommitmentProgressed.

    The event is recorded where the status changed. Raises UnableToUpdate: "unknown-office",
    "budget-not-positive", "start-too-far", "end-too-far", "ends-before-it-starts",
    "unknown-status", "not-measured" (an office does not verify its own work), "no-reason" (for
    dropping it or for a step back), "nothing-changed"; Commitment.DoesNotExist.
    """
    row = Commitment.objects.select_for_update(no_key=True).get(id=commitment)
    if draft.status not in Status.values:
        raise UnableToUpdate("unknown-status")
    if draft.status == Status.VERIFIED != row.status:
        raise UnableToUpdate("not-measured")
    if problem := why_not_this(draft, office_codes() | {row.office}, today=at.date()):
        raise UnableToUpdate(problem)
    if needs_a_reason(before=row.status, after=draft.status) and not note.strip():
        raise UnableToUpdate("no-reason")
    before, status_before = _told(row), row.status
    row.office, row.partners, row.budget = draft.office, draft.partners, draft.budget
    row.starts_on, row.ends_on, row.status = draft.starts_on, draft.ends_on, draft.status
    after = _told(row)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed and status_before == draft.status and not note.strip():
        raise UnableToUpdate("nothing-changed")
    row.save()
    _keep_change(row, status_before, changed, note, at)
    if status_before != row.status:
        record(CommitmentProgressed(commitment=row.id, status=row.status, progressed_at=at))
    announce("plan")
    return row


@transaction.atomic
def move_commitment(*, commitment: int, project: int, note: str, at: datetime) -> Commitment:
    """Put a commitment under another project of the same plan; where it stood is kept.

    Safe to repeat. Raises UnableToMove: "no-such-project", "another-plan";
    Commitment.DoesNotExist.
    """
    row = (
        Commitment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("project__goal")
        .get(id=commitment)
    )
    there = Project.objects.select_related("goal").filter(id=project).first()
    if there is None:
        raise UnableToMove("no-such-project")
    if there.goal.plan_id != row.project.goal.plan_id:
        raise UnableToMove("another-plan")
    if there.id == row.project_id:
        return row
    changed = {"project": [row.project.code, there.code]}
    row.project = there
    row.save(update_fields=["project"])
    _keep_change(row, row.status, changed, note, at)
    announce("plan")
    return row


def _told(row: Commitment) -> dict[str, str]:
    return {
        "office": row.office,
        "partners": row.partners,
        "budget": _plain(row.budget),
        "starts_on": _iso(row.starts_on),
        "ends_on": _iso(row.ends_on),
    }


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _keep_change(
    row: Commitment,
    status_before: str,
    changed: dict[str, list[str]],
    note: str,
    at: datetime,
) -> None:
    Change.objects.create(
        commitment=row,
        changed_at=at,
        note=note.strip(),
        status_before=status_before,
        status=row.status,
        fields=changed,
    )
