"""Which records look alike, and how varied what they would give away is.

Pure. Records with the same quasi-identifiers are one equivalence class. Sources: Samarati (2001),
"Protecting Respondents' Identities in Microdata Release" (k-anonymity); Machanavajjhala et al.
(2007), "l-Diversity: Privacy Beyond k-Anonymity" (distinct, entropy, recursive); Li, Li,
Venkatasubramanian (2007), "t-Closeness" (equal and ordered distance).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGEST_KEY = 2**62
CELLS_AT_ONCE = 4_000_000  # of a dense array of counts


@dataclass(frozen=True, eq=False)
class Classes:
    """of: (records,), the class of each. sizes: (classes,), in people.

    first: (classes,), one record of each class, by which its values can be read.
    """

    of: NDArray[np.int64]
    sizes: NDArray[np.int64]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sizes)


def group(codes: NDArray[np.int64], weights: NDArray[np.int64] | None = None) -> Classes:
    """Return the classes of records that are alike in every column.

    codes: (records, columns), from 0. weights: (records,), how many people a row stands for.
    """
    if codes.ndim != 2 or not len(codes) or (codes.size and codes.min() < 0):
        raise ValueError(f"codes {codes.shape} are no records with values from 0")
    keys = np.zeros(len(codes), dtype=np.int64)
    reach = 1
    for column in codes.T:
        values = int(column.max()) + 1
        if reach * values >= LARGEST_KEY:
            keys = np.unique(keys, return_inverse=True)[1]
            reach = int(keys.max()) + 1
        keys = keys * values + column
        reach *= values
    _, first, of = np.unique(keys, return_index=True, return_inverse=True)
    if weights is None:
        sizes = np.bincount(of)
    else:
        sizes = np.bincount(of, weights=weights).astype(np.int64)
    return Classes(of, sizes, first)


@dataclass(frozen=True, eq=False)
class Spread:
    """How often each sensitive value stands in each class; only pairs that occur.

    class_of, value, count: (pairs,), ordered by class. sizes: (classes,).
    overall: (values,), counts over all classes.
    """

    class_of: NDArray[np.int64]
    value: NDArray[np.int64]
    count: NDArray[np.int64]
    sizes: NDArray[np.int64]
    overall: NDArray[np.int64]


def spread(
    of: NDArray[np.int64], sensitive: NDArray[np.int64], weights: NDArray[np.int64] | None = None
) -> Spread:
    """Return the spread of a sensitive column. of, sensitive: (records,), both from 0."""
    if of.shape != sensitive.shape or not len(of):
        raise ValueError(f"classes {of.shape} and values {sensitive.shape} do not match")
    classes, values = int(of.max()) + 1, int(sensitive.max()) + 1
    keys = of * values + sensitive
    if classes * values <= CELLS_AT_ONCE:
        counts = np.bincount(keys, weights=weights, minlength=classes * values)
        found = np.flatnonzero(counts)
        count = counts[found].astype(np.int64)
    else:
        found, inverse = np.unique(keys, return_inverse=True)
        count = np.bincount(inverse, weights=weights).astype(np.int64)
    class_of, value = np.divmod(found, values)
    return Spread(
        class_of, value, count, _total(class_of, count, classes), _total(value, count, values)
    )


def distinct_l(spread: Spread) -> NDArray[np.int64]:
    """Return how many different values each class has. (classes,)"""
    return np.bincount(spread.class_of, minlength=len(spread.sizes))


def entropy_l(spread: Spread) -> NDArray[np.float64]:
    """Return exp of each class's entropy: as many equally frequent values would be as varied."""
    share = spread.count / spread.sizes[spread.class_of]
    entropy = -np.bincount(
        spread.class_of, weights=share * np.log(share), minlength=len(spread.sizes)
    )
    varied: NDArray[np.float64] = np.exp(entropy)
    return varied


def recursive_parts(spread: Spread, l: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # noqa: E741 the literature's name
    """Return r_1, and r_l + … + r_m, of each class: counts of its values from the most frequent.

    A class is recursively (c, l)-diverse where r_1 < c * (r_l + … + r_m).
    """
    if l < 1:
        raise ValueError(f"l is {l}; it must be 1 or more")
    order = np.lexsort((-spread.count, spread.class_of))
    class_of, count = spread.class_of[order], spread.count[order]
    starts = np.flatnonzero(np.diff(class_of, prepend=-1))
    rank = np.arange(len(class_of)) - starts[class_of]
    tail = _total(class_of, np.where(rank >= l - 1, count, 0), len(spread.sizes))
    return count[starts], tail


def equal_t(spread: Spread) -> NDArray[np.float64]:
    """Return how far each class is from the whole, all values being equally far apart; 0 to 1."""
    share = spread.count / spread.sizes[spread.class_of]
    above = share - spread.overall[spread.value] / spread.overall.sum()
    far = np.bincount(spread.class_of, np.maximum(above, 0.0), len(spread.sizes))
    return far.astype(np.float64)


def ordered_t(spread: Spread) -> NDArray[np.float64]:
    """Return how far each class is from the whole, values being as far apart as their ranks.

    The earth mover's distance of Li et al.; 0 to 1. 0 where there is only one value.
    """
    values = len(spread.overall)
    far = np.zeros(len(spread.sizes))
    if values == 1:
        return far
    whole = np.cumsum(spread.overall / spread.overall.sum())
    step = max(1, CELLS_AT_ONCE // values)
    for begin in range(0, len(far), step):
        size = min(step, len(far) - begin)
        here = (spread.class_of >= begin) & (spread.class_of < begin + size)
        dense = np.zeros((size, values))
        dense[spread.class_of[here] - begin, spread.value[here]] = spread.count[here]
        shares = np.cumsum(dense, axis=1) / spread.sizes[begin : begin + size, None]
        far[begin : begin + size] = np.abs(shares - whole).sum(axis=1) / (values - 1)
    return far


def _total(of: NDArray[np.int64], count: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.bincount(of, weights=count, minlength=size).astype(np.int64)
