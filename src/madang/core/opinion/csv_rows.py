"""Rows of a CSV file, each with the line it stands on, so that a refusal can name it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.opinion.conversation import AGREE, DISAGREE, PASS

# Ids and times beyond this are no longer exact in JSON; none is this large in earnest.
LARGEST_WHOLE_NUMBER = 2**53
LATEST_MOMENT_MS = 253_402_300_799_999  # the end of the year 9999, UTC

LINE_BREAK = re.compile(r"\r\n|\r|\n")
VOTE_OF = {"1": AGREE, "0": PASS, "-1": DISAGREE}


@dataclass(frozen=True)
class TextFile:
    """The lines of a text file under the name its user knows."""

    name: str
    lines: Iterable[str]


def decode_text(name: str, content: bytes) -> TextFile:
    """Return the lines of a UTF-8 file, with or without a byte order mark.

    Raises BadInput naming the line of the first byte that is no text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(name, line, "The file is not UTF-8 text. Save it as UTF-8.") from error
    if (nul := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, nul) + 1
        raise BadInput(name, line, "The line holds a NUL character, which no text has. Delete it.")
    # Lines end where CSV says they end; str.splitlines would also break at U+2028 and others.
    return TextFile(name, io.StringIO(text, newline=""))


def _lines(row: list[str]) -> int:
    """Return on how many lines a row stands."""
    return 1 + sum(len(LINE_BREAK.findall(field)) for field in row)


class Table:
    """A CSV file with a header, read at once. `records` are its rows that are not blank."""

    def __init__(self, file: TextFile) -> None:
        """Read it. Raises BadInput for an empty file, broken quotes, a column named twice, or a
        row that is longer or shorter than the header."""
        self.name = file.name
        reader = csv.reader(file.lines, strict=True)
        self._rows: list[list[str]] = []
        try:
            self._rows.extend(reader)
        except csv.Error as error:
            raise self._broken(str(error)) from error
        filled = [row for row in self._rows if row]
        if not filled:
            raise BadInput(self.name, None, "The file is empty.")
        self.columns = [name.strip() for name in filled[0]]
        self.records = filled[1:]
        for name in self.columns:
            if name and self.columns.count(name) > 1:
                raise BadInput(self.name, 1, "The column {column} stands twice.", column=name)
        expected = len(self.columns)
        if set(map(len, self.records)) - {expected}:
            n = next(n for n, row in enumerate(self.records) if len(row) != expected)
            raise BadInput(
                self.name,
                self.line_of(n),
                "The row has {found} fields, the header has {expected}.",
                found=len(self.records[n]),
                expected=expected,
            )

    def _broken(self, why: str) -> BadInput:
        """Return what is wrong with the row after those that were read."""
        line = 1 + sum(map(_lines, self._rows))
        if "end of data" in why:
            return BadInput(self.name, line, "A quotation mark that opens here is never closed.")
        if "field limit" in why:
            return BadInput(self.name, line, "A field of this row is too long to be read.")
        return BadInput(
            self.name, line, "A quotation mark within a text of this row must be written twice."
        )

    def line_of(self, record: int) -> int:
        """Return the line on which a record begins: blank and quoted lines count."""
        line, passed = 1, -1  # the header is passed first
        for row in self._rows:
            if row and passed == record:
                break
            passed += bool(row)
            line += _lines(row)
        return line

    def places(self, columns: Sequence[str]) -> list[int]:
        """Return where each column stands. Raises BadInput naming those that are missing."""
        if missing := [name for name in columns if name not in self.columns]:
            raise BadInput(self.name, 1, "The header lacks: {columns}.", columns=", ".join(missing))
        return [self.columns.index(name) for name in columns]

    def whole_numbers(self, place: int, largest: int = LARGEST_WHOLE_NUMBER) -> NDArray[np.int64]:
        """Return a column of whole numbers. Raises BadInput at the first that is none."""
        texts = [row[place] for row in self.records]
        different = set(texts)
        # The common case, checked in a few calls and not for each of a million fields.
        if not (
            all(map(str.isdigit, different))
            and "".join(different).isascii()
            and max(map(len, different), default=0) < len(str(largest))
        ):
            for n, text in enumerate(texts):
                self.whole_number(text, self.columns[place], n, largest)
        return np.fromiter(map(int, texts), dtype=np.int64, count=len(texts))

    def whole_number(
        self, text: str, column: str, record: int, largest: int = LARGEST_WHOLE_NUMBER
    ) -> int:
        """Return the number from 0 on that `text` is. Raises BadInput where it is none."""
        if not (text.isascii() and text.isdigit()):
            raise BadInput(
                self.name,
                self.line_of(record),
                "{column} is “{value}”; it must be a whole number, 0 or more.",
                column=column,
                value=text[:40],
            )
        if len(text) > len(str(largest)) or int(text) > largest:
            raise BadInput(
                self.name,
                self.line_of(record),
                "{column} is {value}, which is too large.",
                column=column,
                value=text[:40],
            )
        return int(text)

    def vote(self, text: str, record: int) -> int:
        """Return 1, 0 or -1. Raises BadInput for anything else."""
        if text not in VOTE_OF:
            raise BadInput(
                self.name,
                self.line_of(record),
                "The vote is “{value}”; it must be 1 (agree), 0 (pass) or -1 (disagree).",
                value=text[:40],
            )
        return VOTE_OF[text]
