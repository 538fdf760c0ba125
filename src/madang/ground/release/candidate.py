"""What a release would be, before anybody decides on it; the same shape for each method."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from madang.core.csv_text import as_cell
from madang.core.disclosure.check import Finding
from madang.core.disclosure.hierarchy import Hierarchy
from madang.core.disclosure.lattice import Suggestion
from madang.core.opinion.csv_rows import Table, decode_text
from madang.ground.release.price import Price

ROWS_SHOWN = 20
NOTHING = Price()  # what a release costs in which no noise is drawn


@dataclass(frozen=True)
class Refused:
    """Why records may not leave, and each minimal way that would mend it."""

    finding: Finding
    ways: tuple[Suggestion, ...]
    hierarchies: tuple[Hierarchy, ...]


@dataclass(frozen=True)
class Candidate:
    """header, rows: the file; no rows where noise is yet to be drawn, which happens once only.

    facts: what everybody may know of the protection, as JSON. remarks: what only the official is
    told, for it speaks of the people in the file. refused: None where it may leave.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    facts: dict[str, Any]
    remarks: dict[str, int]
    price: Price = NOTHING
    refused: Refused | None = None

    @property
    def content(self) -> bytes:
        return csv_bytes(self.header, self.rows)

    @property
    def first_rows(self) -> tuple[tuple[str, ...], ...]:
        return self.rows[:ROWS_SHOWN]


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file; no text in it can be run as a formula."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([as_cell(name) for name in header])
    lines.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _cell(text: str) -> str:
    # A number below zero, which noise may give, is no formula.
    return text if text.removeprefix("-").replace(".", "", 1).isdecimal() else as_cell(text)


def table_in(name: str, content: bytes) -> Table:
    """Return an official's CSV file. Raises BadInput."""
    return Table(decode_text(name, content))


def parameters_of(asked: Any) -> dict[str, Any]:
    """Return what was asked as plain JSON values."""
    told: dict[str, Any] = json.loads(json.dumps(asdict(asked)))
    return told


def fingerprint(asked: Any, content: bytes) -> str:
    """Return 64 hexadecimal digits that are the same for the same wish about the same file."""
    wish = json.dumps(parameters_of(asked), sort_keys=True).encode()
    return hashlib.sha256(wish + b"\0" + content).hexdigest()
