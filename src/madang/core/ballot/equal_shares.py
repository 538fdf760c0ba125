"""The Method of Equal Shares: one run, and whether a run at a larger endowment is the same.

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
from madang.core.ballot.race import Clash, Race, pays_from
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
        self.runs = 0  # made so far, a measure of work that is the same on every machine
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

    def sell_alike(self, endowment: Fraction, earlier: Shares) -> Shares | Clash:
        """Return the run at a larger endowment if all between it and `earlier` buy the same.

        A clash if this cannot be shown. docs/algorithms/equal-shares.md has the proof: as long as
        the same projects are bought in the same order, what each voter has left never falls and
        no rate rises when the endowment grows.
        """
        purses, floors = self._open(endowment)
        steps: list[Step] = []
        for step in earlier.steps:
            offers = self._offers(purses, floors, ceiling=float(step.rate) * ABOVE)
            if rivals := self._rivals(step, offers):
                bought = [before.project for before in steps]
                then = earlier.purses.before(len(steps))
                race = Race(self.stakes, bought, step.project, then, purses)
                if clash := self._lost(race, step.project, rivals, offers):
                    return clash
            steps.append(self._buy_best(purses, floors, offers))
        if affordable := self._offers(purses, floors, ceiling=0.0):
            order, then = earlier.bought, earlier.purses
            near = min(pays_from(self.stakes, order, i, then, purses) for i in affordable)
            return Clash(near, changes=True)
        return Shares(endowment, tuple(steps), purses)

    def _lost(
        self, race: Race, winner: int, rivals: Sequence[int], offers: dict[int, Offer]
    ) -> Clash | None:
        for rival in rivals:
            loses_ties = self.ranks[rival] > self.ranks[winner]
            clash = race.clash(rival, offers[winner], offers[rival], loses_ties=loses_ties)
            if clash is not None:
                return clash
        return None

    def _open(self, endowment: Fraction) -> tuple[Purses, dict[int, float]]:
        self.runs += 1
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
            estimate = purses.estimate(stake, floors[index] * stake.worth)
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

    def _rivals(self, step: Step, offers: dict[int, Offer]) -> list[int]:
        """Return the projects that now, at a larger endowment, would have beaten the step then."""
        mine = (step.rate, self.ranks[step.project])
        twin = self.stakes[step.project].fingerprint
        rivals = []
        for index, offer in offers.items():
            if index == step.project or (offer.rate, self.ranks[index]) > mine:
                continue
            # A project that no voter can tell apart always has the same rate: the tie-break holds.
            alike = self.stakes[index].fingerprint == twin
            if not (alike and self.ranks[index] > self.ranks[step.project]):
                rivals.append(index)
        return rivals
