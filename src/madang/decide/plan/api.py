"""Open data: the plan and its commitments. Read-only, no key needed."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from madang.decide.plan import queries
from madang.ground.words import Words

router = Router(tags=["plan"])


class ReasonOut(Schema):
    kind: str  # ballot, statement or advice
    ballot: str
    project: str
    hearing: str
    statement: int | None


class CommitmentOut(Schema):
    """A commitment; the budget is an exact string."""

    id: int
    words: Words
    office: str
    partners: str
    budget: str | None
    currency: str
    starts_on: date | None
    ends_on: date | None
    status: str
    supporters: int | None
    origin: str  # of the votes: simulated, imported, or empty for residents' own
    made_at: datetime
    because: list[ReasonOut]


class PlanProjectOut(Schema):
    code: str
    words: Words
    commitments: list[int]


class GoalOut(Schema):
    code: str
    words: Words
    projects: list[PlanProjectOut]


class PlanOut(Schema):
    slug: str
    title: Words
    vision: Words
    goals: list[GoalOut]


@router.get("/", response=PlanOut, url_name="plan")
def plan(request: HttpRequest) -> PlanOut:
    """The newest plan: goals, projects, and the numbers of their commitments."""
    found = queries.plan_page(language="ko")
    if found is None:
        raise HttpError(404, "There is no plan yet.")
    return PlanOut(
        slug=found.slug,
        title=found.words,
        vision=found.vision_words,
        goals=[
            GoalOut(
                code=goal.code,
                words=goal.words,
                projects=[
                    PlanProjectOut(
                        code=project.code,
                        words=project.words,
                        commitments=[each.id for each in project.commitments],
                    )
                    for project in goal.projects
                ],
            )
            for goal in found.goals
        ],
    )


@router.get("/commitments", response=list[CommitmentOut], url_name="commitments")
def commitments(request: HttpRequest, office: str = "", status: str = "") -> list[CommitmentOut]:
    """Every commitment, with the ballot and the sentence because of which it was made."""
    chosen = queries.Filter(office=office, status=status)
    rows = queries.list_commitments(language="ko", chosen=chosen)
    because = queries.because_of(commitments=[row.id for row in rows])
    return [_commitment(row, because.get(row.id, [])) for row in rows]


def _commitment(row: queries.CommitmentRow, reasons: list[queries.ReasonRow]) -> CommitmentOut:
    return CommitmentOut(
        id=row.id,
        words=row.words,
        office=row.office,
        partners=row.partners,
        budget=row.plain_budget,
        currency=row.currency,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        status=row.status,
        supporters=row.supporters,
        origin=row.origin,
        made_at=row.made_at,
        because=[
            ReasonOut(
                kind=each.kind,
                ballot=each.ballot,
                project=each.project,
                hearing=each.hearing,
                statement=each.statement,
            )
            for each in reasons
        ],
    )
