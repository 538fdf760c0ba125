"""What somebody can work out of a table in which cells are hidden: bounds of each hidden cell.

Pure. The attacker knows what is published, that every total is the sum of its parts, that nothing
is below zero and that people are whole. Bounds are found by HiGHS (scipy), as linear programs, or
as integer programs where a linear one would make the attacker look weaker than they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from madang.core.disclosure.tables import CellTable

# What HiGHS may be off by, relative to how far a cell must reach; never to the table's totals,
# beside which a small cell's protection would be nothing.
TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Known:
    """Bounds of every cell, of the shape of the table: equal where a cell is published or can be
    worked out; `up` is infinite where nothing holds a cell from above."""

    low: NDArray[np.float64]
    up: NDArray[np.float64]


class Attacker:
    """Somebody who has the table with these cells hidden. hidden: of the table's shape."""

    def __init__(self, table: CellTable, hidden: NDArray[np.bool_]) -> None:
        if hidden.shape != table.values.shape:
            raise ValueError(f"{hidden.shape} does not say which of {table.values.shape} is hidden")
        self.table = table
        self.hidden = np.flatnonzero(hidden)
        self.flat = table.values.ravel()
        relations = table.relations()
        unknown = sparse.csr_array(relations[:, self.hidden])
        told = -(relations @ np.where(hidden.ravel(), 0.0, self.flat))
        used = np.diff(unknown.indptr) > 0
        self.sums = LinearConstraint(unknown[used], told[used], told[used])
        self.ceiling = 2.0 * float(self.flat.max()) + 2.0 * float(table.up.max()) + 2.0
        whole = table.is_count and not table.is_network
        self.integrality = np.full(len(self.hidden), int(whole))

    def bounds_of(self, cell: int) -> tuple[float, float]:
        """Return the least and the most that a hidden cell (by flat index) can be."""
        (place,) = np.flatnonzero(self.hidden == cell)
        low, up = (self._extreme(int(place), sign) for sign in (1.0, -1.0))
        return low, float("inf") if up >= self.ceiling * (1 - TOLERANCE) else up

    def _extreme(self, place: int, sign: float) -> float:
        costs = np.zeros(len(self.hidden))
        costs[place] = sign
        found = milp(
            costs,
            constraints=self.sums,
            bounds=Bounds(0.0, self.ceiling),
            integrality=self.integrality,
            options={"mip_rel_gap": 0.0},
        )
        assert found.status == 0, f"the table itself is a solution: {found.message}"
        extreme = float(found.x[place])
        return float(round(extreme)) if self.table.is_count else extreme

    def learns(self, cell: int) -> bool:
        """Return whether a hidden cell is bounded closer than its protection levels."""
        low, up = self.bounds_of(cell)
        below = float(self.flat[cell]) - low
        above = up - float(self.flat[cell])
        need_below, need_above = float(self.table.low.flat[cell]), float(self.table.up.flat[cell])
        return below < need_below * (1 - TOLERANCE) or above < need_above * (1 - TOLERANCE)


def bounds(table: CellTable, hidden: NDArray[np.bool_]) -> Known:
    """Return what an attacker knows of every cell."""
    low, up = table.values.ravel().copy(), table.values.ravel().copy()
    attacker = Attacker(table, hidden)
    for cell in attacker.hidden:
        low[cell], up[cell] = attacker.bounds_of(int(cell))
    return Known(low.reshape(hidden.shape), up.reshape(hidden.shape))


def is_safe(table: CellTable, hidden: NDArray[np.bool_]) -> bool:
    """Return whether every sensitive cell is hidden and none is bounded too closely."""
    if (table.sensitive & ~hidden).any():
        return False
    attacker = Attacker(table, hidden)
    return not any(attacker.learns(int(cell)) for cell in np.flatnonzero(table.sensitive))
