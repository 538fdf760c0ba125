"""How likely each system falls, estimated by throwing the dice for every link many times.

To know it exactly is #P-hard (Valiant 1979, "The complexity of enumeration and reliability
problems"), so it is estimated: with a seed, and with an interval by Wilson (1927), "Probable
inference, the law of succession, and statistical inference". Links open or not independently.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from madang.core.reach.network import Network, likelihood_of

TRIALS = 2000
Z = 1.959963984540054  # 95 in 100 of a normal distribution lie within
LINKS_AT_ONCE = 1000  # so that the dice of 2,000 trials take 16 MB


@dataclass(frozen=True)
class Chance:
    """A share of trials, and the interval that holds the true share 95 times in 100."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Chances:
    """by_place: for each system that fell at least once; damage: mean, low, high of criticality."""

    trials: int
    by_place: dict[int, Chance]
    damage: tuple[float, float, float]


def estimate_chances(
    network: Network, code: str, *, rng: np.random.Generator, trials: int = TRIALS
) -> Chances:
    """Return how often each system fell when `code` had fallen.

    Raises KeyError for an unknown code, ValueError for less than 2 trials.
    """
    if trials < 2:
        raise ValueError(f"{trials} trials estimate nothing")
    fell = _fell(network, network.places[code], rng, trials)  # (systems, trials)
    counts = fell.sum(axis=1)
    worth = np.array([each.criticality for each in network.systems], dtype=np.float64)
    damage = worth @ fell  # (trials,)
    mean, error = float(damage.mean()), float(damage.std(ddof=1)) / sqrt(trials)
    return Chances(
        trials=trials,
        by_place={
            place: wilson(int(counts[place]), trials) for place in np.nonzero(counts)[0].tolist()
        },
        damage=(mean, max(0.0, mean - Z * error), mean + Z * error),
    )


def wilson(count: int, trials: int) -> Chance:
    """Return the share with Wilson's interval for 95 in 100."""
    share, square = count / trials, Z * Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = Z * sqrt(share * (1 - share) / trials + square / (4 * trials**2)) / (1 + square / trials)
    return Chance(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def _fell(
    network: Network, source: int, rng: np.random.Generator, trials: int
) -> NDArray[np.bool_]:
    """Return which systems fell in which trial: (systems, trials).

    All trials at once, a bit each: what has fallen is handed on over the links that are open,
    until nothing new falls.
    """
    ends = np.array(network.ends, dtype=np.intp).reshape(-1, 2)
    order = np.argsort(ends[:, 1], kind="stable")
    tails, heads = ends[order, 0], ends[order, 1]
    chance = np.array([likelihood_of(link) for link in network.links])[order]
    is_open = _dice(chance, rng, trials)  # (links, bytes)
    fallen = np.zeros((len(network.systems), is_open.shape[1]), dtype=np.uint8)
    fallen[source] = 0xFF
    targets, starts = np.unique(heads, return_index=True)
    while targets.size:
        handed = np.bitwise_or.reduceat(fallen[tails] & is_open, starts, axis=0)
        more = fallen[targets] | handed
        if np.array_equal(more, fallen[targets]):
            break
        fallen[targets] = more
    return np.unpackbits(fallen, axis=1, count=trials).astype(np.bool_)


def _dice(chance: NDArray[np.float64], rng: np.random.Generator, trials: int) -> NDArray[np.uint8]:
    """Return for each link in which trials it is open, a bit a trial."""
    rows = [
        np.packbits(rng.random((part.size, trials)) < part[:, None], axis=1)
        for part in np.array_split(chance, 1 + chance.size // LINKS_AT_ONCE)
    ]
    return np.concatenate(rows)
