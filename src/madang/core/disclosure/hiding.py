"""Which further cells to hide, so that no hidden cell can be worked out from the others.

Pure. Small tables: the least that protects, by integer programming (HiGHS). Larger ones: a
heuristic, which hides enough and perhaps more: one linear program a sensitive cell and direction,
then taking back what is not needed. Either way the attacker has the last word.
Sources: Fischetti and Salazar (2001), "Solving the Cell Suppression Problem on Tabular Data with
Linear Constraints" (the model); Kelly, Golden, Assad (1992), "Cell Suppression: Disclosure
Protection for Sensitive Tabular Data" (the linear programs).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from madang.core.disclosure.attacker import TOLERANCE, Attacker, Known, bounds, is_safe
from madang.core.disclosure.tables import CellTable

# Up to which size the least is searched for: cells times sensitive cells times two directions. In
# tables that are no networks all differences must be whole, which costs far more.
LARGEST_EXACT, LARGEST_EXACT_NO_NETWORK = 3000, 300
MOST_TAKEN_BACK = 2000  # questions to the attacker


class Weight(StrEnum):
    """What a hidden cell costs: its value, or one as every other."""

    VALUES = "values"
    CELLS = "cells"


@dataclass(frozen=True, eq=False)
class Hidden:
    """hidden: which cells, of the table's shape; the sensitive ones are among them.

    is_least: whether nothing cheaper protects; False for the heuristic. cost: of the further ones.
    known: what an attacker is left with.
    """

    hidden: NDArray[np.bool_]
    is_least: bool
    cost: float
    known: Known


def hide(
    table: CellTable,
    *,
    weight: Weight = Weight.VALUES,
    zeros_may_hide: bool = False,
    largest_exact: int | None = None,
) -> Hidden:
    """Return which cells to hide. Cells of nothing stay, for everybody may know them to be empty.

    zeros_may_hide: whether they may be hidden, too. largest_exact: up to which size the least is
    searched for, where not as above.
    """
    free = (table.values > 0) | zeros_may_hide
    costs = np.where(free, table.values if weight is Weight.VALUES else 1.0, 0.0)
    costs = np.maximum(costs, 1.0) * ~table.sensitive
    if largest_exact is None:
        largest_exact = LARGEST_EXACT if table.is_network else LARGEST_EXACT_NO_NETWORK
    small = table.values.size * 2 * int(table.sensitive.sum()) <= largest_exact
    hidden = _least(table, costs, free) if small else None
    is_least = hidden is not None and is_safe(table, hidden)
    if hidden is None or not is_least:
        hidden = _enough(table, costs, free)
    if not is_safe(table, hidden):
        # With every filled cell hidden all that a cell counts in can move along with it.
        hidden = free | table.sensitive
    return Hidden(hidden, is_least, float(costs[hidden].sum()), bounds(table, hidden))


def _goals(table: CellTable) -> Iterator[tuple[int, float]]:
    """Yield each sensitive cell with how far an attacker must believe it may be off, both ways."""
    for cell in np.flatnonzero(table.sensitive):
        yield int(cell), float(table.up.flat[cell])
        yield int(cell), -float(table.low.flat[cell])


def _reach(table: CellTable, off: float) -> float:
    """Return how far any cell need move for one to move so far: in a network, no further."""
    return abs(off) if table.is_network else 2.0 * float(table.values.max()) + abs(off)


def _least(
    table: CellTable, costs: NDArray[np.float64], free: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the cheapest hidden cells.

    For each goal there is a table that an attacker cannot tell from ours: it differs in hidden
    cells only, and reaches the goal.
    """
    cells = table.values.size
    flat = table.values.ravel()
    relations = table.relations()
    goals = list(_goals(table))
    nothing = sparse.csr_array((cells, cells))
    width = cells * (1 + len(goals))
    sums = sparse.block_diag([sparse.csr_array((0, cells)), *[relations] * len(goals)])
    rows, lows = [LinearConstraint(sums, 0.0, 0.0)], [np.zeros(cells)]
    ups = [np.ones(cells)]
    lows[0][table.sensitive.ravel()] = 1.0
    ups[0][~free.ravel()] = 0.0
    for n, (cell, off) in enumerate(goals):
        most = np.full(cells, _reach(table, off))
        least = np.minimum(flat, most)
        for sign, room in ((1.0, most), (-1.0, least)):
            blocks = [sparse.diags_array(room), *[nothing] * len(goals)]
            blocks[n + 1] = -sign * sparse.eye_array(cells)
            rows.append(LinearConstraint(sparse.csr_array(sparse.hstack(blocks)), 0.0, np.inf))
        low, up = -least, most
        low[cell], up[cell] = off, off
        lows.append(low)
        ups.append(up)
    whole = int(table.is_count and not table.is_network)
    found = milp(
        np.concatenate([costs.ravel(), np.zeros(width - cells)]),
        constraints=rows,
        bounds=Bounds(np.concatenate(lows), np.concatenate(ups)),
        integrality=np.concatenate([np.ones(cells), np.full(width - cells, whole)]),
        options={"mip_rel_gap": 0.0},
    )
    assert found.x is not None, f"hiding every filled cell protects: {found.message}"
    hidden: NDArray[np.bool_] = (found.x[:cells] > 0.5).reshape(table.values.shape)
    return hidden


def _enough(
    table: CellTable, costs: NDArray[np.float64], free: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return hidden cells that protect, though perhaps more than are needed."""
    hidden = table.sensitive.copy()
    for cell, off in sorted(_goals(table), key=lambda goal: -abs(goal[1])):
        moved = _cheapest_move(table, np.where(hidden, 0.0, costs), free, cell, off)
        hidden |= moved
    return _taken_back(table, hidden, costs)


def _cheapest_move(
    table: CellTable, costs: NDArray[np.float64], free: NDArray[np.bool_], cell: int, off: float
) -> NDArray[np.bool_]:
    """Return which cells change in the cheapest table in which this cell is so far off."""
    flat = table.values.ravel()
    most = np.where(free.ravel(), _reach(table, off), 0.0)
    least = np.minimum(flat, most)
    relations = table.relations()
    both = sparse.csr_array(sparse.hstack([relations, -relations]))
    low = np.zeros(2 * len(flat))
    up = np.concatenate([most, least])
    up[[cell, len(flat) + cell]] = max(off, 0.0), max(-off, 0.0)
    low[[cell, len(flat) + cell]] = up[[cell, len(flat) + cell]]
    found = milp(
        np.concatenate([costs.ravel(), costs.ravel()]) + TOLERANCE,
        constraints=LinearConstraint(both, 0.0, 0.0),
        bounds=Bounds(low, up),
        integrality=np.full(2 * len(flat), int(table.is_count and not table.is_network)),
    )
    assert found.x is not None, f"hiding every filled cell protects: {found.message}"
    moved = np.abs(found.x[: len(flat)] - found.x[len(flat) :])
    return (moved > TOLERANCE * max(1.0, abs(off))).reshape(table.values.shape)


def _taken_back(
    table: CellTable, hidden: NDArray[np.bool_], costs: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return the hidden cells without those, the dearest first, that protect without them."""
    further = np.flatnonzero(hidden & ~table.sensitive)
    sensitive = np.flatnonzero(table.sensitive)
    most = MOST_TAKEN_BACK // max(1, 2 * len(sensitive))
    for cell in further[np.argsort(-costs.ravel()[further], kind="stable")][:most]:
        fewer = hidden.copy()
        fewer.flat[cell] = False
        attacker = Attacker(table, fewer)
        if not any(attacker.learns(int(each)) for each in sensitive):
            hidden = fewer
    return hidden
