"""Find groups among positions: base clusters first, then k-means with k by silhouette.

Source: the method that Polis publishes (Small et al. 2021): at most 100 base clusters, started
from the first people in encounter order; k-means over them, weighted by their size; k with the
best mean silhouette. Ours: the groups start from equal shares of people along the first axis, not
from the first base clusters, so that nobody's early vote decides where a group begins; where that
start runs into a clearly worse split than starting from the extremes does, the latter is taken;
and the silhouette counts people, not base clusters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BASE_CLUSTERS = 100
LARGEST_K = 5
BASE_CLUSTERS_PER_FURTHER_GROUP = 12
MOST_ROUNDS = 100

# The start from the extremes must leave this much less squared distance to be preferred. Smaller
# gains come and go with a few votes, and a map that jumps between two splits helps nobody.
CLEAR_GAIN = 0.01


@dataclass(frozen=True)
class BaseClusters:
    """Crowds of people who stand close together.

    centres: (clusters, 2). weights: (clusters,), people in each.
    of:      (participants,), the base cluster of each participant.
    """

    centres: NDArray[np.float64]
    weights: NDArray[np.float64]
    of: NDArray[np.intp]


def find_base_clusters(positions: NDArray[np.float64]) -> BaseClusters:
    """Return at most BASE_CLUSTERS crowds; fewer where fewer different positions exist.

    positions: (participants, 2), in encounter order: the first different positions are the
               starting centres, so the order of rows is part of the input.
    """
    # Positions that differ by rounding only are one position on every machine.
    _, first = np.unique(positions.round(9) + 0.0, axis=0, return_index=True)
    starts = positions[np.sort(first)[:BASE_CLUSTERS]]
    found = _k_means(positions, np.ones(len(positions)), starts)
    used, of = np.unique(found, return_inverse=True)
    weights = np.bincount(of, minlength=used.size).astype(np.float64)
    centres = _means(positions, np.ones(len(positions)), of, used.size)
    return BaseClusters(centres, weights, of)


def largest_k(base: BaseClusters) -> int:
    """Return the largest k worth trying: five, fewer where there are few base clusters."""
    count = len(base.centres)
    return min(LARGEST_K, 2 + count // BASE_CLUSTERS_PER_FURTHER_GROUP, count)


def split_into_groups(base: BaseClusters, k: int) -> NDArray[np.intp]:
    """Return the group, from 0, of each base cluster; k groups, none empty, or ValueError."""
    if not 2 <= k <= len(base.centres):
        raise ValueError(f"{len(base.centres)} base clusters do not make {k} groups")
    along = _k_means(base.centres, base.weights, _starts_along_first_axis(base, k))
    apart = _k_means(base.centres, base.weights, _starts_far_apart(base, k))
    # One outlier is no group: a person alone always lowers the distance and explains nothing.
    leaves_nobody_alone = np.bincount(apart, base.weights).min() > 1
    allowed = _distance_left(base, along) * (1.0 - CLEAR_GAIN)
    return apart if leaves_nobody_alone and _distance_left(base, apart) < allowed else along


def _distance_left(base: BaseClusters, group_of: NDArray[np.intp]) -> float:
    """Return the squared distance of all people to the centres of their groups, summed."""
    centres = _means(base.centres, base.weights, group_of, int(group_of.max()) + 1)
    return float((base.weights * ((base.centres - centres[group_of]) ** 2).sum(axis=1)).sum())


def silhouette(base: BaseClusters, group_of: NDArray[np.intp]) -> float:
    """Return the mean silhouette, -1 to 1, every person standing at the base cluster's centre.

    group_of: (clusters,), from 0, at least two groups, none empty. A person alone in a group
    counts 0. Weighted by people, so that a crowd counts for more than a straggler.
    """
    apart = base.centres[:, np.newaxis, :] - base.centres[np.newaxis, :, :]
    distance = np.sqrt((apart**2).sum(axis=2))
    people = np.bincount(group_of, base.weights)
    member = np.eye(people.size)[group_of] * base.weights[:, np.newaxis]
    total = distance @ member  # (clusters, groups)
    rows = np.arange(group_of.size)
    own = people[group_of]
    inside = total[rows, group_of] / np.maximum(own - 1, 1)
    to_others = total / people
    to_others[rows, group_of] = np.inf
    outside = to_others.min(axis=1)
    larger = np.maximum(inside, outside)
    nothing = (own == 1) | (larger == 0)
    scores = np.where(nothing, 0.0, (outside - inside) / np.where(nothing, 1.0, larger))
    return float(np.average(scores, weights=base.weights))


def _starts_along_first_axis(base: BaseClusters, k: int) -> NDArray[np.float64]:
    """Return k different starting centres: the means of k equal shares of people from left to
    right, and where a crowd spans several shares, the base cluster farthest from all others."""
    order = np.lexsort((base.centres[:, 1], base.centres[:, 0]))
    middle = np.cumsum(base.weights[order]) - base.weights[order] / 2
    shares = np.empty(order.size, dtype=np.intp)
    shares[order] = np.minimum((middle * k / base.weights.sum()).astype(np.intp), k - 1)
    used, shares = np.unique(shares, return_inverse=True)
    starts = _means(base.centres, base.weights, shares, used.size)
    return _add_farthest(base, starts, k)


def _starts_far_apart(base: BaseClusters, k: int) -> NDArray[np.float64]:
    """Return k different starting centres: the base cluster farthest from the middle, then each
    time the one farthest from those taken."""
    middle = np.average(base.centres, axis=0, weights=base.weights)[np.newaxis]
    return _add_farthest(base, middle, k + 1)[1:]


def _add_farthest(
    base: BaseClusters, starts: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return the starts, filled up to `count` with base clusters far from all of them."""
    while len(starts) < count:
        nearest = _squared_distances(base.centres, starts).min(axis=1)
        starts = np.vstack([starts, base.centres[int(nearest.argmax())]])
    return starts


def _k_means(
    points: NDArray[np.float64], weights: NDArray[np.float64], starts: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return for each point the cluster it ends in, by Lloyd's rounds; ties to the lower number.

    A cluster that loses all its points takes the point that stands farthest from its centre.
    """
    of: NDArray[np.intp] = _squared_distances(points, starts).argmin(axis=1)
    for _ in range(MOST_ROUNDS):
        _refill_empty(of, points, starts)
        centres = _means(points, weights, of, len(starts))
        moved = _squared_distances(points, centres).argmin(axis=1)
        if np.array_equal(moved, of):
            break
        of, starts = moved, centres
    _refill_empty(of, points, starts)
    return of


def _refill_empty(
    of: NDArray[np.intp], points: NDArray[np.float64], centres: NDArray[np.float64]
) -> None:
    """Give every empty cluster one point of another, in place."""
    sizes = np.bincount(of, minlength=len(centres))
    for empty in np.flatnonzero(sizes == 0):
        away = ((points - centres[of]) ** 2).sum(axis=1)
        away[sizes[of] == 1] = -1.0  # must not empty another cluster
        farthest = int(away.argmax())
        sizes[of[farthest]] -= 1
        of[farthest] = empty
        sizes[empty] = 1


def _means(
    points: NDArray[np.float64], weights: NDArray[np.float64], of: NDArray[np.intp], count: int
) -> NDArray[np.float64]:
    """Return the weighted mean of each cluster, (count, 2); none may be empty."""
    mass = np.bincount(of, weights, minlength=count)
    sums = [np.bincount(of, weights * points[:, axis], minlength=count) for axis in (0, 1)]
    return np.stack(sums, axis=1) / mass[:, np.newaxis]


def _squared_distances(
    points: NDArray[np.float64], centres: NDArray[np.float64]
) -> NDArray[np.float64]:  # (points, centres)
    x = points[:, 0, np.newaxis] - centres[:, 0]
    y = points[:, 1, np.newaxis] - centres[:, 1]
    return x * x + y * y
