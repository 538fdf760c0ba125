"""The course of Equal Shares as endowments grow, and what further supporters could do to it.

Further supporters, each for one losing project alone, only ever pay for that project. As long as it
is not bought they change nothing but the endowment. So one table of endowments, in legs that buy
the same, serves every losing project and every number of further supporters.
docs/algorithms/needed.md has the proofs.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.equal_shares import Market
from madang.core.ballot.growth import Stretch, cost_of, stretches
from madang.core.ballot.purses import ABOVE, BELOW, EPSILON, Purses
from madang.core.ballot.stake import Stake

NEVER = 1 << 62  # more voters than there are
WIDEST = 128  # a leg is at most this part of the endowment wide; narrower ones say more


class Prospect(NamedTuple):
    """What numbers of further supporters do to a project at all endowments of a leg.

    behind:  with so many or fewer it comes first in no round of the leg.
    may_pay: with fewer it cannot be paid after the last round either.
    pays:    with so many or more it can.
    """

    behind: int
    may_pay: int
    pays: int


UNKNOWN = Prospect(behind=-1, may_pay=0, pays=NEVER)


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """Endowments from low to high, all of which buy the same projects in the same order.

    prospects: by project, of those that may be asked for.
    """

    low: Fraction
    high: Fraction
    bought: frozenset[int]
    cost: int
    prospects: dict[int, Prospect]


class OutOfWork(Exception):
    """The runs of Equal Shares allowed are used up."""


class Course:
    """The legs of an election, ascending, made as they are asked for."""

    def __init__(
        self,
        market: Market,
        losers: Sequence[int],
        *,
        start: Fraction,
        step: Fraction,
        most_legs: int,
    ) -> None:
        """losers: whose prospects will be asked for; step: the gap left between two legs."""
        self.market, self._losers, self._step = market, losers, step
        self._room = most_legs
        self.known: list[Leg] = []
        self._start = start
        self._upwards = self._made(start, None)

    @property
    def low(self) -> Fraction:
        """Return the least endowment covered."""
        return self.known[0].low if self.known else self._start

    def cover(self, low: Fraction) -> None:
        """Make the course begin at this endowment or below. Raises OutOfWork."""
        if not self.known:
            self._grow()
        if low < self.low:
            self.known = [*self._made(low, self.low), *self.known]

    def first(self, endowment: Fraction) -> int:
        """Return the place of the first leg that reaches to this endowment. Raises OutOfWork."""
        while not self.known or self.known[-1].high < endowment:
            self._grow()
        return bisect_left(self.known, endowment, key=lambda leg: leg.high)

    def legs(self, place: int) -> Iterator[Leg]:
        """Yield the legs from this place on, without end. Raises OutOfWork."""
        while True:
            while place >= len(self.known):
                self._grow()
            yield self.known[place]
            place += 1

    def _grow(self) -> None:
        leg = next(self._upwards, None)
        if leg is None:
            raise OutOfWork
        self.known.append(leg)

    def _made(self, start: Fraction, end: Fraction | None) -> Iterator[Leg]:
        widest = int(self._start / (WIDEST * self._step))
        run = self.market.sell(start)
        for stretch in stretches(self.market, run, self._step, end=end, widest=widest):
            if self._room <= 0:
                raise OutOfWork
            self._room -= 1
            yield self._leg(stretch)

    def _leg(self, stretch: Stretch) -> Leg:
        bought = frozenset(stretch.first.bought)
        return Leg(
            low=stretch.first.endowment,
            high=stretch.last.endowment,
            bought=bought,
            cost=cost_of(self.market, bought),
            prospects=_prospects(self.market.stakes, stretch, self._losers),
        )


def may_meet(
    start: NDArray[np.float64] | float,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    unit: int,
) -> NDArray[np.bool_]:
    """Return whether start, start + unit, … may have a place between low and high.

    Arrays that broadcast. By floats: some that have none are among them, all that have one are.
    """
    steps = (high - start) / unit
    error = 64 * EPSILON * (high + start) / unit
    reached: NDArray[np.bool_] = steps > -error
    return reached & ((steps + error) % 1.0 < (high - low) / unit + 2 * error)


def _prospects(
    stakes: Sequence[Stake], stretch: Stretch, losers: Sequence[int]
) -> dict[int, Prospect]:
    """Return the prospects of these projects, unknown for one that is bought anyway."""
    rates = np.array([float(step.rate) for step in stretch.first.steps])
    lefts = stretch.last.purses.lefts()
    return {
        index: UNKNOWN
        if index in stretch.first.bought
        else _prospect(stakes[index], stretch.first.purses, stretch.last.purses, rates, lefts)
        for index in losers
    }


def _prospect(
    stake: Stake,
    small: Purses,
    large: Purses,
    rates: NDArray[np.float64],
    lefts: NDArray[np.float64],
) -> Prospect:
    """Bound by floats, on the safe side.

    rates: (rounds,), the winners' at the smaller endowment, where they are highest.
    lefts: (rounds + 1, classes), what was left at the larger endowment, where it is most.
    """
    low, high, left = float(small.endowment), float(large.endowment), lefts[:, stake.classes]
    error = stake.voter_count * (large.error + high * EPSILON * (stake.classes.size + 8))
    error += stake.cost * 4 * EPSILON
    short = stake.cost - float(left[-1] @ stake.headcount)
    short_then = stake.cost - float(small.left[stake.classes] @ stake.headcount)
    behind = NEVER
    if rates.size:
        # At the winner's rate a voter would give so much; too little, then the rate is higher.
        prices = rates * stake.worth * ABOVE
        given = np.minimum(left[:-1], prices[:, None] * stake.weights) @ stake.headcount
        fewest = (stake.cost - given - error) / np.minimum(prices, high * ABOVE)
        behind = max(-1, ceil(float(fewest.min()) * BELOW) - 1)
    return Prospect(
        behind=behind,
        may_pay=max(1, ceil((short - error) / high * BELOW)),
        pays=max(1, ceil((short_then + error) / low * ABOVE)),
    )
