"""Open data: ballots, their projects, and their results. Read-only, no key needed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from madang.core.ballot.amount import as_text
from madang.decide.ballots import queries
from madang.ground.words import Words

router = Router(tags=["ballots"])


class ProjectOut(Schema):
    code: str
    words: Words
    summary: Words
    cost: str
    goal: str
    statement: int | None
    commitment: int | None
    commitment_status: str


class BallotOut(Schema):
    """A ballot; `simulated` and `source` say whose votes they are. Amounts are exact strings."""

    slug: str
    title: Words
    status: str
    hearing: str
    currency: str
    budget: str
    rule: dict[str, str]
    simulated: bool
    source: str
    voters: int
    closes_at: datetime | None
    projects: list[ProjectOut]


class BallotRowOut(Schema):
    slug: str
    title: str
    status: str
    projects: int
    voters: int
    simulated: bool
    imported: bool
    closes_at: datetime | None


@router.get("/", response=list[BallotRowOut], url_name="ballots")
def list_ballots(request: HttpRequest, language: str = "ko") -> list[BallotRowOut]:
    """Every public ballot, open ones first."""
    return [
        BallotRowOut(
            slug=row.slug,
            title=row.title,
            status=row.status,
            projects=row.projects,
            voters=row.voters,
            simulated=row.origin == "simulated",
            imported=bool(row.origin),  # simulated voters come from a file as well
            closes_at=row.closes_at,
        )
        for row in queries.list_rows(language=language, with_drafts=False)
    ]


@router.get("/{slug}", response=BallotOut, url_name="ballot")
def ballot(request: HttpRequest, slug: str) -> BallotOut:
    """One ballot with its projects."""
    found = queries.ballot_page(slug=slug, language="ko", with_drafts=False)
    if found is None:
        raise HttpError(404, "There is no such ballot.")
    return BallotOut(
        slug=found.slug,
        title=found.words,
        status=found.status,
        hearing=found.hearing,
        currency=found.currency,
        budget=as_text(found.exact_budget),
        rule=found.rule,
        simulated=found.is_simulated,
        source=found.source,
        voters=found.voters,
        closes_at=found.closes_at,
        projects=[_project(each) for each in found.projects],
    )


@router.get("/{slug}/result", response=dict[str, Any], url_name="ballot-result")
def result(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Winners, certificate and explanations, as they were stored when the ballot was counted."""
    stored = queries.stored_result(slug=slug)
    if stored is None:
        raise HttpError(404, "There is no such ballot, or it is not counted yet.")
    return stored


def _project(row: queries.ProjectRow) -> ProjectOut:
    return ProjectOut(
        code=row.code,
        words=row.words,
        summary=row.summary_words,
        cost=as_text(row.exact_cost),
        goal=row.goal,
        statement=row.statement,
        commitment=row.commitment,
        commitment_status=row.commitment_status,
    )
