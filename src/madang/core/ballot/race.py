"""Whether a rival stays behind the project bought, at all endowments between two runs.

Both runs have bought the same so far. With a growing endowment, no purse shrinks and no price
rises, and those whom a purchase leaves with nothing only become fewer: this bounds how fast rates
can change in between. docs/algorithms/equal-shares.md has the proofs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.purses import Offer, Purses
from madang.core.ballot.stake import Stake

# Floats draw lines between exact points. Sums of positive terms are as exact as their length times
# an epsilon; this is far more.
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Clash:
    """What keeps the run at a larger endowment from being shown to be the same.

    near:    about the endowment up to which it could be.
    changes: whether another order was met, rather than only not excluded.
    """

    near: float
    changes: bool


class Growth:
    """How much more each class has left, for a larger endowment, between the two runs.

    low, high: (classes,), bounds on the slope of what one voter has left.
    """

    def __init__(
        self, stakes: Sequence[Stake], bought: Sequence[int], small: Purses, large: Purses
    ) -> None:
        """stakes, bought: what both runs have bought so far, in order."""
        self.low, self.high = np.ones(small.voters.size), np.ones(small.voters.size)
        for place, project in enumerate(bought):
            stake = stakes[project]
            spent = small.spent_by(place)[stake.classes], large.spent_by(place)[stake.classes]
            relief = self.relief(stake, *spent)
            self._share(stake, relief, *spent)

    def relief(
        self, stake: Stake, most: NDArray[np.bool_], fewest: NDArray[np.bool_]
    ) -> tuple[float, float]:
        """Return bounds on how fast the price of a unit of weight falls as the endowment grows.

        It falls as the poor can give more. most, fewest: beside the stake's classes, who has
        nothing left at the smaller and at the larger endowment.
        """
        bounds = []
        for slopes, poor in ((self.low, fewest), (self.high, most)):
            rich_heft = float(stake.heft[~poor].sum())
            gain = float(slopes[stake.classes[poor]] @ stake.voters[poor])
            unbounded = float("inf") if poor is most else 0.0
            bounds.append(gain / rich_heft if rich_heft else unbounded)
        return bounds[0] * (1 - SLACK), bounds[1] * (1 + SLACK)

    def _share(
        self,
        stake: Stake,
        relief: tuple[float, float],
        most: NDArray[np.bool_],
        fewest: NDArray[np.bool_],
    ) -> None:
        classes, rich = stake.classes, ~most
        self.low[classes[rich]] += relief[0] * stake.weights[rich]
        self.low[classes[most]] = 0.0
        self.high[classes] += relief[1] * stake.weights
        self.high[classes[fewest]] = 0.0


class Race:
    """One round of two runs, at a smaller and a larger endowment."""

    def __init__(
        self,
        stakes: Sequence[Stake],
        bought: Sequence[int],
        winner: int,
        small: Purses,
        large: Purses,
    ) -> None:
        """bought: before this round, in order; small, large: the purses before it."""
        self._stakes, self._bought, self._winner = stakes, bought, winner
        self._small, self._large = small, large
        self._growth = Growth(stakes, bought, small, large)
        self._span = float(large.endowment - small.endowment)
        self._same_so_far = small.spent_alike(large)

    def clash(self, rival: int, mine: Offer, its: Offer, *, loses_ties: bool) -> Clash | None:
        """Return None if the rival is behind at all endowments between.

        mine, its: at the larger endowment. loses_ties: whether the tie-break is against the rival.
        """
        mine_then, its_then = self._offer(self._winner), self._offer(rival)
        assert mine_then is not None, "what was bought could be paid"
        lead = float(its.rate - mine.rate)
        lead_then = float("inf") if its_then is None else float(its_then.rate - mine_then.rate)
        if _is_behind(its, mine, loses_ties=loses_ties):
            is_line = self._is_same(mine_then, mine, its_then, its)
            if is_line and _is_behind(its_then, mine_then, loses_ties=loses_ties):
                return None
            pace = self._pace(self._winner, mine_then, mine)
            its_pace = self._pace(rival, its_then, its)
            slopes = pace[0] - its_pace[1], pace[1] - its_pace[0]
            if _least_lead(lead_then, lead, *slopes, self._span) > 0:
                return None
            return Clash(float(self._small.endowment) + self._span / 2, changes=False)
        if its_then is None:
            near = pays_from(self._stakes, self._bought, rival, self._small, self._large)
            return Clash(near, changes=True)
        slope = self._pace_now(self._winner, mine) - self._pace_now(rival, its)
        near = _crossing(lead_then, lead, slope, self._span)
        return Clash(float(self._small.endowment) + near, changes=True)

    def _offer(self, index: int) -> Offer | None:
        estimate = self._small.estimate(self._stakes[index])
        return None if estimate is None else self._small.offer(self._stakes[index], estimate.poor)

    def _is_same(self, mine_then: Offer, mine: Offer, its_then: Offer | None, its: Offer) -> bool:
        """Return whether the same voters are left with nothing: then rates are straight lines."""
        return (
            self._same_so_far
            and its_then is not None
            and np.array_equal(mine_then.spent, mine.spent)
            and np.array_equal(its_then.spent, its.spent)
        )

    def _pace(self, index: int, then: Offer | None, now: Offer) -> tuple[float, float]:
        """Return bounds on how fast the rate falls."""
        stake = self._stakes[index]
        most = np.ones_like(now.spent) if then is None else then.spent
        least, most_relief = self._growth.relief(stake, most, now.spent)
        return least / stake.worth, most_relief / stake.worth

    def _pace_now(self, index: int, now: Offer) -> float:
        stake = self._stakes[index]
        growth = Growth(self._stakes, self._bought, self._large, self._large)
        return growth.relief(stake, now.spent, now.spent)[0] / stake.worth


def _is_behind(rival: Offer | None, winner: Offer, *, loses_ties: bool) -> bool:
    """Return whether the rival does not come first; None cannot be paid."""
    if rival is None or rival.rate > winner.rate:
        return True
    return loses_ties and rival.rate == winner.rate


def _least_lead(then: float, now: float, slowest: float, fastest: float, span: float) -> float:
    """Return a lower bound on the lead between two points, from bounds on its slope."""
    if fastest <= 0:
        return now
    if slowest >= 0:
        return then
    reach = fastest * span
    if slowest == float("-inf") or then == float("inf"):
        return now - reach - SLACK * max(now, reach)
    at = min(max((then - now + reach) / (fastest - slowest), 0.0), span)
    return then + slowest * at - SLACK * max(then, now, reach, -slowest * span)


def pays_from(
    stakes: Sequence[Stake], bought: Sequence[int], rival: int, small: Purses, large: Purses
) -> float:
    """Return about from which endowment on the rival, payable at the larger one, can be paid."""
    stake = stakes[rival]
    growth = Growth(stakes, bought, large, large)
    short_then = float(stake.cost - small.money(stake.classes))
    short = float(stake.cost - large.money(stake.classes))
    slope = -float(growth.low[stake.classes] @ stake.voters)
    span = float(large.endowment - small.endowment)
    return float(small.endowment) + _crossing(short_then, short, slope, span)


def _crossing(then: float, now: float, slope: float, span: float) -> float:
    """Return about how far from the smaller endowment a lead is lost.

    then, now: at the ends, now lost; slope: at the larger endowment.
    """
    if slope < 0 and span - now / slope > 0:
        return span - now / slope
    return span * then / (then - now) if then > now else span / 2
