"""How the values of a column are made coarser, step by step.

Each level joins values of the level before it and never parts them; the last level joins all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput

WITHHELD = "*"
WIDTHS = (5, 10, 20, 100, 1000, 10_000, 100_000)  # of bands, where nobody names others
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?", re.ASCII)
FEWEST_NUMBERS = 5  # different ones in a column that are worth bands


@dataclass(frozen=True)
class Level:
    """One step: what it is called (an English catalogue key, `number` in its place), and what each
    value of the column becomes. labels: in the order of the column's domain."""

    title: str
    labels: tuple[str, ...]
    number: int | None = None

    @property
    def in_english(self) -> str:
        return self.title.format(number=self.number)


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """The levels of a column, from the values as they are to all of them withheld."""

    column: str
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        for finer, coarser in pairwise(self.levels):
            became: dict[str, str] = {}
            for before, after in zip(finer.labels, coarser.labels, strict=True):
                if became.setdefault(before, after) != after:
                    raise BadInput(
                        self.column,
                        None,
                        "“{value}” is one value at one level and two at the next: “{one}” and "
                        "“{other}”. Levels may only join.",
                        value=before,
                        one=became[before],
                        other=after,
                    )

    @property
    def height(self) -> int:
        return len(self.levels) - 1

    def codes(self) -> list[NDArray[np.int64]]:
        """Return, for each level, the code of the label of each value. [(values,), …]"""
        return [_coded(level.labels) for level in self.levels]


def _coded(labels: Sequence[str]) -> NDArray[np.int64]:
    code_of: dict[str, int] = {}
    return np.array([code_of.setdefault(label, len(code_of)) for label in labels], dtype=np.int64)


def as_they_are(domain: Sequence[str]) -> Level:
    return Level("as it is", tuple(domain))


def withheld(domain: Sequence[str]) -> Level:
    return Level("withheld", (WITHHELD,) * len(domain))


def all_or_nothing(column: str, domain: Sequence[str]) -> Hierarchy:
    """Return the hierarchy that only leaves a column out."""
    return Hierarchy(column, (as_they_are(domain), withheld(domain)))


def tree(column: str, domain: Sequence[str], paths: Mapping[str, Sequence[str]]) -> Hierarchy:
    """Return the hierarchy of a tree: for each value what it becomes, from the first step on.

    Raises BadInput for a value without a path, paths of different length, or a tree that parts
    what it has joined.
    """
    if lacking := [value for value in domain if value not in paths]:
        raise BadInput(column, None, "The hierarchy does not say what “{value}” becomes.",
                       value=lacking[0])  # fmt: skip
    steps = {len(paths[value]) for value in domain}
    if len(steps) != 1:
        raise BadInput(column, None, "Every value of a hierarchy must have as many levels.")
    levels = [as_they_are(domain)]
    for step in range(steps.pop()):
        labels = tuple(paths[value][step] for value in domain)
        levels.append(Level("level {number}", labels, step + 1))
    if len(set(levels[-1].labels)) > 1:
        levels.append(withheld(domain))
    return Hierarchy(column, tuple(levels))


def number_bands(column: str, domain: Sequence[str], widths: Sequence[int] = WIDTHS) -> Hierarchy:
    """Return bands of numbers, each width a multiple of the one before it.

    Raises BadInput for a value that is no number, or widths of which one does not divide the next.
    """
    if any(width < 1 for width in widths) or any(
        wide % narrow or wide == narrow for narrow, wide in pairwise(widths)
    ):
        raise BadInput(column, None, "Each width of bands must be a multiple of the one before it.")
    numbers = [_number(column, text) for text in domain]
    whole = all(number is None or number.denominator == 1 for number in numbers)
    levels = [as_they_are(domain)]
    for width in widths:
        labels = tuple(_band(number, width, whole=whole) for number in numbers)
        if len(set(labels)) < len(set(levels[-1].labels)):
            levels.append(Level("bands of {number}", labels, width))
    return Hierarchy(column, _to_the_end(levels, domain))


def dates(column: str, domain: Sequence[str]) -> Hierarchy:
    """Return days as months, years and decades. Raises BadInput for what is no YYYY-MM-DD."""
    for text in domain:
        if text and not _is_date(text):
            raise BadInput(column, None, "“{value}” is no date. Write it as 2020-04-30.",
                           value=text)  # fmt: skip
    levels = [
        as_they_are(domain),
        Level("months", tuple(text[:7] for text in domain)),
        Level("years", tuple(text[:4] for text in domain)),
        Level("decades", tuple(text and f"{text[:3]}0–{text[:3]}9" for text in domain)),
    ]
    return Hierarchy(column, _to_the_end(levels, domain))


def masked(column: str, domain: Sequence[str]) -> Hierarchy:
    """Return codes of one length with more and more of their last characters masked."""
    if len({len(text) for text in domain}) != 1 or not domain[0]:
        raise BadInput(column, None, "Only codes that are all as long can be masked from the end.")
    long = len(domain[0])
    levels = [as_they_are(domain)]
    for hidden in range(1, long):
        labels = tuple(text[: long - hidden] + WITHHELD * hidden for text in domain)
        if len(set(labels)) < len(set(levels[-1].labels)):
            levels.append(Level("without the last {number}", labels, hidden))
    return Hierarchy(column, _to_the_end(levels, domain))


def guess(column: str, domain: Sequence[str]) -> Hierarchy:
    """Return the hierarchy that the values themselves suggest: dates, codes, numbers, or none."""
    filled = [text for text in domain if text]
    if filled and all(map(_is_date, filled)):
        return dates(column, domain)
    if len(filled) == len(domain) and all(map(_is_code, domain)) and _as_long(domain):
        return masked(column, domain)
    if len(filled) >= FEWEST_NUMBERS and all(map(_is_number, filled)):
        return number_bands(column, domain)
    return all_or_nothing(column, domain)


def _to_the_end(levels: list[Level], domain: Sequence[str]) -> tuple[Level, ...]:
    """Return the levels without those that join nothing, and with all withheld at the end."""
    kept = levels[:1]
    for level in [*levels[1:], withheld(domain)]:
        if len(set(level.labels)) < len(set(kept[-1].labels)) or level.title == "withheld":
            kept.append(level)
    return tuple(kept)


def _number(column: str, text: str) -> Fraction | None:
    if not text:
        return None
    if not _is_number(text):
        raise BadInput(column, None, "“{value}” is no number.", value=text)
    return Fraction(text)


def _band(number: Fraction | None, width: int, *, whole: bool) -> str:
    if number is None:
        return ""
    low = number // width * width
    return f"{low}–{low + width - 1}" if whole else f"[{low}, {low + width})"


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) >= 4


def _as_long(domain: Sequence[str]) -> bool:
    return len({len(text) for text in domain}) == 1
