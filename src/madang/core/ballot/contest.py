"""Whether a losing project would win Equal Shares with a number of further supporters, exactly."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.count import Count
from madang.core.ballot.course import NEVER, Course, Leg, OutOfWork, may_meet
from madang.core.ballot.election import Election
from madang.core.ballot.equal_shares import Market
from madang.core.ballot.greedy import pick_greedily, score
from madang.core.ballot.growth import cost_of, is_exhaustive, stretches
from madang.core.ballot.stake import Stake, ranks_of, stakes_of

Bought = frozenset[int]

BACK = 64  # a guess begins this part of the way before where Add1 last ended


class Contest:
    """One losing project against all others, with any number of further supporters.

    runs: how many runs of Equal Shares may still be made.
    """

    def __init__(self, count: Count, course: Course, index: int, runs: int) -> None:
        self.election, self.course, self.index, self.runs = count.election, course, index, runs
        self.completion = count.rule.completion
        self.stakes = stakes_of(count.election, count.rule.utility)
        self.cost, self.budget = self.stakes[index].cost, count.election.budget_parts
        self._ranks = ranks_of(count.election)
        self.ended = self.start(0)  # the endowment at which Add1 last ended, when counted anew
        self._greedy: dict[Bought, int] = {}
        wanted = {index, *course.market.wanted}
        self._wanted = sorted(wanted, key=lambda other: self.stakes[other].cost)
        self._quiet = np.zeros(0, dtype=np.int64)
        self._gap_lows = self._gap_highs = np.zeros(0)

    def start(self, further: int) -> Fraction:
        """Return everybody's share of the budget, the first endowment."""
        return Fraction(self.budget, self.election.voter_count + further)

    def wins(self, further: int) -> bool:
        """Return whether the project wins under Add1 or Add1U. Raises OutOfWork.

        Endowments stand on a grid, one currency unit apart. Where the course says what is bought,
        it is believed; a place of the grid that it leaves open is counted anew.
        """
        place, before = 0, Bought()
        try:
            first_leg, place, before = self._skip_quiet_legs(further)
            for leg in self.course.legs(first_leg):
                first, last = self._places(leg, further)
                if first > place:  # between two legs
                    found = self._count_anew(further, place, first - 1, before)
                    if isinstance(found, bool):
                        return found
                    before, place = found, first
                if last >= place:
                    found = self._pass(leg, further, place, last, before)
                    if isinstance(found, bool):
                        return found
                    before, place = found, last + 1
        except OutOfWork:
            if self.runs <= 0:
                raise
        # The course is as long as it may be.
        won = self._count_anew(further, place, None, before)
        assert isinstance(won, bool), "endowments grow until something happens"
        return won

    def _skip_quiet_legs(self, further: int) -> tuple[int, int, Bought]:
        """Return the first leg that may matter, the next place, and what was bought before."""
        start = self.start(further)
        first = self.course.first(start)
        if start < self.course.low:
            return first, 0, Bought()
        self._note_legs()
        quiet, lows, highs = self._quiet[first:], self._gap_lows[first:], self._gap_highs[first:]
        matters = quiet <= further
        matters |= may_meet(float(start), lows, highs, self.election.unit)
        leg = first + (int(np.argmax(matters)) if matters.any() else matters.size)
        for passed in reversed(self.course.known[first:leg]):
            first_place, last_place = self._places(passed, further)
            if last_place >= first_place:
                return leg, last_place + 1, passed.bought
        return leg, 0, Bought()

    def _note_legs(self) -> None:
        """Note beside the legs up to which number they are quiet, and the gaps before them."""
        legs = self.course.known
        if len(legs) == self._quiet.size:  # legs are only ever added
            return
        self._quiet = np.array([self._quiet_below(leg) for leg in legs], dtype=np.int64)
        lows = [float(leg.low) for leg in legs]
        self._gap_highs = np.array(lows)
        self._gap_lows = np.array([lows[0], *(float(leg.high) for leg in legs[:-1])])

    def _quiet_below(self, leg: Leg) -> int:
        """Return below which number the leg neither sells the project nor ends the count."""
        prospect = leg.prospects[self.index]
        ends = leg.cost > self.budget or self.exhausts(leg.bought, leg.cost)
        return 0 if ends else min(prospect.behind + 1, prospect.may_pay)

    def _places(self, leg: Leg, further: int) -> tuple[int, int]:
        """Return the first and the last place of the grid in the leg; the last may be smaller."""
        voters, unit = self.election.voter_count + further, self.election.unit
        low, high = leg.low.as_integer_ratio(), leg.high.as_integer_ratio()
        first = -((self.budget * low[1] - low[0] * voters) // (low[1] * voters * unit))
        last = (high[0] * voters - self.budget * high[1]) // (high[1] * voters * unit)
        return max(0, first), last

    def _pass(self, leg: Leg, further: int, first: int, last: int, before: Bought) -> bool | Bought:
        """Return whether the project wins if Add1 ends in this leg, else what is bought last."""
        prospect, bought, cost = leg.prospects[self.index], leg.bought, leg.cost
        is_open = further > prospect.behind
        if further >= prospect.pays:
            bought, cost = bought | {self.index}, cost + self.cost
        elif further >= prospect.may_pay:
            # It is bought, if at all, beyond the budget: that ends Add1, and what else does, too,
            # leaves what the leg or what stood before it bought.
            ends = cost + self.cost > self.budget
            is_open = (
                is_open
                or not ends
                or any(self.wins_with(funded, further) for funded in (leg.bought, before))
            )
        if is_open:
            return self._count_anew(further, first, last, before)
        if cost > self.budget:
            return self.wins_with(before, further)
        return self.wins_with(bought, further) if self.exhausts(bought, cost) else bought

    def exhausts(self, bought: Bought, cost: int) -> bool:
        """Return whether nothing else that anybody, or a further supporter, wants would fit."""
        cheapest = next((index for index in self._wanted if index not in bought), None)
        return cheapest is None or self.stakes[cheapest].cost > self.budget - cost

    def _count_anew(
        self, further: int, first: int, last: int | None, before: Bought
    ) -> bool | Bought:
        """Return as `_pass` does, from one place of the grid to another, by runs."""
        if self.runs <= 0:
            raise OutOfWork
        start, unit = self.start(further), self.election.unit
        market = self.market(further)
        end = None if last is None else start + (last + 1) * unit
        shares = market.sell(start + first * unit)
        for stretch in stretches(market, shares, Fraction(unit), end=end):
            if market.runs > self.runs:
                self.runs = 0
                raise OutOfWork
            self.ended = stretch.first.endowment
            if cost_of(market, stretch.last.bought) > self.budget:
                break
            before = Bought(stretch.last.bought)
            if is_exhaustive(market, stretch.first.bought, self.budget):
                break
        else:
            self.runs -= market.runs
            return before
        self.runs -= market.runs
        return self.wins_with(before, further)

    def seems_to_win(self, further: int) -> bool:
        """Return what would be the answer if Add1 did not end much before where it last ended."""
        start, unit = self.start(further), self.election.unit
        place = max(0, int((self.ended - start) / unit))
        back = 2 + place // BACK
        while True:
            place = max(0, place - back)
            found = self._count_anew(further, place, None, Bought())
            assert isinstance(found, bool), "endowments grow until something happens"
            if not place or self.ended > start + place * unit:
                return found
            back *= 2

    def market(self, further: int, *, without: int | None = None) -> Market:
        """Return the market with one more class, of voters for this project alone."""
        voters, joined = _with_supporters(self.election, self.stakes, self.index, further)
        return Market(voters, joined, self._ranks, without=without)

    # What Equal Shares leaves over

    def wins_with(self, bought: Bought, further: int) -> bool:
        """Return whether the project is among these, or is funded greedily after them."""
        return self.index in bought or self.greedy_needs(bought) <= further

    def greedy_needs(self, funded: Bought) -> int:
        """Return with how many further supporters greedy would pick the project, after these."""
        if not self.completion.ends_greedily:
            return NEVER
        if funded not in self._greedy:
            self._greedy[funded] = fewest_for_greedy(
                self.stakes, self._ranks, self.index, budget=self.budget, funded=funded
            )
        return self._greedy[funded]


def fewest_for_greedy(
    stakes: Sequence[Stake],
    ranks: Sequence[int],
    index: int,
    *,
    budget: int,
    funded: Bought = frozenset(),
) -> int:
    """Return the fewest further supporters with whom greedy picks the project beside `funded`.

    Without the project, find the first pick after which it would not fit: it must precede it.
    More voters only move the project forward, where at least as much is left: any number above
    the fewest does too. NEVER where it does not fit beside `funded`.
    """
    me = stakes[index]
    rest = budget - sum(stakes[other].cost for other in funded)
    if me.cost > rest:
        return NEVER
    for pick in pick_greedily(stakes, ranks, budget=budget, funded=funded, without=index):
        rest -= stakes[pick.project].cost
        if me.cost > rest:
            further = (pick.score - score(me)) / Fraction(me.worth, me.cost)
            wins_tie = ranks[index] < ranks[pick.project]
            return max(0, ceil(further) if wins_tie else floor(further) + 1)
    return 0  # it fits beside all others


def _with_supporters(
    election: Election, stakes: Sequence[Stake], index: int, further: int
) -> tuple[NDArray[np.int64], list[Stake]]:
    """Return voters and stakes with one more class, of voters for this project alone."""
    me, joined = stakes[index], list(stakes)
    joined[index] = Stake(
        classes=np.append(me.classes, election.voters.size),
        voters=np.append(me.voters, further),
        weights=np.append(me.weights, 1),
        worth=me.worth,
        cost=me.cost,
    )
    return np.append(election.voters, further), joined
