"""Who gains from a project, and how much: the utilities of an election, side by side by project."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.election import Election
from madang.core.ballot.rule import Utility


@dataclass(frozen=True, eq=False)
class Stake:
    """One project as its supporters see it.

    classes: ascending; the classes of ballots that gain from the project.
    voters:  beside `classes`, the voters in each.
    weights: beside `classes`; the utility of one voter is weight × worth.
    worth:   what a weight of 1 is worth; the cost under cost utility, else 1.
    cost:    in parts of a currency unit.
    """

    classes: NDArray[np.intp]
    voters: NDArray[np.int64]
    weights: NDArray[np.int64]
    worth: int
    cost: int

    @cached_property
    def heft(self) -> NDArray[np.int64]:
        """Return the weight of each class as a whole, voters × weight."""
        return self.voters * self.weights

    @cached_property
    def total_heft(self) -> int:
        return int(self.heft.sum())

    @cached_property
    def voter_count(self) -> int:
        return int(self.voters.sum())

    @cached_property
    def headcount(self) -> NDArray[np.float64]:
        """Return `voters` as floats."""
        return self.voters.astype(np.float64)

    @cached_property
    def price(self) -> float:
        """Return about what a unit of weight costs where all supporters can pay."""
        return self.cost / self.total_heft

    @cached_property
    def is_plain(self) -> bool:
        """Return whether all weights are 1."""
        return bool((self.weights == 1).all())

    @cached_property
    def fingerprint(self) -> tuple[int, int, bytes, bytes]:
        """Equal for two projects that no voter can tell apart."""
        return (self.worth, self.cost, self.classes.tobytes(), self.weights.tobytes())


def stakes_of(election: Election, utility: Utility) -> list[Stake]:
    """Return the stake of every project, in the order of the election's projects.

    Cost and cardinality count every listed project alike, whatever points it was given.
    """
    graded = utility in (Utility.POINTS, Utility.BORDA)
    stakes = []
    for index, classes in enumerate(election.listed):
        weights = election.points[index] if graded else np.ones(len(classes), dtype=np.int64)
        gains = weights > 0
        stakes.append(
            Stake(
                classes=classes[gains],
                voters=election.voters[classes[gains]],
                weights=weights[gains],
                worth=election.costs[index] if utility == Utility.COST else 1,
                cost=election.costs[index],
            )
        )
    return stakes


def ranks_of(election: Election) -> list[int]:
    """Return the place of each project in the tie-break: a lower one goes first.

    `project-id`, the one tie-break so far, is the order in which the projects already stand.
    """
    return list(range(len(election.projects)))
