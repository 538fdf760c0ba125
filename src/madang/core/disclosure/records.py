"""Records of people as whole numbers: for each column its different values, and who has which.

An empty cell is a value like any other: a blank can single somebody out, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.opinion.csv_rows import Table


@dataclass(frozen=True, eq=False)
class Records:
    """source: the file as its user knows it. columns: their names.

    domains: for each column its different values, sorted. codes: (records, columns), indices
    into the domains.
    """

    source: str
    columns: tuple[str, ...]
    domains: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.codes)

    def place(self, column: str) -> int:
        """Return where a column stands. Raises BadInput where there is none of this name."""
        if column not in self.columns:
            raise BadInput(self.source, 1, "The header lacks: {columns}.", columns=column)
        return self.columns.index(column)

    def only(self, columns: Sequence[str]) -> "Records":
        """Return these columns alone, in this order. Raises BadInput for one that is not there."""
        if len(set(columns)) != len(columns):
            raise BadInput(self.source, None, "A column is named twice: {columns}.",
                           columns=", ".join(columns))  # fmt: skip
        places = [self.place(column) for column in columns]
        domains = tuple(self.domains[place] for place in places)
        return Records(self.source, tuple(columns), domains, self.codes[:, places])

    def texts(self, column: str) -> list[str]:
        """Return the values of a column, record by record."""
        place = self.place(column)
        domain = self.domains[place]
        return [domain[code] for code in self.codes[:, place]]


def records_of(source: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Records:
    """Return rows of texts as records. Raises BadInput where there is no record at all."""
    if not rows:
        raise BadInput(source, None, "There is no record in it.")
    domains, codes = [], np.empty((len(rows), len(columns)), dtype=np.int64)
    for place in range(len(columns)):
        texts = [row[place] for row in rows]
        domain = tuple(sorted(set(texts)))
        code_of = {text: code for code, text in enumerate(domain)}
        codes[:, place] = np.fromiter(map(code_of.__getitem__, texts), np.int64, len(texts))
        domains.append(domain)
    return Records(source, tuple(columns), tuple(domains), codes)


def records_in(table: Table) -> Records:
    """Return the records of a CSV file. Raises BadInput where it has none."""
    return records_of(table.name, table.columns, table.records)
