"""Check a file of records against a requirement; suggest what would mend it; make it so.

Pure: records in, findings out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from madang.core.bad_input import BadInput
from madang.core.disclosure.classes import (
    distinct_l,
    entropy_l,
    equal_t,
    group,
    ordered_t,
    spread,
)
from madang.core.disclosure.hierarchy import Hierarchy, guess
from madang.core.disclosure.lattice import Search, Sieve, Suggestion, find_minimal
from madang.core.disclosure.records import Records
from madang.core.disclosure.requirement import Requirement

CLASSES_SHOWN = 10


@dataclass(frozen=True)
class Variety:
    """How varied a sensitive column is in its least varied class; see `classes`.

    distinct, entropy: the least over all classes. equal, ordered: the farthest of all classes.
    """

    column: str
    distinct: int
    entropy: float
    equal: float
    ordered: float


@dataclass(frozen=True)
class Broken:
    """A class that does not keep to the requirement: its values, people, and different sensitive
    values (in the order of the sensitive columns)."""

    values: tuple[str, ...]
    people: int
    distinct: tuple[int, ...]


@dataclass(frozen=True)
class Finding:
    """What a file is like. k: people in its smallest class.

    alone: people whose class is themselves. broken_classes, broken_people: that do not keep to
    the requirement, of which `examples` are the smallest.
    """

    people: int
    classes: int
    k: int
    alone: int
    varieties: tuple[Variety, ...]
    broken_classes: int
    broken_people: int
    examples: tuple[Broken, ...]

    @property
    def passes(self) -> bool:
        return self.broken_classes == 0


def parts(
    records: Records, quasi: Sequence[str], sensitive: Sequence[str]
) -> tuple[Records, Records | None]:
    """Return the quasi-identifiers and the sensitive columns. Raises BadInput where they overlap,
    are not there, or where no quasi-identifier is named."""
    if not quasi:
        raise BadInput(records.source, None, "Name at least one quasi-identifier.")
    if both := sorted(set(quasi) & set(sensitive)):
        raise BadInput(records.source, None,
                       "{column} cannot be a quasi-identifier and sensitive at once.",
                       column=both[0])  # fmt: skip
    return records.only(quasi), records.only(sensitive) if sensitive else None


def check(quasi: Records, sensitive: Records | None, requirement: Requirement) -> Finding:
    """Return what the file is like. Raises BadInput where variety is asked of no column."""
    if requirement.asks_for_variety and sensitive is None:
        raise BadInput(quasi.source, None, "l and t need a sensitive column. Name one.")
    classes = group(quasi.codes)
    columns = () if sensitive is None else sensitive.codes.T
    spreads = [spread(classes.of, column) for column in columns]
    broken = requirement.broken_by(classes.sizes, spreads)
    distinct = [distinct_l(each) for each in spreads]
    worst = np.flatnonzero(broken)
    worst = worst[np.argsort(classes.sizes[worst], kind="stable")][:CLASSES_SHOWN]
    examples = [
        Broken(
            values=_values(quasi, int(classes.first[n])),
            people=int(classes.sizes[n]),
            distinct=tuple(int(each[n]) for each in distinct),
        )
        for n in worst
    ]
    names = () if sensitive is None else sensitive.columns
    return Finding(
        people=len(quasi),
        classes=len(classes),
        k=int(classes.sizes.min()),
        alone=int((classes.sizes == 1).sum()),
        varieties=tuple(
            Variety(name, int(found.min()), float(entropy_l(each).min()),
                    float(equal_t(each).max()), float(ordered_t(each).max()))
            for name, each, found in zip(names, spreads, distinct, strict=True)
        ),
        broken_classes=int(broken.sum()),
        broken_people=int(classes.sizes[broken].sum()),
        examples=tuple(examples),
    )  # fmt: skip


def hierarchies_for(quasi: Records, given: Mapping[str, Hierarchy]) -> list[Hierarchy]:
    """Return a hierarchy for each quasi-identifier: the one given, else one that its values
    suggest."""
    return [
        given.get(column) or guess(column, domain)
        for column, domain in zip(quasi.columns, quasi.domains, strict=True)
    ]


def suggest(
    quasi: Records,
    sensitive: Records | None,
    hierarchies: Sequence[Hierarchy],
    requirement: Requirement,
    *,
    most_suppressed: int = 0,
) -> Search:
    """Return every minimal coarsening that would keep to the requirement; see `lattice`."""
    return find_minimal(
        quasi, hierarchies, requirement, sensitive=sensitive, most_suppressed=most_suppressed
    )


def coarsened(
    records: Records,
    quasi: Records,
    sensitive: Records | None,
    hierarchies: Sequence[Hierarchy],
    requirement: Requirement,
    suggestion: Suggestion,
) -> list[list[str]]:
    """Return the rows that may leave, without those of people left out, with all columns.

    The order is that of the texts themselves: the order of the input, which may tell when
    somebody came, stays behind.
    """
    classes, broken = Sieve(quasi, hierarchies, sensitive, requirement).coarsen(suggestion.levels)
    row_of = group(quasi.codes).of
    out = broken[classes.of][row_of]
    columns = []
    for column in records.columns:
        texts = records.texts(column)
        if column in quasi.columns:
            place = quasi.columns.index(column)
            level = hierarchies[place].levels[suggestion.levels[place]]
            became = dict(zip(quasi.domains[place], level.labels, strict=True))
            texts = [became[text] for text in texts]
        columns.append(texts)
    rows = [list(row) for row in zip(*columns, strict=True)]
    return sorted(row for row, left_out in zip(rows, out, strict=True) if not left_out)


def _values(records: Records, row: int) -> tuple[str, ...]:
    return tuple(
        domain[code] for domain, code in zip(records.domains, records.codes[row], strict=True)
    )
