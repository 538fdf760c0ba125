"""Reads of the plan: frozen values, ready to print."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from madang.decide.plan.models import (
    Because,
    Change,
    Commitment,
    Goal,
    Kind,
    Plan,
    Project,
    Verdict,
)
from madang.ground.city.card import city
from madang.ground.words import Words, as_written, said
from madang.listen.hearings.public import HearingCard, StatementCard, find_hearing, find_statement
from madang.web.money import spell


@dataclass(frozen=True)
class CommitmentRow:
    id: int
    words: Words
    title: str
    summary: str
    project: int
    office: str  # code
    office_name: str
    partners: str
    budget: str  # spelled; "" for none
    exact_budget: Decimal | None
    currency: str
    starts_on: date | None
    ends_on: date | None
    status: str
    supporters: int | None  # on the ballot that made it; None where nobody said
    origin: str  # of the votes that made it: "simulated", "imported", "" for residents' own
    made_at: datetime

    @property
    def plain_budget(self) -> str | None:
        """The budget as an exact number in text, for data."""
        return None if self.exact_budget is None else f"{self.exact_budget.normalize():f}"

    def has(self, wanted: str) -> bool:
        """Return whether the row speaks of what is searched for."""
        text = f"{self.title} {self.summary} {self.partners} {self.office_name}"
        return wanted.casefold() in text.casefold()


@dataclass(frozen=True)
class ProjectRow:
    id: int
    code: str
    words: Words
    title: str
    description: str
    office_name: str
    commitments: tuple[CommitmentRow, ...]


@dataclass(frozen=True)
class GoalRow:
    code: str
    words: Words
    title: str
    description: str
    projects: tuple[ProjectRow, ...]


@dataclass(frozen=True)
class PlanPage:
    slug: str
    words: Words
    title: str
    vision_words: Words
    vision: str
    goals: tuple[GoalRow, ...]
    others: tuple[tuple[str, str], ...]  # slug and title of the other plans

    @property
    def commitments(self) -> list[CommitmentRow]:
        return [c for goal in self.goals for project in goal.projects for c in project.commitments]


@dataclass(frozen=True)
class Filter:
    """Which commitments to show; "" means all."""

    words: str = ""
    office: str = ""
    status: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.words or self.office or self.status)

    def lets(self, row: CommitmentRow) -> bool:
        return (
            (not self.office or row.office == self.office)
            and (not self.status or row.status == self.status)
            and (not self.words or row.has(self.words))
        )


@dataclass(frozen=True)
class ReasonRow:
    kind: str
    text: str
    ballot: str
    project: str
    hearing: str
    statement: int | None


@dataclass(frozen=True)
class ChangeRow:
    changed_at: datetime
    note: str
    status_before: str
    status: str
    fields: tuple[tuple[str, str, str], ...]  # name, before, after


@dataclass(frozen=True)
class CommitmentPage:
    commitment: CommitmentRow
    project: str
    goal: str
    plan: str
    plan_slug: str
    places: tuple[tuple[int, str], ...]  # projects of the same plan: id and title
    because: tuple[ReasonRow, ...]
    changes: tuple[ChangeRow, ...]
    hearing: HearingCard | None
    statement: StatementCard | None


@dataclass(frozen=True)
class Decision:
    """What a ballot decided on a sentence, and the commitment that came of it."""

    ballot: str
    ballot_title: str
    title: str
    funded: bool
    decided_at: datetime
    commitment: CommitmentRow | None


@dataclass(frozen=True)
class SentencePage:
    statement: StatementCard
    hearing: HearingCard
    text: str
    hearing_title: str
    decisions: tuple[Decision, ...]


def plan_page(
    *, language: str, slug: str | None = None, chosen: Filter | None = None
) -> PlanPage | None:
    """Return a plan (the newest, if no slug is named) with the commitments that `chosen` lets.

    While a filter is on, projects and goals without such a commitment are left out. None where
    there is no plan. Four SQL queries.
    """
    plans = list(Plan.objects.order_by("-made_at", "-id"))
    plan = next((each for each in plans if slug in (None, each.slug)), None)
    if plan is None:
        return None
    goals = Goal.objects.filter(plan=plan).order_by("place")
    projects: defaultdict[int, list[Project]] = defaultdict(list)
    for project in Project.objects.filter(goal__plan=plan).order_by("place"):
        projects[project.goal_id].append(project)
    rows = _commitment_rows(Commitment.objects.filter(project__goal__plan=plan), language)
    chosen = chosen or Filter()
    return PlanPage(
        slug=plan.slug,
        words=plan.title,
        title=said(plan.title, language),
        vision_words=plan.vision,
        vision=said(plan.vision, language),
        goals=tuple(
            each
            for goal in goals
            if (each := _goal_row(goal, projects[goal.id], rows, chosen, language)).projects
            or not chosen.is_on
        ),
        others=tuple((p.slug, said(p.title, language)) for p in plans if p.id != plan.id),
    )


def _goal_row(
    goal: Goal,
    projects: list[Project],
    rows: list[CommitmentRow],
    chosen: Filter,
    language: str,
) -> GoalRow:
    names = _office_names(language)
    found = (
        ProjectRow(
            id=project.id,
            code=project.code,
            words=project.words,
            title=said(project.words, language),
            description=_said_or_empty(project.description, language),
            office_name=names.get(project.office, project.office),
            commitments=tuple(c for c in rows if c.project == project.id and chosen.lets(c)),
        )
        for project in projects
    )
    return GoalRow(
        code=goal.code,
        words=goal.words,
        title=said(goal.words, language),
        description=_said_or_empty(goal.description, language),
        projects=tuple(each for each in found if each.commitments or not chosen.is_on),
    )


def commitment_page(*, commitment: int, language: str) -> CommitmentPage | None:
    """Return a commitment with its reasons and history, None for none. Six SQL queries."""
    rows: Any = Commitment.objects.select_related("project__goal__plan")
    row = rows.filter(id=commitment).first()
    if row is None:
        return None
    goal = row.project.goal
    reasons = list(Because.objects.filter(commitment=row).order_by("id"))
    asked = next((each for each in reasons if each.kind == Kind.STATEMENT), None)
    places = list(Project.objects.filter(goal__plan=goal.plan).order_by("goal__place", "place"))
    names: dict[str, dict[str, str]] = {
        "office": _office_names(language),
        "project": {each.code: said(each.words, language) for each in places},
    }
    return CommitmentPage(
        commitment=_commitment_rows([row], language)[0],
        project=said(row.project.words, language),
        goal=said(goal.words, language),
        plan=said(goal.plan.title, language),
        plan_slug=goal.plan.slug,
        places=tuple((each.id, said(each.words, language)) for each in places),
        because=tuple(_reason_row(each, language) for each in reasons),
        changes=tuple(_change_row(each, names) for each in _changes(row)),
        hearing=find_hearing(slug=asked.hearing) if asked else None,
        statement=_statement(asked) if asked else None,
    )


def list_commitments(*, language: str, chosen: Filter) -> list[CommitmentRow]:
    """Return the commitments of all plans that `chosen` lets. One SQL query."""
    rows = _commitment_rows(Commitment.objects.all(), language)
    return [row for row in rows if chosen.lets(row)]


def sentence_page(*, hearing: str, number: int, language: str) -> SentencePage | None:
    """Return what became of a sentence, None where there is none to see. Four SQL queries."""
    statement = find_statement(hearing=hearing, number=number)
    card = find_hearing(slug=hearing)
    if statement is None or card is None:
        return None
    verdicts = list(
        Verdict.objects.filter(hearing=hearing, statement=number).order_by("decided_at", "project")
    )
    made = Because.objects.filter(
        kind=Kind.BALLOT,
        ballot__in=[each.ballot for each in verdicts],
        project__in=[each.project for each in verdicts],
    ).select_related("commitment")
    commitments = {
        (each.ballot, each.project): _commitment_rows([each.commitment], language)[0]
        for each in made
    }
    return SentencePage(
        statement=statement,
        hearing=card,
        text=said(statement.words, language),
        hearing_title=said(card.words, language),
        decisions=tuple(
            Decision(
                ballot=each.ballot,
                ballot_title=said(each.ballot_words, language),
                title=said(each.words, language),
                funded=each.funded,
                decided_at=each.decided_at,
                commitment=commitments.get((each.ballot, each.project)),
            )
            for each in verdicts
        ),
    )


def because_of(*, commitments: Iterable[int]) -> dict[int, list[ReasonRow]]:
    """Return the reasons of these commitments, by commitment. One SQL query."""
    found: defaultdict[int, list[ReasonRow]] = defaultdict(list)
    for row in Because.objects.filter(commitment__in=list(commitments)).order_by("id"):
        found[row.commitment_id].append(_reason_row(row, "ko"))
    return found


def _commitment_rows(rows: Iterable[Commitment], language: str) -> list[CommitmentRow]:
    names = _office_names(language)
    return [
        CommitmentRow(
            id=row.id,
            words=row.words,
            title=said(row.words, language),
            summary=_said_or_empty(row.summary, language),
            project=row.project_id,
            office=row.office,
            office_name=names.get(row.office, row.office),
            partners=as_written(row.partners),
            budget="" if row.budget is None else spell(row.budget, row.currency, language),
            exact_budget=row.budget,
            currency=row.currency,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            status=row.status,
            supporters=row.supporters,
            origin=row.origin,
            made_at=row.made_at,
        )
        for row in sorted(rows, key=lambda each: each.id)
    ]


def _reason_row(row: Because, language: str) -> ReasonRow:
    return ReasonRow(
        kind=row.kind,
        text=said(row.words, language),
        ballot=row.ballot,
        project=row.project,
        hearing=row.hearing,
        statement=row.statement,
    )


def _changes(row: Commitment) -> Iterable[Change]:
    return Change.objects.filter(commitment=row).order_by("-changed_at", "-id")


def _change_row(row: Change, names: dict[str, dict[str, str]]) -> ChangeRow:
    """names: what codes are called, by field."""

    def told(field: str, value: str) -> str:
        return names.get(field, {}).get(value) or as_written(value)

    return ChangeRow(
        changed_at=row.changed_at,
        note=as_written(row.note),
        status_before=row.status_before,
        status=row.status,
        fields=tuple(
            (name, told(name, before), told(name, after))
            for name, (before, after) in row.fields.items()
        ),
    )


def _statement(asked: Because) -> StatementCard | None:
    assert asked.statement is not None, "a reason by a statement has its number"
    return find_statement(hearing=asked.hearing, number=asked.statement)


def _office_names(language: str) -> dict[str, str]:
    return {office.code: said(office.words, language) for office in city().offices}


def _said_or_empty(words: Words, language: str) -> str:
    return said(words, language) if any(words.values()) else ""
