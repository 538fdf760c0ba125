"""How many further supporters would have carried a losing project, exactly.

A further supporter is one more voter who lists this project alone; the budget stays, so under
Equal Shares everyone's endowment becomes a little smaller. docs/algorithms/needed.md has the
proofs of what is said here about each rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.count import Count, sell_shares
from madang.core.ballot.election import Election
from madang.core.ballot.equal_shares import Market
from madang.core.ballot.greedy import pick_greedily, score
from madang.core.ballot.phragmen import rounds
from madang.core.ballot.race import Clash
from madang.core.ballot.rule import Method, Utility
from madang.core.ballot.stake import Stake, ranks_of, stakes_of


@dataclass(frozen=True, slots=True)
class Needed:
    """The further supporters with whom a project would have won.

    voters:    0 for a winner; None where none would do, or where it was not counted.
    is_fewest: whether it is proved that no smaller number would do (or that none does). If not,
        the project would win with `voters`, would lose with one less, and smaller numbers in
        between were not all tried.
    """

    voters: int | None
    is_fewest: bool


NOT_COUNTED = Needed(None, is_fewest=False)
NONE_WOULD_DO = Needed(None, is_fewest=True)


def needed_support(count: Count, project: str, *, recounts: int) -> Needed:
    """Return with how many further supporters the project would have won.

    Greedy and Phragmén are solved directly, and Equal Shares without Add1 in a few dozen runs.
    recounts: how many whole counts may be made for a project under Add1 and Add1U, where nothing
        shorter is known. Points and Borda are not counted: how many points would a further
        supporter give?
    """
    index = count.election.index[project]
    cost, budget = count.election.costs[index], count.election.budget_parts
    if project in count.winners:
        return Needed(0, is_fewest=True)
    if cost > budget:
        return NONE_WOULD_DO
    if count.rule.method == Method.PHRAGMEN:
        return _phragmen_needed(count.election, index)
    if count.rule.utility not in (Utility.COST, Utility.CARDINALITY):
        return NOT_COUNTED
    if count.rule.method == Method.GREEDY:
        return _greedy_needed(count.election, count.rule.utility, index)
    if count.rule.completion.grows_endowment:
        return _recounted(count, index, recounts)
    return _equal_shares_needed(count, index)


def _greedy_needed(election: Election, utility: Utility, index: int) -> Needed:
    """Without the project, find the first pick after which it would not fit: it must precede it.

    More voters only move the project forward, where at least as much is left: any number above
    the fewest wins too.
    """
    stakes, ranks = stakes_of(election, utility), ranks_of(election)
    me = stakes[index]
    rest = election.budget_parts
    others = pick_greedily(stakes, ranks, budget=rest, without=index)
    for pick in others:
        rest -= stakes[pick.project].cost
        if me.cost > rest:
            break
    else:
        raise AssertionError("a project that fits beside all others is picked")
    per_voter = Fraction(me.worth, me.cost)
    further = (pick.score - score(me)) / per_voter
    wins_tie = ranks[index] < ranks[pick.project]
    return Needed(ceil(further) if wins_tie else floor(further) + 1, is_fewest=True)


def _phragmen_needed(election: Election, index: int) -> Needed:
    """Without the project, find for each round how many voters would bring it forward to there."""
    stakes, ranks = stakes_of(election, Utility.CARDINALITY), ranks_of(election)
    me = stakes[index]
    fewest: int | None = None
    budget = election.budget_parts
    for due in rounds(election.voters, stakes, ranks, budget=budget, without=index):
        if me.cost > due.rest:
            break
        if due.time is None:
            voters = 1
        else:
            ratio = due.loads.outlay(me) / due.time
            wins_tie = not due.stops and ranks[index] < ranks[due.due[0]]
            voters = ceil(ratio) if wins_tie else floor(ratio) + 1
        further = max(1, voters - me.voter_count)
        fewest = further if fewest is None else min(fewest, further)
    assert fewest is not None, "the project fits before the first round"
    return Needed(fewest, is_fewest=True)


# Equal Shares


class _OutOfRecounts(Exception):
    """The recounts allowed are used up."""


def _equal_shares_needed(count: Count, index: int) -> Needed:
    """Walk up from the least that could do, passing over numbers that provably lose."""
    fewest = _fewest_that_could_pay(count.election, index)
    if count.rule.completion.ends_greedily:
        fewest = 1  # greedy does not ask whether they can pay
    if fewest is None:
        return NONE_WOULD_DO
    voters = fewest
    stakes = stakes_of(count.election, count.rule.utility)
    stride, narrows = 64, False
    while True:
        loses = _loses_throughout(count, stakes, index, voters, voters + stride - 1)
        if stride == 1 and not loses:
            return Needed(voters, is_fewest=True)
        voters += stride if loses else 0
        # After the first failure the answer is most likely within one stride: close in on it.
        narrows = stride > 1 and (narrows or not loses)
        stride = stride // 2 if narrows else stride * 2


def _fewest_that_could_pay(election: Election, index: int) -> int | None:
    """Return the fewest further supporters with whom all shares of all supporters pay the cost."""
    cost, budget = election.costs[index], election.budget_parts
    short = cost * election.voter_count - election.support[index] * budget
    if cost == budget:  # then every voter is needed, and further ones change nothing
        return None if short else 1
    return max(1, ceil(Fraction(short, budget - cost)))


def _loses_throughout(
    count: Count, stakes: Sequence[Stake], index: int, least: int, most: int
) -> bool:
    """Return whether the project provably loses with `least` to `most` further supporters.

    More supporters mean smaller endowments for all. The others alone are run at the smallest
    endowment; if the project, with the most supporters and the largest endowment, beats none of
    their rates and is not affordable at the end, and no other order comes about, it loses at all
    between. With least = most this is exact, not only a proof in one direction.
    """
    election, ranks = count.election, ranks_of(count.election)
    voters, joined = _with_supporters(election, stakes, index, most)
    smallest, largest = (
        Fraction(election.budget_parts, election.voter_count + further) for further in (most, least)
    )
    others = Market(voters, joined, ranks, without=index).sell(smallest)
    if isinstance(Market(voters, joined, ranks).sell_alike(largest, others), Clash):
        return False
    if not count.rule.completion.ends_greedily:
        return True
    picks = pick_greedily(joined, ranks, budget=election.budget_parts, funded=others.bought)
    return all(pick.project != index for pick in picks)


def _recounted(count: Count, index: int, recounts: int) -> Needed:
    """Search by whole recounts, first near what the missing money suggests."""
    stakes = stakes_of(count.election, count.rule.utility)
    tried = {0: False}

    def wins(further: int) -> bool:
        if further not in tried:
            if len(tried) > recounts:
                raise _OutOfRecounts
            tried[further] = _is_funded(count, stakes, index, further)
        return tried[further]

    try:
        low, high = _bracket(wins, _first_guess(count, stakes[index]))
    except _OutOfRecounts:
        return NOT_COUNTED
    while high - low > 1:
        middle = (low + high) // 2
        try:
            low, high = (low, middle) if wins(middle) else (middle, high)
        except _OutOfRecounts:
            return NOT_COUNTED
    untried = [further for further in range(1, high) if further not in tried]
    if len(tried) + len(untried) > recounts:
        return Needed(high, is_fewest=not untried)
    return Needed(min([high, *filter(wins, untried)]), is_fewest=True)


def _bracket(wins: Callable[[int], bool], guess: int) -> tuple[int, int]:
    """Return a number that loses and a larger one that wins, in strides away from the guess."""
    stride = 1
    if wins(guess):
        high = guess
        while (low := max(0, high - stride)) and wins(low):
            high, stride = low, stride * 2
        return low, high
    low = guess
    while not wins(high := low + stride):
        low, stride = high, stride * 2
    return low, high


def _first_guess(count: Count, stake: Stake) -> int:
    """Return how many further endowments would pay what the supporters lack."""
    assert count.shares is not None, "only Equal Shares is searched by recounts"
    missing = stake.cost - count.shares.purses.money(stake.classes)
    return max(1, ceil(missing / count.shares.endowment))


def _is_funded(count: Count, stakes: Sequence[Stake], index: int, further: int) -> bool:
    election, ranks = count.election, ranks_of(count.election)
    voters, joined = _with_supporters(election, stakes, index, further)
    completion = count.rule.completion
    bought = sell_shares(election, Market(voters, joined, ranks), completion).bought
    if index in bought or not completion.ends_greedily:
        return index in bought
    picks = pick_greedily(joined, ranks, budget=election.budget_parts, funded=bought)
    return any(pick.project == index for pick in picks)


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
