"""How many further supporters would have carried a losing project, exactly.

A further supporter is one more voter who lists this project alone; the budget stays, so under
Equal Shares everyone's endowment becomes a little smaller. docs/algorithms/needed.md has the
proofs of what is said here about each rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from madang.core.ballot.contest import Contest, fewest_for_greedy
from madang.core.ballot.count import Count
from madang.core.ballot.course import Course, OutOfWork
from madang.core.ballot.election import Election
from madang.core.ballot.needed_shares import (
    charge_for,
    course_of,
    fewest_with_growth,
    fewest_without_growth,
)
from madang.core.ballot.phragmen import rounds
from madang.core.ballot.rule import Method, Utility
from madang.core.ballot.stake import ranks_of, stakes_of


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


def needed_support(
    count: Count, project: str, *, recounts: int, course: Course | None = None
) -> Needed:
    """Return with how many further supporters the project would have won.

    recounts: how many runs of Equal Shares the proof may take under Add1 and Add1U; in a large
        election each is charged as several. Where they do not suffice, a number is looked for
        that is not proved to be the fewest. Other rules need no limit.
    course: see `course_for`; it can be shared by all losing projects of a count.

    Points and Borda are not counted: how many points would a further supporter give?
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
    return _equal_shares_needed(count, index, course or course_for(count, [project]), recounts)


def course_for(count: Count, projects: Iterable[str]) -> Course | None:
    """Return what is common to the search for all losing ones of these projects, if anything."""
    rule, election = count.rule, count.election
    counted = rule.utility in (Utility.COST, Utility.CARDINALITY)
    if rule.method != Method.EQUAL_SHARES or not counted:
        return None
    losers = [election.index[id_] for id_ in projects if id_ not in count.winners]
    return course_of(count, losers)


def _greedy_needed(election: Election, utility: Utility, index: int) -> Needed:
    fewest = fewest_for_greedy(
        stakes_of(election, utility), ranks_of(election), index, budget=election.budget_parts
    )
    return Needed(fewest, is_fewest=True)


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


def _equal_shares_needed(count: Count, index: int, course: Course | None, recounts: int) -> Needed:
    assert course is not None, "Equal Shares has a course"
    contest = Contest(count, course, index, recounts // charge_for(course.market))
    if not count.rule.completion.grows_endowment:
        fewest = fewest_without_growth(contest)
        return NONE_WOULD_DO if fewest is None else Needed(fewest, is_fewest=True)
    try:
        return Needed(*fewest_with_growth(contest))
    except OutOfWork:
        return NOT_COUNTED
