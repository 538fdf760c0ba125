"""What each statement means to each group: counts, representativeness, consensus, division.

Pure: numpy in, numpy out. Source: Small et al. (2021), "Polis: Scaling Deliberation by Mapping
High Dimensional Opinion Spaces": the prior of one imagined agree and one imagined other vote,
the tests against one half and against the other groups, the 90 % threshold, five a list.
Divisiveness is ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.opinion.conversation import AGREE, DISAGREE, PASS

Z_90 = 1.2816  # one-sided, 90 %
STATEMENTS_A_LIST = 5


@dataclass(frozen=True)
class VoteCounts:
    """How many agreed, disagreed and passed: (statements,), or (groups, statements) by group."""

    agree: NDArray[np.int64]
    disagree: NDArray[np.int64]
    passed: NDArray[np.int64]

    @property
    def seen(self) -> NDArray[np.int64]:
        return self.agree + self.disagree + self.passed


@dataclass(frozen=True)
class Standout:
    """A statement that stands for a group (or, as consensus, for all), and how clearly.

    statement:   its column. stance: AGREE or DISAGREE, what they say to it.
    count, seen: how many say so, of how many who voted on it.
    share:       (count + 1) / (seen + 2).
    share_test:  z of `share` being above one half.
    ratio:       `share` over the share of everybody else; ratio_test: its z. Both 1.0 and 0.0
                 for consensus, where there is nobody else.
    """

    statement: int
    stance: int
    count: int
    seen: int
    share: float
    share_test: float
    ratio: float = 1.0
    ratio_test: float = 0.0


def count_votes(votes: NDArray[np.int8]) -> VoteCounts:
    """Return the counts of each statement over all rows."""
    return VoteCounts(
        *((votes == vote).sum(axis=0, dtype=np.int64) for vote in (AGREE, DISAGREE, PASS))
    )


def count_votes_by_group(
    votes: NDArray[np.int8], group_of: NDArray[np.intp], groups: int
) -> VoteCounts:
    """Return the counts of each statement in each group.

    votes: (participants, statements). group_of: (participants,), from 0, -1 for those in none.
    """
    by_group = [count_votes(votes[group_of == group]) for group in range(groups)]
    empty = np.zeros((0, votes.shape[1]), dtype=np.int64)
    return VoteCounts(
        agree=np.array([counts.agree for counts in by_group]) if by_group else empty,
        disagree=np.array([counts.disagree for counts in by_group]) if by_group else empty,
        passed=np.array([counts.passed for counts in by_group]) if by_group else empty,
    )


def group_informed_consensus(by_group: VoteCounts) -> NDArray[np.float64]:
    """Return, for each statement, the product over groups of (agree + 1) / (seen + 2).

    A probability between 0 and 1; 1/2 ** groups where nobody has voted.
    """
    consensus: NDArray[np.float64] = ((by_group.agree + 1.0) / (by_group.seen + 2.0)).prod(axis=0)
    return consensus


def divisiveness(by_group: VoteCounts) -> NDArray[np.float64]:
    """Return, for each statement, how far apart the two groups are that differ most; 0 to 1.

    Half the distance between their mean votes (agree - disagree) / (seen + 2). The two imagined
    passes keep a group that hardly voted near the middle. 0: all groups alike, or only one.
    This measure is ours.
    """
    mean_vote = (by_group.agree - by_group.disagree) / (by_group.seen + 2.0)
    spread: NDArray[np.float64] = (mean_vote.max(axis=0) - mean_vote.min(axis=0)) / 2.0
    return spread


def find_representative(
    by_group: VoteCounts, eligible: NDArray[np.bool_]
) -> tuple[tuple[Standout, ...], ...]:
    """Return for each group the statements that set it apart, the strongest first.

    Kept are those where both tests pass 90 %, ranked by ratio * ratio_test * share * share_test,
    at most five. Where none passes, the one with the largest ratio_test is kept alone. A group
    that voted on nothing eligible has none.

    eligible: (statements,), False for what is moderated out.
    """
    return tuple(
        _representative_of(by_group, group, eligible) for group in range(len(by_group.agree))
    )


def find_consensus(total: VoteCounts, eligible: NDArray[np.bool_]) -> tuple[Standout, ...]:
    """Return what most people agree on, then what most people reject, at most five of each.

    Kept are statements with a share above one half at 90 %, ranked by share * share_test.
    total: over everybody who voted, placed or not.
    """
    found: list[Standout] = []
    for stance, said in ((AGREE, total.agree), (DISAGREE, total.disagree)):
        share = (said + 1.0) / (total.seen + 2.0)
        test = _share_test(said, total.seen)
        passing = np.flatnonzero(eligible & (share > 0.5) & (test > Z_90))
        ranked = passing[np.argsort(-(share * test)[passing], kind="stable")]
        found += [
            Standout(
                int(n), stance, int(said[n]), int(total.seen[n]), float(share[n]), float(test[n])
            )
            for n in ranked[:STATEMENTS_A_LIST]
        ]
    return tuple(found)


def _representative_of(
    by_group: VoteCounts, group: int, eligible: NDArray[np.bool_]
) -> tuple[Standout, ...]:
    seen = by_group.seen
    others_seen = seen.sum(axis=0) - seen[group]
    passing: dict[int, Standout] = {}
    best: Standout | None = None
    for stance, said in ((AGREE, by_group.agree), (DISAGREE, by_group.disagree)):
        others_said = said.sum(axis=0) - said[group]
        share = (said[group] + 1.0) / (seen[group] + 2.0)
        ratio = share / ((others_said + 1.0) / (others_seen + 2.0))
        share_test = _share_test(said[group], seen[group])
        ratio_test = _difference_test(said[group], seen[group], others_said, others_seen)
        for n in np.flatnonzero(eligible & (seen[group] > 0)):
            standout = Standout(
                statement=int(n),
                stance=stance,
                count=int(said[group, n]),
                seen=int(seen[group, n]),
                share=float(share[n]),
                share_test=float(share_test[n]),
                ratio=float(ratio[n]),
                ratio_test=float(ratio_test[n]),
            )
            if best is None or standout.ratio_test > best.ratio_test:
                best = standout
            if standout.share_test > Z_90 and standout.ratio_test > Z_90:
                passing[standout.statement] = standout
    if not passing:
        return () if best is None else (best,)
    ranked = sorted(passing.values(), key=lambda found: (-_strength(found), found.statement))
    return tuple(ranked[:STATEMENTS_A_LIST])


def _strength(standout: Standout) -> float:
    return standout.ratio * standout.ratio_test * standout.share * standout.share_test


def _share_test(count: NDArray[np.int64], seen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the z of count / seen being one half, with one imagined vote that says so."""
    test: NDArray[np.float64] = 2.0 * np.sqrt(seen + 1.0) * ((count + 1.0) / (seen + 1.0) - 0.5)
    return test


def _difference_test(
    count: NDArray[np.int64],
    seen: NDArray[np.int64],
    others_count: NDArray[np.int64],
    others_seen: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the z of two shares being equal, pooled, with one imagined vote each that says so.

    0 where everybody says so: there is nothing to tell apart.
    """
    share = (count + 1.0) / (seen + 1.0)
    others_share = (others_count + 1.0) / (others_seen + 1.0)
    pooled = (count + others_count + 2.0) / (seen + others_seen + 2.0)
    spread = np.sqrt(pooled * (1.0 - pooled) * (1.0 / (seen + 1.0) + 1.0 / (others_seen + 1.0)))
    test: NDArray[np.float64] = np.divide(
        share - others_share, spread, out=np.zeros_like(share), where=spread > 0.0
    )
    return test
