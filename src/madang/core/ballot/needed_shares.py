"""How many further supporters would have carried a losing project under Equal Shares.

docs/algorithms/needed.md has the proofs.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np

from madang.core.ballot.contest import Contest
from madang.core.ballot.count import Count
from madang.core.ballot.course import NEVER, Course, Leg, OutOfWork, may_meet
from madang.core.ballot.equal_shares import Market
from madang.core.ballot.race import Clash
from madang.core.ballot.stake import ranks_of, stakes_of

GAP = 1 << 20  # the gaps between legs are so much smaller than the unit
MARKS_A_RUN = 1 << 14  # a run among more approvals (of classes) is charged as several
MOST_LEGS = 1 << 10
MOST_RUNS = 1 << 10
SMALLEST_COVER = 16  # further supporters
CHUNK = 1 << 12
FARTHEST = 1 << 34  # further supporters; so many people there are not


def course_of(count: Count, losers: Sequence[int]) -> Course:
    """Return the course of the count's election, in which these projects lose."""
    election, rule = count.election, count.rule
    market = Market(election.voters, stakes_of(election, rule.utility), ranks_of(election))
    voters, budget = election.voter_count, election.budget_parts
    unit = election.unit if rule.completion.grows_endowment else Fraction(budget, voters**2)
    return Course(
        market,
        losers,
        start=Fraction(budget, voters + SMALLEST_COVER),
        step=Fraction(unit, GAP),
        most_legs=MOST_LEGS // charge_for(market) + 1,
    )


def charge_for(market: Market) -> int:
    """Return how many runs a run of this market is charged as."""
    return 1 + sum(stake.classes.size for stake in market.stakes) // MARKS_A_RUN


class Windows:
    """Which numbers of further supporters may do: outside all windows, all provably lose."""

    def __init__(self, contest: Contest) -> None:
        self._contest, self._grows = contest, contest.completion.grows_endowment
        self._found: dict[Leg, tuple[int, int]] = {}
        self._legs: list[Leg] = []
        self._gaps: list[tuple[Fraction, Fraction]] = []
        self._most = 0  # numbers covered

    def next_from(self, further: int) -> int:
        """Return the least number from this one on that may do. Raises OutOfWork."""
        while True:
            if further > self._most:
                self._cover(2 * further)
            windows = (self._found[leg] for leg in self._legs)
            within = min(
                (max(low, further) for low, high in windows if high >= further), default=NEVER
            )
            least = min(within, self._between_legs(further, min(within, self._most + 1)))
            if least <= self._most:
                return least
            further = self._most + 1

    def _cover(self, further: int) -> None:
        contest = self._contest
        contest.course.cover(contest.start(further))
        self._most = floor(contest.budget / contest.course.low) - contest.election.voter_count
        self._legs = self._relevant()
        self._gaps = [(a.high, b.low) for a, b in pairwise(self._legs) if a.high < b.low]
        for place, leg in enumerate(self._legs):
            if leg not in self._found:
                self._found[leg] = self._window(place)

    def _relevant(self) -> list[Leg]:
        """Return the legs up to one in which the count certainly ends."""
        contest, legs = self._contest, list[Leg]()
        top = contest.start(1)
        ends_from = None  # where legs begin that adjoin and all end the count
        for leg in contest.course.legs(0):
            adjoins = bool(legs) and legs[-1].high == leg.low
            legs.append(leg)
            if leg.high < top:
                continue
            if not self._grows:
                break
            if not self._ends(leg):
                ends_from = None
                continue
            if ends_from is None or not adjoins:
                ends_from = max(leg.low, top)
            if leg.high - ends_from >= contest.election.unit:
                break
        return legs

    def _ends(self, leg: Leg) -> bool:
        contest = self._contest
        return leg.cost > contest.budget or contest.exhausts(leg.bought, leg.cost)

    def _window(self, place: int) -> tuple[int, int]:
        """Return which numbers may win because of this leg, the least and the most."""
        contest, leg = self._contest, self._legs[place]
        prospect = leg.prospects[contest.index]
        least = prospect.behind + 1
        if not self._grows or leg.cost + contest.cost <= contest.budget:
            least = min(least, prospect.may_pay)
        least = min(least, max(contest.greedy_needs(leg.bought), self._may_end_from(place)))
        voters = contest.election.voter_count
        reaches = ceil(contest.budget / leg.high) - voters
        most = NEVER if self._grows else floor(contest.budget / leg.low) - voters
        return max(least, reaches), most

    def _may_end_from(self, place: int) -> int:
        """Return from how many on what this leg buys may be the result of Equal Shares."""
        contest, leg = self._contest, self._legs[place]
        if not self._grows or contest.exhausts(leg.bought, leg.cost):
            return 0
        least = NEVER
        for other in self._legs[place:]:
            if other.low > leg.high + contest.election.unit:
                break
            if other.cost > contest.budget:
                return 0
            if other.cost + contest.cost > contest.budget:
                least = min(least, other.prospects[contest.index].may_pay)
        return least

    def _between_legs(self, further: int, end: int) -> int:
        """Return the first number below `end` of which an endowment may fall between legs."""
        contest, gaps = self._contest, self._gaps
        if not self._grows or not gaps:
            return min((self._inside(gap, further) for gap in gaps), default=NEVER)
        lows, highs = np.array(gaps, dtype=np.float64).T[:, :, None]
        for begin in range(further, end, CHUNK):
            numbers = np.arange(begin, min(end, begin + CHUNK))
            starts = contest.budget / (contest.election.voter_count + numbers.astype(np.float64))
            hit = may_meet(starts, lows, highs, contest.election.unit).any(axis=0)
            if hit.any():
                return int(numbers[np.argmax(hit)])
        return NEVER

    def _inside(self, gap: tuple[Fraction, Fraction], further: int) -> int:
        contest = self._contest
        first = max(further, floor(contest.budget / gap[1]) + 1 - contest.election.voter_count)
        return first if contest.start(first) > gap[0] else NEVER


def fewest_with_growth(contest: Contest) -> tuple[int, bool]:
    """Return the fewest further supporters who would do under Add1, and whether none fewer do.

    The contest's runs go to the proof; where they do not suffice, as many as are in `MOST_RUNS`
    to an answer without one. Raises OutOfWork.
    """
    windows, further = Windows(contest), 1
    try:
        while True:
            further = windows.next_from(further)
            if contest.wins(further):
                return further, True
            further += 1
    except OutOfWork:
        contest.runs = MOST_RUNS // charge_for(contest.course.market)
    low = further - 1
    guess = _near(contest.seems_to_win, low)
    if contest.wins(guess):
        return _near_below(contest.wins, guess, low), False
    return _near(contest.wins, guess), False


def _near(wins: Callable[[int], bool], low: int) -> int:
    """Return a number that wins while one less loses, in growing strides above one that loses.

    Raises OutOfWork where none up to `FARTHEST` does.
    """
    stride = 1 + low // 64
    while not wins(high := low + stride):
        low, stride = high, stride * 2
        if low > FARTHEST:
            raise OutOfWork
    return _between(wins, low, high)


def _near_below(wins: Callable[[int], bool], high: int, lowest: int) -> int:
    """Return such a number in growing strides below one that wins; the lowest loses."""
    stride = 1
    while (low := max(lowest, high - stride)) > lowest and wins(low):
        high, stride = low, stride * 2
    return _between(wins, low, high)


def _between(wins: Callable[[int], bool], low: int, high: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    return high


def fewest_without_growth(contest: Contest) -> int | None:
    """Return the fewest further supporters who would do under none or utilitarian.

    Walk up, passing over numbers that provably lose.
    """
    least = _fewest_that_could_pay(contest)
    if contest.completion.ends_greedily:
        least = 1  # greedy does not ask whether they can pay
    if least is None:
        return None
    windows = Windows(contest)
    further, stride, narrows = least, 1, False
    while True:
        with suppress(OutOfWork):  # the course is as long as it may be
            further = windows.next_from(further)
        loses = _loses_throughout(contest, further, further + stride - 1)
        if stride == 1 and not loses:
            return further
        further += stride if loses else 0
        narrows = stride > 1 and (narrows or not loses)
        stride = stride // 2 if narrows else stride * 2


def _fewest_that_could_pay(contest: Contest) -> int | None:
    """Return the fewest further supporters with whom all shares of all supporters pay the cost."""
    election, cost, budget = contest.election, contest.cost, contest.budget
    short = cost * election.voter_count - election.support[contest.index] * budget
    if cost == budget:  # then every voter is needed, and further ones change nothing
        return None if short else 1
    return max(1, ceil(Fraction(short, budget - cost)))


def _loses_throughout(contest: Contest, least: int, most: int) -> bool:
    """Return whether the project provably loses with `least` to `most` further supporters.

    More supporters mean smaller endowments for all. The others alone are run at the smallest
    endowment; if the project, with the most supporters and the largest endowment, comes first in
    no round and is not affordable at the end, and no other order comes about, it loses at all
    between. With least = most this is exact, not only a proof in one direction.
    """
    others = contest.market(most, without=contest.index).sell(contest.start(most))
    if isinstance(contest.market(most).sell_alike(contest.start(least), others), Clash):
        return False
    return contest.greedy_needs(frozenset(others.bought)) > most
