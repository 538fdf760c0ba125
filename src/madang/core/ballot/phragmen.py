"""Sequential Phragmén: voters earn money at one speed; a project is bought when it can be paid.

The count ends as soon as the project that comes next would break the budget.
Source: Phragmén (1894); for budgets Los, Christoff, Grossi (2022), "Proportional Budget
Allocations: Towards a Systematization".
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.purses import ABOVE, BELOW
from madang.core.ballot.stake import Stake


@dataclass(frozen=True, slots=True)
class Round:
    """What comes next, just before it is bought.

    due:   all projects payable at the same earliest time, in tie-break order; the first is bought.
    time:  money that each voter has earned by then; None for projects that nobody supports.
    rest:  what is left of the budget.
    stops: whether the count ends here, as one of those due would break the budget.
    loads: what the voters had spent so far.
    """

    due: tuple[int, ...]
    time: Fraction | None
    rest: int
    stops: bool
    loads: "Loads"


class Loads:
    """The time of the last purchase of each class, exactly, over one common denominator."""

    def __init__(self, classes: int, purchases: int) -> None:
        self._scale = 1
        self._times = [0]  # over the scale, by purchase; 0 is the start
        self._last = np.zeros(classes, dtype=np.intp)
        self._floats = np.zeros(purchases + 1)  # beside `_times`, filter only

    def floor(self, stake: Stake) -> float:
        """Return a lower bound on the time at which the project can be paid."""
        load = float(stake.voters @ self._floats[self._last[stake.classes]])
        # Only positive terms are summed, so the error is relative to the sum.
        slack = (stake.classes.size + 8) * np.finfo(np.float64).eps
        return (load + stake.cost) / stake.voter_count * float(1 - slack)

    def outlay(self, stake: Stake) -> Fraction:
        """Return the cost of the project and all that its supporters have spent, exactly."""
        # Counts stay below 2**53, so the float weights of bincount are exact.
        counts = np.bincount(self._last[stake.classes], weights=stake.voters)
        load = sum(
            time * int(count)
            for time, count in zip(self._times, counts.tolist(), strict=False)
            if count
        )
        return Fraction(load, self._scale) + stake.cost

    def time(self, stake: Stake) -> Fraction:
        """Return when the project can be paid, exactly: when all earned what all spend."""
        return self.outlay(stake) / stake.voter_count

    def buy(self, stake: Stake, time: Fraction) -> None:
        growth = time.denominator // math.gcd(time.denominator, self._scale)
        self._scale *= growth
        self._times = [earlier * growth for earlier in self._times]
        self._times.append(int(time * self._scale))
        self._floats[len(self._times) - 1] = float(time)
        self._last[stake.classes] = len(self._times) - 1


def rounds(
    voters: NDArray[np.int64],
    stakes: Sequence[Stake],
    ranks: Sequence[int],
    *,
    budget: int,
    without: int | None = None,
) -> Iterator[Round]:
    """Yield round after round, to the one that stops the count or until all is bought.

    without: a project that does not take part.
    """
    loads = Loads(voters.size, len(stakes))
    fitting = [i for i, stake in enumerate(stakes) if stake.cost <= budget and i != without]
    floors = {
        index: stakes[index].cost / stakes[index].voter_count * BELOW
        for index in fitting
        if stakes[index].voter_count
    }
    unwanted = [index for index in fitting if index not in floors]
    rest = budget
    while floors or unwanted:
        times = _earliest(loads, stakes, floors)
        time = min(times.values(), default=None)
        due = [index for index in times if times[index] == time] or unwanted
        due = sorted(due, key=ranks.__getitem__)
        stops = any(stakes[index].cost > rest for index in due)
        yield Round(tuple(due), time, rest, stops, loads)
        if stops:
            return
        rest -= stakes[due[0]].cost
        if time is None:
            unwanted.remove(due[0])
        else:
            loads.buy(stakes[due[0]], time)
            del floors[due[0]]


def _earliest(
    loads: Loads, stakes: Sequence[Stake], floors: dict[int, float]
) -> dict[int, Fraction]:
    """Return the exact times of all projects that may be the earliest; bounds only ever grow."""
    times: dict[int, Fraction] = {}
    highest = float("inf")
    for index in sorted(floors, key=floors.__getitem__):
        if floors[index] > highest:
            break
        floors[index] = loads.floor(stakes[index])
        if floors[index] <= highest:
            times[index] = loads.time(stakes[index])
            highest = min(highest, float(times[index]) * ABOVE)
    return times
