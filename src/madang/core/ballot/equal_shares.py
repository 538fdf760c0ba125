"""The Method of Equal Shares, and its completion by growing endowments (Add1).

Every voter starts with the same share of the budget. In each round the project whose supporters
must pay the least per utility (the rate ρ) is bought, its price shared equally by utility, the
poorest giving all they have; a project that its supporters cannot pay is out.
Source: Peters, Pierczyński, Skowron (2021), "Proportional Participatory Budgeting with Additive
Utilities".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.purses import ABOVE, BELOW, Offer, Purses
from madang.core.ballot.stake import Stake


@dataclass(frozen=True, slots=True)
class Step:
    """One purchase.

    rate: ρ, the cost per utility at which it was bought.
    tied: other projects that could have been bought at the same rate.
    """

    project: int
    rate: Fraction
    tied: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Shares:
    """One run: the endowment of a voter (in parts), what it bought, and what it left."""

    endowment: Fraction
    steps: tuple[Step, ...]
    purses: Purses

    @property
    def bought(self) -> tuple[int, ...]:
        return tuple(step.project for step in self.steps)


class Market:
    """The projects of an election, ready to be sold again and again at different endowments."""

    def __init__(
        self,
        voters: NDArray[np.int64],
        stakes: Sequence[Stake],
        ranks: Sequence[int],
        *,
        without: int | None = None,
    ) -> None:
        """voters: (classes,); without: a project that is not for sale."""
        self.voters, self.stakes, self.ranks = voters, stakes, ranks
        self.wanted = [i for i, stake in enumerate(stakes) if stake.total_heft and i != without]
        self._floors = {
            index: stakes[index].cost / (stakes[index].total_heft * stakes[index].worth) * BELOW
            for index in self.wanted
        }

    def sell(self, endowment: Fraction) -> Shares:
        """Run Equal Shares with this endowment (in parts) for each voter."""
        purses, floors = self._open(endowment)
        steps = []
        while offers := self._offers(purses, floors, ceiling=0.0):
            steps.append(self._buy_best(purses, floors, offers))
        return Shares(endowment, tuple(steps), purses)

    def sell_alike(self, endowment: Fraction, earlier: Shares) -> Shares | None:
        """Return the run at a larger endowment if all between it and `earlier` buy the same.

        None if this cannot be shown. Proof (docs/algorithms/equal-shares.md): as long as the same
        projects are bought in the same order, what each voter has left never falls and no rate
        rises when the endowment grows. So where, in every round, each rival's rate at the larger
        endowment loses against the winner's rate at the smaller one, it loses at all between.
        """
        purses, floors = self._open(endowment)
        steps = []
        for step in earlier.steps:
            offers = self._offers(purses, floors, ceiling=float(step.rate) * ABOVE)
            if not self._has_no_rival(step, offers):
                return None
            steps.append(self._buy_best(purses, floors, offers))
        if self._offers(purses, floors, ceiling=0.0):
            return None
        return Shares(endowment, tuple(steps), purses)

    def _open(self, endowment: Fraction) -> tuple[Purses, dict[int, float]]:
        return Purses(self.voters, endowment, len(self.wanted)), dict(self._floors)

    def _offers(self, purses: Purses, floors: dict[int, float], ceiling: float) -> dict[int, Offer]:
        """Return the exact offers of all projects that may be the cheapest, or below the ceiling.

        floors: a lower bound on the rate of every open project. A rate only grows from round to
        round, so an old bound holds, and most projects need not be looked at. Those that cannot
        be paid any more are taken out.
        """
        offers: dict[int, Offer] = {}
        highest = float("inf")
        for index in sorted(floors, key=floors.__getitem__):
            if floors[index] > highest:
                break
            stake = self.stakes[index]
            estimate = purses.estimate(stake)
            if estimate is None:
                del floors[index]
                continue
            floors[index] = max(floors[index], estimate.floor / stake.worth * BELOW)
            if floors[index] <= highest:
                offers[index] = purses.offer(stake, estimate.poor)
                highest = min(highest, max(float(offers[index].rate) * ABOVE, ceiling))
        return offers

    def _buy_best(self, purses: Purses, floors: dict[int, float], offers: dict[int, Offer]) -> Step:
        best = min(offers, key=lambda index: (offers[index].rate, self.ranks[index]))
        rate = offers[best].rate
        tied = [index for index in offers if index != best and offers[index].rate == rate]
        purses.buy(self.stakes[best], offers[best])
        del floors[best]
        return Step(best, rate, tuple(sorted(tied, key=self.ranks.__getitem__)))

    def _has_no_rival(self, step: Step, offers: dict[int, Offer]) -> bool:
        """Return whether the step is on offer and no other offer would have beaten it before."""
        if step.project not in offers:
            return False
        mine = (step.rate, self.ranks[step.project])
        twin = self.stakes[step.project].fingerprint
        for index, offer in offers.items():
            if index == step.project or (offer.rate, self.ranks[index]) > mine:
                continue
            # A project that no voter can tell apart always has the same rate: the tie-break holds.
            alike = self.stakes[index].fingerprint == twin
            if not (alike and self.ranks[index] > self.ranks[step.project]):
                return False
        return True


def grow_endowment(market: Market, start: Shares, *, budget: int, unit: int) -> Shares:
    """Return the run of Add1: the endowment grows by one currency unit a voter at a time.

    It ends with the first run that leaves no wanted project affordable within the budget, or with
    the last one before the budget would be exceeded. Units that provably change nothing are
    passed over in strides.
    """
    accepted, stride = start, 1
    while not _is_exhaustive(market, accepted, budget):
        endowment = accepted.endowment + stride * unit
        if stride == 1:
            following: Shares | None = market.sell(endowment)
        else:
            following = market.sell_alike(endowment, accepted)
        if following is None:
            stride //= 2
            continue
        if _cost(market, following) > budget:
            return accepted
        stride = stride * 2 if following.bought == accepted.bought else 1
        accepted = following
    return accepted


def _cost(market: Market, shares: Shares) -> int:
    return sum(market.stakes[index].cost for index in shares.bought)


def _is_exhaustive(market: Market, shares: Shares, budget: int) -> bool:
    rest = budget - _cost(market, shares)
    bought = set(shares.bought)
    return all(market.stakes[index].cost > rest for index in market.wanted if index not in bought)
