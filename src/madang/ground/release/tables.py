"""Tables of people in which small cells, and others that would give them away, are hidden."""

import math
from dataclasses import dataclass

import numpy as np

from madang.core.bad_input import BadInput
from madang.core.disclosure.hiding import Hidden, hide
from madang.core.disclosure.records import records_in
from madang.core.disclosure.tables import CellTable, MinimumFrequency, flat, tabulate
from madang.core.opinion.csv_rows import Table
from madang.ground.release.candidate import Candidate

HIDDEN = "×"
MOST_COLUMNS = 3
MOST_CELLS = 1500  # which a page can wait for


@dataclass(frozen=True)
class TableAsked:
    """columns: of the table, one to three. fewest: people whom a cell must hold to be shown."""

    columns: tuple[str, ...]
    fewest: int


def consider(asked: TableAsked, table: Table) -> Candidate:
    """Return the table as it would leave. Raises BadInput for what cannot be a table."""
    if not 1 <= len(asked.columns) <= MOST_COLUMNS:
        raise BadInput("columns", None, "A table has one to three columns.")
    records = records_in(table).only(asked.columns)
    axes = [flat(name, d) for name, d in zip(records.columns, records.domains, strict=True)]
    size = math.prod(map(len, axes))
    if size > MOST_CELLS:
        raise BadInput(table.name, None, "A table of {cells} cells is too large to protect.",
                       cells=size)  # fmt: skip
    cells = tabulate(table.name, axes, records, MinimumFrequency(asked.fewest))
    found = hide(cells)
    facts = {
        "fewest": asked.fewest,
        "cells": int(cells.values.size),
        "hidden": int(found.hidden.sum()),
        "is_least": found.is_least,
    }
    remarks = {"too_small": int(cells.sensitive.sum())}
    return Candidate((*records.columns, "people"), _rows(cells, found), facts, remarks)


def _rows(cells: CellTable, found: Hidden) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            *(axis.labels[n] for axis, n in zip(cells.axes, place, strict=True)),
            HIDDEN if found.hidden[place] else str(int(cells.values[place])),
        )
        for place in np.ndindex(cells.values.shape)
    )
