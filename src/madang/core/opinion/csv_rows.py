"""Rows of a CSV file, each with the line it stands on, so that a refusal can name it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from madang.core.bad_input import BadInput

# Ids and times beyond this are no longer exact in JSON; none is this large in earnest.
LARGEST_WHOLE_NUMBER = 2**53


@dataclass(frozen=True)
class TextFile:
    """The lines of a text file under the name its user knows."""

    name: str
    lines: Iterable[str]


def decode_text(name: str, content: bytes) -> TextFile:
    """Return the lines of a UTF-8 file, with or without a byte order mark.

    Raises BadInput naming the line of the first byte that is no UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(name, line, "The file is not UTF-8 text. Save it as UTF-8.") from error
    # Lines end where CSV says they end; str.splitlines would also break at U+2028 and others.
    return TextFile(name, io.StringIO(text, newline=""))


class Table:
    """A CSV file with a header, read once, row by row."""

    def __init__(self, file: TextFile) -> None:
        """Read the header. Raises BadInput for an empty file or a column named twice."""
        self.name = file.name
        self._reader = csv.reader(file.lines, strict=True)
        self._number_of: dict[str, int] = {}
        self.line = 1
        header = next(self._records(), None)
        if header is None:
            raise BadInput(self.name, None, "The file is empty.")
        self.columns = [name.strip().removeprefix("\ufeff") for name in header]
        for name in self.columns:
            if name and self.columns.count(name) > 1:
                raise BadInput(self.name, 1, "The column {column} stands twice.", column=name)

    def _records(self) -> Iterator[list[str]]:
        """Yield each record that is not blank; `line` is where it begins."""
        while True:
            self.line = self._reader.line_num + 1
            try:
                record = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise BadInput(
                    self.name, self._reader.line_num, "This is not CSV: {error}.", error=error
                ) from error
            if record:
                yield record

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows under the header. Raises BadInput for one too short or too long."""
        for record in self._records():
            if len(record) != len(self.columns):
                raise BadInput(
                    self.name,
                    self.line,
                    "The row has {found} fields, the header has {expected}.",
                    found=len(record),
                    expected=len(self.columns),
                )
            yield record

    def places(self, columns: Sequence[str]) -> list[int]:
        """Return where each column stands. Raises BadInput naming those that are missing."""
        if missing := [name for name in columns if name not in self.columns]:
            raise BadInput(self.name, 1, "The header lacks: {columns}.", columns=", ".join(missing))
        return [self.columns.index(name) for name in columns]

    def whole_number(self, text: str, column: str) -> int:
        """Return the number that `text` is. Raises BadInput where it is none."""
        number = self._number_of.get(text)
        if number is None:
            digits = text.removeprefix("-")
            if not (digits.isascii() and digits.isdigit() and len(digits) <= 16):
                raise BadInput(
                    self.name,
                    self.line,
                    "{column} is “{value}”, which is no whole number.",
                    column=column,
                    value=text[:40],
                )
            number = int(text)
            if abs(number) > LARGEST_WHOLE_NUMBER:
                raise BadInput(
                    self.name,
                    self.line,
                    "{column} is {value}, which is too large.",
                    column=column,
                    value=text,
                )
            self._number_of[text] = number
        return number

    def vote(self, text: str) -> int:
        """Return 1, 0 or -1. Raises BadInput for anything else."""
        if text not in {"1", "0", "-1"}:
            raise BadInput(
                self.name,
                self.line,
                "The vote is “{value}”; it must be 1 (agree), 0 (pass) or -1 (disagree).",
                value=text[:40],
            )
        return int(text)
