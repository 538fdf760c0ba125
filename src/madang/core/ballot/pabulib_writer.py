"""Write an election in the Pabulib format (.pb), so that it can be counted by anybody's tools."""

import csv
import io
from collections.abc import Iterable, Mapping

from madang.core.ballot.amount import as_text
from madang.core.ballot.pabulib import PabulibFile


def write_pabulib(file: PabulibFile) -> str:
    """Return the text of the .pb file; `read_pabulib` gives the same back.

    What must agree with the rows (num_projects, num_votes, budget, vote_type) is written from
    them, whatever `meta` says.
    """
    told = {
        "num_projects": str(len(file.projects)),
        "num_votes": str(len(file.votes)),
        "budget": as_text(file.budget),
        "vote_type": file.vote_type.value,
    }
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerows([["META"], ["key", "value"], *({**file.meta, **told}.items())])

    columns = _columns(project.columns for project in file.projects)
    writer.writerows([["PROJECTS"], ["project_id", "cost", *columns]])
    for project in file.projects:
        cells = (project.columns.get(column, "") for column in columns)
        writer.writerow([project.id, as_text(project.cost), *cells])

    columns = _columns(vote.columns for vote in file.votes)
    fixed = ["voter_id", "vote", "points"] if file.vote_type.has_points else ["voter_id", "vote"]
    writer.writerows([["VOTES"], [*fixed, *columns]])
    for vote in file.votes:
        points = [",".join(map(as_text, vote.points))] if file.vote_type.has_points else []
        cells = (vote.columns.get(column, "") for column in columns)
        writer.writerow([vote.voter_id, ",".join(vote.projects), *points, *cells])
    return text.getvalue()


def _columns(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the names of all columns, in the order in which they first appear."""
    return list(dict.fromkeys(name for row in rows for name in row))
