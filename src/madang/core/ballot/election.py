"""An election under a budget: projects with a cost, and ballots merged into classes.

Voters whose ballots are identical form one class, so that a count costs what the different ballots
cost, not what the voters cost. Classes and projects stand in a canonical order: the order in which
ballots came in cannot change a result, nor its hash.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.ballot.amount import as_text

# What one ballot says: pairs of project id and points. Points are 1 in an approval ballot, the
# points given in a cumulative or scoring ballot, and in a ranked one the number of projects below.
Marks = tuple[tuple[str, Fraction | int], ...]


class VoteType(StrEnum):
    APPROVAL = "approval"
    CHOOSE_1 = "choose-1"
    ORDINAL = "ordinal"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"

    @property
    def has_points(self) -> bool:
        return self in (VoteType.CUMULATIVE, VoteType.SCORING)


@dataclass(frozen=True, slots=True)
class Project:
    """Something the budget could pay for.

    cost:    in currency units, more than zero.
    columns: whatever else the source knew about it (name, category, statement, …).
    """

    id: str
    cost: Fraction | int
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Election:
    """An election ready to be counted; made by `approval_election` or `election_of`.

    projects: in string order of their ids; a project's place here is its index below.
    voters:   (classes,); how many voters cast each different ballot. Empty ballots count.
    listed:   for each project the classes whose ballot lists it, ascending.
    points:   beside `listed`, the points given (see Marks), times `points_scale`.
    """

    budget: Fraction
    projects: tuple[Project, ...]
    vote_type: VoteType
    voters: NDArray[np.int64]
    listed: tuple[NDArray[np.intp], ...]
    points: tuple[NDArray[np.int64], ...]
    points_scale: int

    @cached_property
    def unit(self) -> int:
        """Return how many parts one currency unit must be cut into to make all amounts whole."""
        amounts = (self.budget, *(Fraction(project.cost) for project in self.projects))
        return math.lcm(*(amount.denominator for amount in amounts))

    @cached_property
    def costs(self) -> tuple[int, ...]:
        """Return the cost of each project in parts of a currency unit (see `unit`)."""
        return tuple(int(project.cost * self.unit) for project in self.projects)

    @cached_property
    def budget_parts(self) -> int:
        return int(self.budget * self.unit)

    @cached_property
    def voter_count(self) -> int:
        return int(self.voters.sum())

    @cached_property
    def support(self) -> tuple[int, ...]:
        """Return for each project how many voters list it."""
        return tuple(int(self.voters[classes].sum()) for classes in self.listed)

    @cached_property
    def index(self) -> dict[str, int]:
        return {project.id: index for index, project in enumerate(self.projects)}

    @cached_property
    def input_sha256(self) -> str:
        """Return the hash of all that can change a count: budget, ids, costs and ballots.

        Text, one item a line: the vote type, the budget, `project`, id and cost for each project
        in string order, then `ballot`, the number of voters and `index:points` for each class.
        """
        ballots: list[list[str]] = [[] for _ in self.voters]
        for index, classes in enumerate(self.listed):
            for class_, points in zip(classes.tolist(), self.points[index].tolist(), strict=True):
                ballots[class_].append(f"{index}:{as_text(Fraction(points, self.points_scale))}")
        lines = chain(
            (self.vote_type.value, as_text(self.budget)),
            (f"project {p.id} {as_text(Fraction(p.cost))}" for p in self.projects),
            sorted(
                f"ballot {count} {' '.join(ballot)}"
                for count, ballot in zip(self.voters.tolist(), ballots, strict=True)
            ),
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def approval_election(
    *,
    budget: Fraction | int,
    projects: Iterable[Project],
    ballots: Iterable[Collection[str]],
    source: str = "ballots",
) -> Election:
    """Return the election in which every ballot is the ids of the projects it approves.

    One ballot a voter; an empty one counts as a voter. Raises BadInput, naming `source`, as
    `election_of` does.
    """
    sheets = Counter(tuple(sorted(ballot)) for ballot in ballots)
    return election_of(
        budget=budget,
        projects=projects,
        vote_type=VoteType.APPROVAL,
        ballots={tuple((id_, 1) for id_ in sheet): count for sheet, count in sheets.items()},
        source=source,
    )


def election_of(
    *,
    budget: Fraction | int,
    projects: Iterable[Project],
    vote_type: VoteType,
    ballots: Mapping[Marks, int],
    source: str = "ballots",
) -> Election:
    """Return the election of these different ballots, each cast by so many voters.

    Raises BadInput, naming `source`: a budget or a cost that is not more than zero, no project,
    a project twice, no voter, an unknown project in a ballot, one twice in the same ballot, or
    points that arrays of 64 bits could not add up.
    """
    ordered = tuple(sorted(projects, key=lambda project: project.id))
    _refuse_bad_projects(Fraction(budget), ordered, source)
    index = {project.id: place for place, project in enumerate(ordered)}
    merged: Counter[Marks] = Counter()
    for marks, count in ballots.items():
        _refuse_bad_ballot(marks, count, index, source)
        merged[tuple(sorted(marks))] += count
    if sum(merged.values()) == 0:
        raise BadInput(source, None, "There are no votes.")
    sheets = sorted((marks, count) for marks, count in merged.items() if count)
    scale = math.lcm(*(Fraction(p).denominator for marks, _ in sheets for _, p in marks))
    most = max((points for marks, _ in sheets for _, points in marks), default=0)
    if most * scale * sum(merged.values()) > np.iinfo(np.int64).max:
        raise BadInput(source, None, "The points have more digits than can be added up exactly.")
    return Election(
        budget=Fraction(budget),
        projects=ordered,
        vote_type=vote_type,
        voters=np.array([count for _, count in sheets], dtype=np.int64),
        points_scale=scale,
        **_columns([marks for marks, _ in sheets], index, scale),
    )


def _columns(
    sheets: list[Marks], index: dict[str, int], scale: int
) -> dict[str, tuple[NDArray[np.int64], ...]]:
    """Return for each project its classes and their points: the ballots turned on their side."""
    listed: list[list[int]] = [[] for _ in index]
    points: list[list[int]] = [[] for _ in index]
    for class_, marks in enumerate(sheets):
        for id_, given in marks:
            listed[index[id_]].append(class_)
            points[index[id_]].append(int(given * scale))
    return {
        "listed": tuple(np.array(classes, dtype=np.intp) for classes in listed),
        "points": tuple(np.array(given, dtype=np.int64) for given in points),
    }


def _refuse_bad_projects(budget: Fraction, ordered: tuple[Project, ...], source: str) -> None:
    if budget <= 0:
        raise BadInput(source, None, "The budget must be more than zero.")
    if not ordered:
        raise BadInput(source, None, "There are no projects.")
    for project in ordered:
        if project.cost <= 0:
            raise BadInput(
                source, None, "The cost of project {project} must be more than zero.",
                project=project.id,
            )  # fmt: skip
    for project, following in pairwise(ordered):
        if project.id == following.id:
            raise BadInput(source, None, "Project {project} appears twice.", project=project.id)


def _refuse_bad_ballot(marks: Marks, count: int, index: dict[str, int], source: str) -> None:
    if count < 0:
        raise BadInput(source, None, "The number of voters cannot be negative.")
    for id_, points in marks:
        if id_ not in index:
            raise BadInput(source, None, "A ballot names project {project}, which does not exist.",
                           project=id_)  # fmt: skip
        if points < 0:
            raise BadInput(source, None, "A ballot gives project {project} negative points.",
                           project=id_)  # fmt: skip
    if len({id_ for id_, _ in marks}) != len(marks):
        raise BadInput(source, None, "A ballot names the same project twice.")
