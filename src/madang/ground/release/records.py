"""Records that are k-anonymous, and as varied as was asked."""

from dataclasses import dataclass

from madang.core.bad_input import BadInput
from madang.core.disclosure.check import (
    check,
    coarsened,
    hierarchies_for,
    parts,
    suggest,
)
from madang.core.disclosure.records import records_in
from madang.core.disclosure.requirement import Requirement
from madang.core.opinion.csv_rows import Table
from madang.ground.release.candidate import Candidate, Refused


@dataclass(frozen=True)
class RecordsAsked:
    """way: which suggestion to follow, from 1; 0 for the file as it is."""

    quasi: tuple[str, ...]
    sensitive: tuple[str, ...]
    k: int
    l: int  # noqa: E741 the literature's name
    most_suppressed: int = 0
    way: int = 0


def consider(asked: RecordsAsked, table: Table) -> Candidate:
    """Return the file as it would leave. Columns that were not named stay behind.

    Raises BadInput for columns that are not there, or a way that was not suggested.
    """
    if asked.k < 2:
        raise BadInput("k", None, "With k below 2 nobody would be protected. Ask for 2 or more.")
    everything = records_in(table)
    quasi, sensitive = parts(everything, asked.quasi, asked.sensitive)
    records = everything.only([*asked.quasi, *asked.sensitive])
    requirement = Requirement(k=asked.k, l=asked.l)
    finding = check(quasi, sensitive, requirement)
    hierarchies = hierarchies_for(quasi, {})
    search = suggest(quasi, sensitive, hierarchies, requirement,
                     most_suppressed=min(asked.most_suppressed, len(quasi) - 1))  # fmt: skip
    if asked.way > len(search.suggestions):
        raise BadInput("way", None, "There are only {ways} suggestions.",
                       ways=len(search.suggestions))  # fmt: skip
    if asked.way == 0 and not finding.passes:
        refused = Refused(finding, search.suggestions, tuple(hierarchies))
        return Candidate(records.columns, (), {}, {}, refused=refused)
    if asked.way == 0:
        rows = sorted(zip(*map(records.texts, records.columns), strict=True))
        facts = {"k": finding.k, "levels": {}, "left_out": 0}
    else:
        chosen = search.suggestions[asked.way - 1]
        lists = coarsened(records, quasi, sensitive, hierarchies, requirement, chosen)
        rows = [tuple(row) for row in lists]
        levels = {
            each.column: each.levels[level].in_english
            for each, level in zip(hierarchies, chosen.levels, strict=True)
        }
        facts = {"k": chosen.smallest, "levels": levels, "left_out": chosen.suppressed}
    facts |= {"people": len(rows), "l": asked.l}
    return Candidate(records.columns, tuple(rows), facts, {})
