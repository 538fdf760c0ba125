"""Tables of people or amounts with their totals, and which cells tell too much by themselves.

Pure. The rules of primary suppression and their protection levels are those of Hundepool et al.
(2012), "Statistical Disclosure Control", chapter 4: minimum frequency, (n, k) dominance, p %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from madang.core.bad_input import BadInput
from madang.core.disclosure.records import Records

TOTAL = "Total"
MOST_CELLS = 20_000


@dataclass(frozen=True)
class Axis:
    """A column of a table. labels: of every place, totals too. layers: what each value counts in,
    from itself to the grand total; (values,) places each. The values stand first, in their order.
    """

    column: str
    labels: tuple[str, ...]
    layers: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.labels)

    def sums(self) -> NDArray[np.int64]:
        """Return one row a total: 1 for its parts, -1 for itself. (totals, places)"""
        rows = []
        for finer, coarser in zip(self.layers, self.layers[1:], strict=False):
            for whole in sorted(set(coarser)):
                row = np.zeros(len(self), dtype=np.int64)
                row[[part for part, of in zip(finer, coarser, strict=True) if of == whole]] = 1
                row[whole] = -1
                rows.append(row)
        return np.array(rows)


def flat(column: str, values: Sequence[str]) -> Axis:
    """Return the axis of these values and their total. Raises BadInput for a value named Total."""
    if TOTAL in values:
        raise BadInput(column, None, "“{value}” is a value and a group at once.", value=TOTAL)
    own = tuple(range(len(values)))
    return Axis(column, (*values, TOTAL), (own, (len(values),) * len(values)))


def nested(column: str, values: Sequence[str], group_of: Mapping[str, str]) -> Axis:
    """Return the axis of values, the totals of their groups, and the total of all.

    Raises BadInput for a value without a group, or a group named as a value is.
    """
    if lacking := [value for value in values if value not in group_of]:
        raise BadInput(column, None, "The hierarchy does not say what “{value}” becomes.",
                       value=lacking[0])  # fmt: skip
    groups = sorted({group_of[value] for value in values})
    if twice := sorted({*groups, TOTAL} & set(values)):
        raise BadInput(column, None, "“{value}” is a value and a group at once.", value=twice[0])
    of = tuple(len(values) + groups.index(group_of[value]) for value in values)
    top = len(values) + len(groups)
    own = tuple(range(len(values)))
    return Axis(column, (*values, *groups, TOTAL), (own, of, (top,) * len(values)))


@dataclass(frozen=True)
class MinimumFrequency:
    """A cell of one to n - 1 people tells too much. The attacker must not be able to exclude one
    fewer than it holds, nor n."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 2:
            raise BadInput("n", None, "The fewest people of a cell must be 2 or more.")

    def levels(self, largest: NDArray[np.float64], total: NDArray[np.float64]) -> "Levels":
        sensitive = (total > 0) & (total < self.n)
        return Levels(sensitive, np.ones(total.shape), self.n - total)


@dataclass(frozen=True)
class Dominance:
    """A cell tells too much where its n largest contributors give more than k percent of it."""

    n: int
    k: float

    def __post_init__(self) -> None:
        if self.n < 1 or not 0 < self.k < 100:
            raise BadInput("n, k", None, "n must be 1 or more, and k between 0 and 100 percent.")

    def levels(self, largest: NDArray[np.float64], total: NDArray[np.float64]) -> "Levels":
        top = largest[: self.n].sum(axis=0)
        away = 100.0 / self.k * top - total
        return Levels((top > self.k / 100.0 * total) & (total > 0), away, away)


@dataclass(frozen=True)
class PPercent:
    """A cell tells too much where its second largest contributor could tell the largest to within
    p percent."""

    p: float

    def __post_init__(self) -> None:
        if not 0 < self.p <= 100:
            raise BadInput("p", None, "p must be more than 0 and at most 100 percent.")

    def levels(self, largest: NDArray[np.float64], total: NDArray[np.float64]) -> "Levels":
        away = self.p / 100.0 * largest[0] - (total - largest[0] - largest[1])
        return Levels((away > 0) & (total > 0), away, away)


Rule = MinimumFrequency | Dominance | PPercent


@dataclass(frozen=True, eq=False)
class Levels:
    """Which cells are sensitive, and how far below and above its value an attacker's interval of
    a sensitive cell must reach."""

    sensitive: NDArray[np.bool_]
    low: NDArray[np.float64]
    up: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CellTable:
    """A table with all its totals. values, sensitive, low, up: of the shape of the axes.

    low, up: 0 where a cell is not sensitive; low never reaches below nothing.
    """

    source: str
    axes: tuple[Axis, ...]
    values: NDArray[np.float64]
    is_count: bool
    sensitive: NDArray[np.bool_]
    low: NDArray[np.float64]
    up: NDArray[np.float64]

    def relations(self) -> sparse.csr_array:
        """Return every sum that the table shows: one row each, one column a cell; row @ values
        is 0."""
        sizes = [len(axis) for axis in self.axes]
        blocks = []
        for n, axis in enumerate(self.axes):
            factors: list[sparse.csr_array] = [sparse.csr_array(np.eye(size)) for size in sizes]
            factors[n] = sparse.csr_array(axis.sums().astype(np.float64))
            blocks.append(reduce(lambda a, b: sparse.csr_array(sparse.kron(a, b)), factors))
        return sparse.csr_array(sparse.vstack(blocks))

    @property
    def is_network(self) -> bool:
        """Whether whole published numbers leave an attacker whole bounds: two columns, of which
        at most one is nested. Then a linear program finds them exactly."""
        return len(self.axes) <= 2 and sum(len(axis.layers) > 2 for axis in self.axes) <= 1


def table_of_counts(
    source: str, axes: Sequence[Axis], counts: NDArray[np.int64], rule: MinimumFrequency
) -> CellTable:
    """Return the table of inner counts, with its totals. counts: one axis a column, values only."""
    if (counts < 0).any() or counts.shape != tuple(len(axis.layers[0]) for axis in axes):
        raise ValueError(f"counts {counts.shape} are no counts of these columns")
    values = counts.astype(np.float64)
    for n, axis in enumerate(axes):
        values = (
            np.moveaxis(_membership(axis).T @ np.moveaxis(values, n, -2), -2, n)
            if values.ndim > 1
            else _membership(axis).T @ values
        )
    return _table(source, axes, values, rule.levels(values[None], values), is_count=True)


def tabulate(source: str, axes: Sequence[Axis], records: Records, rule: MinimumFrequency
             ) -> CellTable:  # fmt: skip
    """Return how many people stand in each cell. Raises BadInput for what is too large."""
    places, shape = _placed(source, axes, records)
    counts = np.zeros([len(axis.layers[0]) for axis in axes], dtype=np.int64)
    np.add.at(counts, tuple(places), 1)
    assert shape
    return table_of_counts(source, axes, counts, rule)


def table_of_amounts(
    source: str,
    axes: Sequence[Axis],
    records: Records,
    amounts: NDArray[np.float64],
    rule: Dominance | PPercent,
    *,
    contributors: NDArray[np.int64] | None = None,
) -> CellTable:
    """Return the sum of amounts in each cell. amounts: (records,), none below 0.

    contributors: (records,), from 0, where one may stand in several records. Raises BadInput.
    """
    if amounts.shape != (len(records),) or not np.isfinite(amounts).all() or (amounts < 0).any():
        raise BadInput(source, None, "An amount is below 0, or no number: the rule cannot hold.")
    places, shape = _placed(source, axes, records)
    who = np.arange(len(records)) if contributors is None else contributors
    keep = max(2, rule.n if isinstance(rule, Dominance) else 2)
    largest = np.zeros((keep, int(np.prod(shape))))
    total = np.zeros(int(np.prod(shape)))
    for layers in product(*(axis.layers for axis in axes)):
        at = [np.array(layer)[place] for layer, place in zip(layers, places, strict=True)]
        _add_largest(np.ravel_multi_index(at, shape), who, amounts, largest, total)
    levels = rule.levels(largest.reshape(keep, *shape), total.reshape(shape))
    return _table(source, axes, total.reshape(shape), levels, is_count=False)


def _add_largest(
    cell: NDArray[np.int64],
    who: NDArray[np.int64],
    amounts: NDArray[np.float64],
    largest: NDArray[np.float64],
    total: NDArray[np.float64],
) -> None:
    """Write the sums of these cells, and their largest contributors, the largest first."""
    people = int(who.max()) + 1
    pair, inverse = np.unique(cell * people + who, return_inverse=True)
    given = np.bincount(inverse, weights=amounts)
    of = pair // people
    order = np.lexsort((-given, of))
    of, given = of[order], given[order]
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    rank = np.arange(len(of)) - np.repeat(starts, np.diff([*starts, len(of)]))
    kept = rank < len(largest)
    largest[rank[kept], of[kept]] = given[kept]
    np.add.at(total, of, given)


def _placed(
    source: str, axes: Sequence[Axis], records: Records
) -> tuple[list[NDArray[np.int64]], tuple[int, ...]]:
    """Return where each record stands on each axis, and the shape of the table."""
    shape = tuple(len(axis) for axis in axes)
    if np.prod(shape) > MOST_CELLS:
        raise BadInput(source, None, "A table of {cells} cells is too large to protect.",
                       cells=int(np.prod(shape)))  # fmt: skip
    places = []
    for axis in axes:
        n = records.place(axis.column)
        known = {label: place for place, label in enumerate(axis.labels[: len(axis.layers[0])])}
        for value in records.domains[n]:
            if value not in known:
                raise BadInput(source, None, "“{value}” is no category of {column}.",
                               value=value, column=axis.column)  # fmt: skip
        places.append(np.array([known[v] for v in records.domains[n]])[records.codes[:, n]])
    return places, shape


def _membership(axis: Axis) -> NDArray[np.float64]:
    """Return 1 where a value counts in a place. (values, places)"""
    counts_in = np.zeros((len(axis.layers[0]), len(axis)))
    for layer in axis.layers:
        counts_in[np.arange(len(layer)), list(layer)] = 1.0
    return counts_in


def _table(
    source: str,
    axes: Sequence[Axis],
    values: NDArray[np.float64],
    levels: Levels,
    *,
    is_count: bool,
) -> CellTable:
    low = np.where(levels.sensitive, np.minimum(levels.low, values), 0.0)
    up = np.where(levels.sensitive, levels.up, 0.0)
    return CellTable(source, tuple(axes), values, is_count, levels.sensitive, low, up)
