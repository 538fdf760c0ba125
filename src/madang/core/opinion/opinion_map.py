"""Draw the opinion map: who stands where, in which group, and what the groups say.

The same votes in the same order give the same map; there is no random number in it. "No groups"
is an answer: too few people, or nobody differs from anybody.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.opinion.conversation import AGREE, DISAGREE, PASS, UNSEEN
from madang.core.opinion.grouping import (
    BaseClusters,
    find_base_clusters,
    largest_k,
    silhouette,
    split_into_groups,
)
from madang.core.opinion.positions import find_placed, place_participants
from madang.core.opinion.statistics import (
    Standout,
    VoteCounts,
    count_votes,
    count_votes_by_group,
    divisiveness,
    find_consensus,
    find_representative,
    group_informed_consensus,
)

# Stored with every map: it changes whenever the same votes would give other numbers.
CORE_VERSION = "opinion-1"

NO_GROUP = -1


@dataclass(frozen=True)
class OpinionMap:
    """A map. Rows and columns are those of the votes it was drawn from.

    placed:         (participants,); False for those with too few votes.
    positions:      (participants, 2); NaN for those not placed, for nothing is known of them.
    group_of:       (participants,); group from 0, NO_GROUP for those not placed or if no groups.
    group_sizes:    people in each group, the largest first; empty if there are no groups.
    k_given:        the number of groups was given, not found.
    silhouettes:    (k, mean silhouette of people at their base clusters) for each k that was tried.
    moderated_out:  (statements,); in no list of representative or consensus statements.
    total:          votes of everybody, placed or not. by_group: (groups, statements).
    consensus:      (statements,); group-informed consensus. Without groups all placed people
                    count as one group. divisiveness: (statements,).
    representative: a tuple of statements for each group, the strongest first.
    consensus_statements: what most people agree on, then what most reject.
    """

    placed: NDArray[np.bool_]
    positions: NDArray[np.float64]
    group_of: NDArray[np.intp]
    group_sizes: tuple[int, ...]
    k_given: bool
    silhouettes: tuple[tuple[int, float], ...]
    moderated_out: NDArray[np.bool_]
    total: VoteCounts
    by_group: VoteCounts
    consensus: NDArray[np.float64]
    divisiveness: NDArray[np.float64]
    representative: tuple[tuple[Standout, ...], ...]
    consensus_statements: tuple[Standout, ...]


@dataclass(frozen=True)
class _Grouping:
    group_of: NDArray[np.intp]  # (placed participants,)
    sizes: tuple[int, ...]
    silhouettes: tuple[tuple[int, float], ...]


def draw_map(
    votes: NDArray[np.int8],
    *,
    moderated_out: NDArray[np.bool_] | None = None,
    groups: int | None = None,
) -> OpinionMap:
    """Return the map of the votes.

    votes:         (participants, statements); AGREE, PASS, DISAGREE or UNSEEN. Rows in the order
                   in which people came: it decides where the base clusters start.
    moderated_out: (statements,); none where not given.
    groups:        how many groups to make; None finds 2 to 5 by silhouette, or none.

    Raises ValueError on a wrong shape or a value that is no vote. Raises BadInput where `groups`
    is below 2 or more than the map has different places. A map on which all stand in one place
    has no groups, whatever `groups` asks for.
    """
    out = np.zeros(votes.shape[-1], dtype=np.bool_) if moderated_out is None else moderated_out
    if votes.ndim != 2 or out.shape != votes.shape[1:]:
        raise ValueError(f"votes {votes.shape} and moderated_out {out.shape} do not match")
    if not np.isin(votes, (AGREE, PASS, DISAGREE, UNSEEN)).all():
        raise ValueError("votes hold a value that is no vote")
    if groups is not None and groups < 2:
        raise BadInput("groups", None, "There must be at least 2 groups, not {k}.", k=groups)

    placed = find_placed(votes)
    positions = np.full((votes.shape[0], 2), np.nan)
    positions[placed] = place_participants(votes[placed], out)
    found = _find_groups(positions[placed], groups)
    group_of = np.full(votes.shape[0], NO_GROUP, dtype=np.intp)
    group_of[placed] = found.group_of

    total = count_votes(votes)
    by_group = count_votes_by_group(votes, group_of, len(found.sizes))
    # Without groups, all who are placed are one.
    together = by_group if found.sizes else count_votes_by_group(votes, placed - 1, 1)
    return OpinionMap(
        placed=placed,
        positions=positions,
        group_of=group_of,
        group_sizes=found.sizes,
        k_given=groups is not None,
        silhouettes=found.silhouettes,
        moderated_out=out,
        total=total,
        by_group=by_group,
        consensus=group_informed_consensus(together),
        divisiveness=divisiveness(together),
        representative=find_representative(by_group, ~out),
        consensus_statements=find_consensus(total, ~out),
    )


def _find_groups(positions: NDArray[np.float64], groups: int | None) -> _Grouping:
    """Group the people who are placed. Without a number given, no split that fits worse than
    chance (a mean silhouette of 0) is taken for groups."""
    none = np.full(len(positions), NO_GROUP, dtype=np.intp)
    if not len(positions):
        return _Grouping(none, (), ())
    base = find_base_clusters(positions)
    possible = len(base.centres)
    if possible < 2:
        return _Grouping(none, (), ())
    if groups is not None and groups > possible:
        raise BadInput(
            "groups",
            None,
            "{k} groups were asked for, but the map has only {possible} different places.",
            k=groups,
            possible=possible,
        )
    tried = range(2, largest_k(base) + 1) if groups is None else [groups]
    splits = {k: split_into_groups(base, k) for k in tried}
    silhouettes = {k: silhouette(base, split) for k, split in splits.items()}
    best = max(silhouettes, key=lambda k: (round(silhouettes[k], 9), -k))
    scores = tuple(silhouettes.items())
    if groups is None and silhouettes[best] <= 0.0:
        return _Grouping(none, (), scores)
    group_of, sizes = _largest_first(base, splits[best])
    return _Grouping(group_of, sizes, scores)


def _largest_first(
    base: BaseClusters, split: NDArray[np.intp]
) -> tuple[NDArray[np.intp], tuple[int, ...]]:
    """Number the groups by size; of equal ones, the one with the earlier participant first."""
    group_of = split[base.of]
    _, first, sizes = np.unique(group_of, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return rank[group_of], tuple(int(size) for size in sizes[order])
