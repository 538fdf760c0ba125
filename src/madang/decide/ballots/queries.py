"""Reads of the ballots block: elections for the core, and rows ready to print."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from madang.core.ballot.election import Election, Marks, Project, VoteType, election_of
from madang.decide.ballots.models import Ballot, BallotProject, Status

SHEETS = """
    SELECT projects, points, count(*) FROM (
        SELECT array_agg(project_id ORDER BY project_id) FILTER (WHERE project_id IS NOT NULL),
               array_agg(points ORDER BY project_id) FILTER (WHERE project_id IS NOT NULL)
        FROM ballots_cast LEFT JOIN ballots_choice ON ballots_choice.cast_id = ballots_cast.id
        WHERE ballots_cast.ballot_id = %s GROUP BY ballots_cast.id
    ) AS sheet (projects, points) GROUP BY projects, points
"""


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


def ballots_past_their_end(*, at: datetime) -> list[str]:
    """Return the slugs of open ballots whose time is over. One SQL query."""
    due = Ballot.objects.filter(status=Status.OPEN, closes_at__lte=at).order_by("closes_at")
    return list(due.values_list("slug", flat=True))
