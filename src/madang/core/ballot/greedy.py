"""Greedy counting: the best supported project first, one that does not fit is skipped.

Under cost utility "best supported" means most voters; under the other utilities, most utility per
cost. Projects that nobody supports come last, and are funded where they fit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from madang.core.ballot.stake import Stake


@dataclass(frozen=True, slots=True)
class Pick:
    """One project funded, its score, and those with the same score that would have fitted too."""

    project: int
    score: Fraction
    tied: tuple[int, ...]


def score(stake: Stake) -> Fraction:
    """Return the utility of all voters per cost; under cost utility that is their number."""
    return Fraction(stake.total_heft * stake.worth, stake.cost)


def pick_greedily(
    stakes: Sequence[Stake],
    ranks: Sequence[int],
    *,
    budget: int,
    funded: Iterable[int] = (),
    without: int | None = None,
) -> list[Pick]:
    """Return what the budget left beside `funded` is spent on, in the order of picking.

    without: a project that does not take part.
    """
    taken = set(funded)
    rest = budget - sum(stakes[index].cost for index in taken)
    scores = {
        index: score(stake)
        for index, stake in enumerate(stakes)
        if index not in taken and index != without
    }
    order = sorted(scores, key=lambda index: (-scores[index], ranks[index]))
    picks = []
    for place, index in enumerate(order):
        if stakes[index].cost > rest:
            continue
        tied = []
        for other in order[place + 1 :]:
            if scores[other] != scores[index]:
                break
            if stakes[other].cost <= rest:
                tied.append(other)
        picks.append(Pick(index, scores[index], tuple(tied)))
        rest -= stakes[index].cost
    return picks
