"""Reads of the ballots block: elections for the core, and rows ready to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from madang.core.ballot.election import Election, Marks, Project, VoteType, election_of
from madang.decide.ballots.models import Ballot, BallotProject, Cast, PolicyGoal, Status
from madang.decide.ballots.rules import Eligibility, as_pabulib, spell_share
from madang.ground.city.card import city
from madang.ground.words import Words, said
from madang.listen.hearings.public import find_hearing, find_statements
from madang.web.charts import Segment, split_bar
from madang.web.money import spell

SHEETS = """
    SELECT projects, points, count(*) FROM (
        SELECT array_agg(project_id ORDER BY project_id) FILTER (WHERE project_id IS NOT NULL),
               array_agg(points ORDER BY project_id) FILTER (WHERE project_id IS NOT NULL)
        FROM ballots_cast LEFT JOIN ballots_choice ON ballots_choice.cast_id = ballots_cast.id
        WHERE ballots_cast.ballot_id = %s GROUP BY ballots_cast.id
    ) AS sheet (projects, points) GROUP BY projects, points
"""


@dataclass(frozen=True)
class BallotRow:
    """A ballot as lists show it."""

    slug: str
    title: str
    status: str
    budget: str  # spelled
    projects: int
    voters: int
    closes_at: datetime | None
    origin: str  # of the votes: "simulated", "imported", "" for residents' own


@dataclass(frozen=True)
class ProjectRow:
    """A project as pages show it."""

    code: str
    place: int  # its number on the ballot, from 0
    title: str
    words: Words  # the title in all languages
    summary: str
    summary_words: Words
    cost: str  # spelled; "" where it is still to come
    exact_cost: Fraction
    goal: str
    statement: int | None
    sentence: str  # the statement that asked for it; "" for none
    sentence_url: str
    commitment: int | None
    commitment_status: str


@dataclass(frozen=True)
class BallotPage:
    """A ballot with its projects, as its own page shows it."""

    slug: str
    title: str
    words: Words  # the title in all languages
    introduction: str
    introduction_words: Words
    status: str
    hearing: str  # slug; "" for none
    hearing_title: str
    hearing_url: str
    currency: str
    budget: str  # spelled
    exact_budget: Fraction
    rule: dict[str, str]
    vote_type: str
    eligibility: str
    district: str  # code
    district_name: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    counted_at: datetime | None
    is_simulated: bool
    source: str  # "" for a ballot of our own
    voters: int
    projects: tuple[ProjectRow, ...]

    @property
    def takes_votes(self) -> bool:
        return self.status == Status.OPEN and self.eligibility != Eligibility.NOBODY


@dataclass(frozen=True)
class OwnCast:
    """What the resident who looks has cast."""

    codes: frozenset[str]
    cast_at: datetime


@dataclass(frozen=True)
class Outcome:
    """How one project came out of the count; amounts are spelled."""

    project: ProjectRow
    is_funded: bool
    is_funded_by_greedy: bool
    support: int
    needed: int | None
    needed_is_fewest: bool
    why: str  # a code of the core's explanations
    has: str
    left: str
    missing: str


@dataclass(frozen=True)
class ResultPage:
    """A counted ballot; `certificate` is None where nobody voted."""

    winners: tuple[Outcome, ...]  # in the order in which they were funded
    losers: tuple[Outcome, ...]  # most support first
    spent: str
    left: str
    bar: list[Segment]
    certificate: dict[str, Any] | None
    left_out: str  # title of the project whose supporters are a group left out; "" for none
    endowment: str
    greedy_spent: str
    differs_from_greedy: tuple[Outcome, ...]
    ties: tuple[tuple[str, str], ...]  # titles of who won and who lost each
    losers_explained: bool


# Rows ready to print


def list_rows(*, language: str, with_drafts: bool) -> list[BallotRow]:
    """Return ballots, drafts and open ones first, then the newest. One SQL query."""
    ballots = Ballot.objects.all() if with_drafts else Ballot.objects.public()
    rows: Sequence[Any] = list(
        ballots.annotate(voters=_number_of(Cast), n_projects=_number_of(BallotProject)).order_by(
            "-opened_at", "-created_at"
        )
    )
    life = list(Status)
    return sorted(
        (
            BallotRow(
                slug=row.slug,
                title=said(row.title, language),
                status=row.status,
                budget=spell(row.budget, row.currency, language),
                projects=row.n_projects,
                voters=row.voters,
                closes_at=row.closes_at,
                origin=row.origin,
            )
            for row in rows
        ),
        key=lambda row: life.index(Status(row.status)),
    )


def ballot_page(*, slug: str, language: str, with_drafts: bool) -> BallotPage | None:
    """Return the ballot, None where there is none to see. Four SQL queries at most."""
    ballots = Ballot.objects.all() if with_drafts else Ballot.objects.public()
    row: Any = ballots.annotate(voters=_number_of(Cast)).filter(slug=slug).first()
    if row is None:
        return None
    hearing = find_hearing(slug=row.hearing) if row.hearing else None
    return BallotPage(
        slug=row.slug,
        title=said(row.title, language),
        words=row.title,
        introduction=_said_or_empty(row.introduction, language),
        introduction_words=row.introduction,
        status=row.status,
        hearing=row.hearing,
        hearing_title=said(hearing.words, language) if hearing else "",
        hearing_url=hearing.url if hearing else "",
        currency=row.currency,
        budget=spell(row.budget, row.currency, language),
        exact_budget=Fraction(row.budget),
        rule=row.rule,
        vote_type=row.vote_type,
        eligibility=row.eligibility,
        district=row.district,
        district_name=district_name(row.district, language),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        counted_at=row.counted_at,
        is_simulated=row.simulated,
        source=row.source,
        voters=row.voters,
        projects=_project_rows(row, language),
    )


def _project_rows(ballot: Ballot, language: str) -> tuple[ProjectRow, ...]:
    rows = list(ballot.projects.order_by("place"))
    numbers = [row.statement for row in rows if row.statement is not None]
    shown = find_statements(hearing=ballot.hearing, numbers=numbers) if numbers else []
    asked = {statement.number: statement for statement in shown}
    return tuple(
        ProjectRow(
            code=row.code,
            place=row.place,
            title=said(row.words, language),
            words=row.words,
            summary=_said_or_empty(row.summary, language),
            summary_words=row.summary,
            cost="" if row.cost is None else spell(row.cost, ballot.currency, language),
            exact_cost=Fraction(row.cost or 0),
            goal=row.goal,
            statement=row.statement,
            sentence=said(asked[row.statement].words, language) if row.statement in asked else "",
            sentence_url=asked[row.statement].url if row.statement in asked else "",
            commitment=row.commitment,
            commitment_status=row.commitment_status,
        )
        for row in rows
    )


def goal_names(*, language: str) -> dict[str, str]:
    """Return what the plan calls its policy goals, by code. One SQL query."""
    return {row.code: said(row.words, language) for row in PolicyGoal.objects.order_by("id")}


def own_cast(*, slug: str, voter: str) -> OwnCast | None:
    """Return what this voter cast on the ballot, None for nothing. Two SQL queries."""
    cast = Cast.objects.filter(ballot__slug=slug, voter=voter).first()
    if cast is None:
        return None
    codes = cast.choices.values_list("project__code", flat=True)
    return OwnCast(frozenset(codes), cast.cast_at)


def stored_result(*, slug: str) -> dict[str, Any] | None:
    """Return a counted ballot's result as it was stored, None before. One SQL query."""
    ballot = Ballot.objects.filter(slug=slug, status=Status.COUNTED).first()
    return None if ballot is None else dict(ballot.result)


def result_page(ballot: BallotPage, stored: dict[str, Any], language: str) -> ResultPage:
    """Return a stored result ready to print. No SQL."""
    certificate, greedy = stored["certificate"], stored["greedy"]
    told = {each["project"]: each for each in stored["explanations"]}
    outcomes = {
        project.code: _outcome(project, told[project.code], greedy["winners"], ballot, language)
        for project in ballot.projects
        if project.code in told
    }
    won = [] if certificate is None else [each["project"] for each in certificate["purchases"]]
    lost = [each for each in outcomes.values() if not each.is_funded]
    spent = Fraction(stored["spent"])
    rest = ballot.exact_budget - spent
    names = {code: outcome.project.title for code, outcome in outcomes.items()}
    ties = certificate["ties"] if certificate else []
    return ResultPage(
        winners=tuple(outcomes[code] for code in won),
        losers=tuple(sorted(lost, key=lambda each: (-each.support, each.project.code))),
        spent=spell(spent, ballot.currency, language),
        left=spell(rest, ballot.currency, language),
        bar=split_bar([("part", int(spent * 100)), ("", int(rest * 100))]),
        certificate=certificate,
        left_out=names.get(_witness(certificate), ""),
        endowment=_endowment(certificate, ballot, language),
        greedy_spent=spell(Fraction(greedy["spent"]), ballot.currency, language),
        differs_from_greedy=tuple(
            each for each in outcomes.values() if each.is_funded != each.is_funded_by_greedy
        ),
        ties=tuple((names[tie["won"]], names[other]) for tie in ties for other in tie["lost"]),
        losers_explained=bool(stored.get("losers_explained")),
    )


def _outcome(
    project: ProjectRow,
    told: dict[str, Any],
    greedy: list[str],
    ballot: BallotPage,
    language: str,
) -> Outcome:
    values = told["values"]

    def share(name: str, *, up: bool) -> str:
        text = values.get(name)
        return spell_share(text, ballot.currency, language, up=up) if text is not None else ""

    return Outcome(
        project=project,
        is_funded=told["funded"],
        is_funded_by_greedy=project.code in greedy,
        support=told["support"],
        needed=told["needed"],
        needed_is_fewest=told["needed_is_fewest"],
        why=told["code"],
        has=share("has", up=False),
        left=share("left", up=False),
        missing=share("missing", up=True),
    )


def _witness(certificate: dict[str, Any] | None) -> str:
    found = certificate and certificate["proportionality"]["witness"]
    return found["project"] if found else ""


def _endowment(certificate: dict[str, Any] | None, ballot: BallotPage, language: str) -> str:
    if certificate is None or certificate["endowment"] is None:
        return ""
    return spell_share(certificate["endowment"], ballot.currency, language, up=False)


def _number_of(model: type[Cast] | type[BallotProject]) -> Coalesce:
    per_ballot = model._default_manager.filter(ballot=OuterRef("pk")).order_by()
    counted = per_ballot.values("ballot").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _said_or_empty(words: Words, language: str) -> str:
    return said(words, language) if any(words.values()) else ""


def district_name(code: str, language: str) -> str:
    names = {each.code: said(each.words, language) for each in city().districts}
    return names.get(code, code)


# What services and jobs ask


def election_on(ballot: Ballot) -> Election | None:
    """Return what was cast on a ballot, ready to be counted; None where nobody voted.

    Every project needs a cost, as an open ballot's have. Two SQL queries.
    """
    projects = list(ballot.projects.order_by("code"))
    codes = {project.id: project.code for project in projects}
    with connection.cursor() as cursor:
        cursor.execute(SHEETS, [ballot.id])
        sheets = cursor.fetchall()
    if not sheets:
        return None
    return election_of(
        budget=Fraction(ballot.budget),
        projects=[Project(each.code, _cost(each)) for each in projects],
        vote_type=VoteType(ballot.vote_type),
        ballots={_marks(ids, points, codes): voters for ids, points, voters in sheets},
        source=ballot.slug,
    )


def _marks(ids: list[int] | None, points: list[Decimal] | None, codes: dict[int, str]) -> Marks:
    pairs = zip(ids or [], points or [], strict=True)
    return tuple((codes[id_], Fraction(given)) for id_, given in pairs)


def _cost(project: BallotProject) -> Fraction:
    assert project.cost is not None, "an open ballot's projects have a cost"
    return Fraction(project.cost)


def anonymous_ballots(*, slug: str, language: str) -> str | None:
    """Return what was cast, without who cast it; None before voting is over. Four SQL queries."""
    over = (Status.CLOSED, Status.COUNTED)
    ballot = Ballot.objects.filter(slug=slug, status__in=over).first()
    election = election_on(ballot) if ballot else None
    if ballot is None or election is None:
        return None
    meta = {
        "description": said(ballot.title, language),
        "currency": ballot.currency,
        "rule": "/".join(ballot.rule[part] for part in ("method", "utility", "completion")),
    }
    names = {
        code: said(words, language) for code, words in ballot.projects.values_list("code", "words")
    }
    return as_pabulib(election, meta=meta, names=names)


def ballots_past_their_end(*, at: datetime) -> list[str]:
    """Return the slugs of open ballots whose time is over. One SQL query."""
    due = Ballot.objects.filter(status=Status.OPEN, closes_at__lte=at).order_by("closes_at")
    return list(due.values_list("slug", flat=True))
