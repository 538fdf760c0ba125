"""Counts, sums, means and histograms with noise: nobody can tell whether you are in the file.

What is asked must be decided without looking at the people: categories, bounds and how many rows of
one person count are named beforehand. A person's further rows are left out, and a number outside
the bounds counts as the bound.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from madang.core.bad_input import BadInput
from madang.core.opinion.csv_rows import Table
from madang.ground.release.candidate import Candidate
from madang.ground.release.noise import Noise, draw, noise_for
from madang.ground.release.price import Price

LARGEST = 10**9  # of a bound, and of how many rows of one person count together
EVERYONE = "everyone"


class Statistic(StrEnum):
    """What is published of each category."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class NoisyAsked:
    """person: the column that tells people apart. group, categories: a row for each category;
    one row for everyone where no group is named. number, low, high: the column of whole numbers,
    and its bounds. bands: edges of a histogram, the first low, the last high.
    """

    statistic: Statistic
    person: str
    rows_a_person: int
    micro_epsilon: int
    pico_delta: int = 0
    group: str = ""
    categories: tuple[str, ...] = ()
    number: str = ""
    low: int = 0
    high: int = 0
    bands: tuple[int, ...] = ()

    @property
    def price(self) -> Price:
        return Price(self.micro_epsilon, self.pico_delta)

    @property
    def labels(self) -> tuple[str, ...]:
        if self.statistic is Statistic.HISTOGRAM:
            return tuple(f"{low}–{high - 1}" for low, high in pairwise(self.bands))
        return self.categories or (EVERYONE,)


@dataclass(frozen=True)
class Totals:
    """Exact counts and sums of each label; for the gate's eyes only. sums: of twice the distance
    from the middle of the bounds for a mean, else of the numbers."""

    counts: list[int]
    sums: list[int]
    left_out: int


def consider(asked: NoisyAsked, table: Table) -> Candidate:
    """Return what would be published, without its numbers: each draw costs anew.

    Raises BadInput for a column that is not there, an unknown category, or no whole number.
    """
    refuse_what_cannot_be(asked)
    totals = add_up(asked, table)
    noises = {name: noise_for(sensitivity=s, price=p) for name, s, p in _parts(asked)}
    facts = {"noise": {name: _told(noise) for name, noise in noises.items()}}
    header = (asked.group or asked.number or "who", str(asked.statistic), *_error(asked))
    return Candidate(header, (), facts, {"rows_left_out": totals.left_out}, asked.price)


def publishable(asked: NoisyAsked, table: Table) -> list[tuple[str, ...]]:
    """Return the rows with noise. To be called once, when it is paid for."""
    totals = add_up(asked, table)
    noises = {name: noise_for(sensitivity=s, price=p) for name, s, p in _parts(asked)}
    if asked.statistic is not Statistic.MEAN:
        (noise,) = noises.values()
        exact = totals.sums if asked.statistic is Statistic.SUM else totals.counts
        drawn = draw(exact, noise)
        return [
            (label, str(n), str(noise.within)) for label, n in zip(asked.labels, drawn, strict=True)
        ]
    counts = draw(totals.counts, noises["count"])
    sums = draw(totals.sums, noises["sum"])
    return [
        (label, _mean(asked, count, total))
        for label, count, total in zip(asked.labels, counts, sums, strict=True)
    ]


def refuse_what_cannot_be(asked: NoisyAsked) -> None:
    """Raise BadInput where the wish itself does not fit together."""
    if not 1 <= asked.rows_a_person <= 1000:
        raise BadInput("rows", None, "How many rows of one person count must be 1 to 1000.")
    if asked.micro_epsilon <= 0:
        raise BadInput("epsilon", None, "epsilon must be more than 0 and at most 100.")
    if asked.group and (not asked.categories or len(set(asked.categories)) < len(asked.categories)):
        raise BadInput("categories", None, "Name every category of the column, each once.")
    if asked.statistic is Statistic.HISTOGRAM and (
        len(asked.bands) < 2 or any(high <= low for low, high in pairwise(asked.bands))
    ):
        raise BadInput("bands", None, "Name the edges of the bands, two or more, from low to high.")
    if asked.statistic in (Statistic.SUM, Statistic.MEAN) and not (
        -LARGEST <= asked.low < asked.high <= LARGEST
    ):
        raise BadInput("bounds", None, "Name a lower and a higher bound of the numbers.")
    if asked.statistic is not Statistic.COUNT and not asked.number:
        raise BadInput("number", None, "Name the column of numbers.")


def add_up(asked: NoisyAsked, table: Table) -> Totals:
    """Return the exact totals, with at most so many rows of each person, the first of the file."""
    names = [name for name in (asked.person, asked.group, asked.number) if name]
    places = dict(zip(names, table.places(names), strict=True))
    place_of = {label: n for n, label in enumerate(asked.labels)}
    counts, sums = [0] * len(place_of), [0] * len(place_of)
    seen: Counter[str] = Counter()
    left_out = 0
    for n, row in enumerate(table.records):
        number = _number(asked, table, row[places[asked.number]], n) if asked.number else 0
        label = row[places[asked.group]] if asked.group else EVERYONE
        if asked.statistic is Statistic.HISTOGRAM:
            label = _band(asked, number)
        if label not in place_of:
            raise BadInput(table.name, table.line_of(n), "“{value}” is no category of {column}.",
                           value=label, column=asked.group)  # fmt: skip
        person = row[places[asked.person]]
        seen[person] += 1
        if seen[person] > asked.rows_a_person:
            left_out += 1
            continue
        counts[place_of[label]] += 1
        sums[place_of[label]] += _counted(asked, number)
    return Totals(counts, sums, left_out)


def _parts(asked: NoisyAsked) -> list[tuple[str, int, Price]]:
    """Return what noise is drawn for: a name, how much one person can change it, and its price."""
    rows = asked.rows_a_person
    if asked.statistic is Statistic.SUM:
        return [("sum", rows * max(abs(asked.low), abs(asked.high)), asked.price)]
    if asked.statistic is Statistic.MEAN:
        one, other = asked.price.halves()
        return [("count", rows, one), ("sum", rows * (asked.high - asked.low), other)]
    return [("count", rows, asked.price)]


def _counted(asked: NoisyAsked, number: int) -> int:
    bounded = min(max(number, asked.low), asked.high)
    if asked.statistic is Statistic.MEAN:
        return 2 * bounded - asked.low - asked.high
    return bounded if asked.statistic is Statistic.SUM else 0


def _mean(asked: NoisyAsked, count: int, total: int) -> str:
    """Return the mean of noisy totals within the bounds; nothing where the count is lost in it."""
    if count <= 0:
        return ""
    middle = (asked.low + asked.high) / 2
    return f"{min(max(middle + total / (2 * count), asked.low), asked.high):.2f}"


def _band(asked: NoisyAsked, number: int) -> str:
    bounded = min(max(number, asked.bands[0]), asked.bands[-1] - 1)
    place = next(n for n, edge in enumerate(asked.bands[1:]) if bounded < edge)
    return asked.labels[place]


def _number(asked: NoisyAsked, table: Table, text: str, record: int) -> int:
    if not text.removeprefix("-").isdecimal() or not text.isascii() or len(text) > 15:
        raise BadInput(table.name, table.line_of(record), "{column} is “{value}”; it must be a "
                       "whole number.", column=asked.number, value=text)  # fmt: skip
    return int(text)


def _told(noise: Noise) -> dict[str, str | int | float]:
    return {
        "name": noise.name,
        "sensitivity": noise.sensitivity,
        "scale": noise.scale,
        "within_95": noise.within,
    }


def _error(asked: NoisyAsked) -> tuple[str, ...]:
    return () if asked.statistic is Statistic.MEAN else ("within_95",)
