"""The disclosure core as commands on any CSV file: no city, no database."""

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.site.cli.cores import Json
from madang.site.cli.files import read_bytes, write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:  # numpy, scipy and the core are imported only by the commands that need them
    from madang.core.disclosure.check import Finding
    from madang.core.disclosure.hiding import Hidden
    from madang.core.disclosure.hierarchy import Hierarchy, Level
    from madang.core.disclosure.lattice import Search, Suggestion
    from madang.core.disclosure.records import Records
    from madang.core.disclosure.tables import CellTable

TELLS_TOO_MUCH = 1  # exit code: the file was read, and it does not keep to what was asked
SUGGESTIONS_SHOWN = 10
HIDDEN = "×"

Source = Annotated[Path, typer.Argument(help=_("A CSV file with a header."), readable=False)]
Out = Annotated[Path | None, typer.Option(help=_("CSV file to write with what may leave."))]


def check(
    source: Source,
    quasi: Annotated[
        str,
        typer.Option(help=_("Columns by which somebody could be known, with commas between them.")),
    ],
    sensitive: Annotated[
        str, typer.Option(help=_("Columns that nobody should learn of somebody."))
    ] = "",
    k: Annotated[int, typer.Option("--k", help=_("People who must look alike."))] = 5,
    l: Annotated[  # noqa: E741 the literature's name
        int, typer.Option("--l", help=_("Different sensitive values that they must have."))
    ] = 1,
    t: Annotated[
        float | None, typer.Option("--t", help=_("Farthest that they may be from the whole."))
    ] = None,
    diversity: Annotated[str, typer.Option(help="distinct | entropy | recursive")] = "distinct",
    c: Annotated[float, typer.Option("--c", help=_("For recursive: the factor c."))] = 1.0,
    suppress: Annotated[int, typer.Option(help=_("People who may be left out at most."))] = 0,
    hierarchy: Annotated[
        list[str] | None,
        typer.Option(help=_("COLUMN=FILE.csv: each value, then what it becomes step by step.")),
    ] = None,
    way: Annotated[int, typer.Option(help=_("Which suggestion --out follows."))] = 1,
    out: Out = None,
    json: Json = None,
) -> None:
    from madang.core.disclosure import check as gate

    requirement = _requirement(k, l, t, diversity, c)
    everything = _records(source)
    parts = gate.parts(everything, _names(quasi), _names(sensitive))
    finding = gate.check(*parts, requirement)
    hierarchies = gate.hierarchies_for(parts[0], _hierarchies(hierarchy or [], parts[0]))
    most = min(max(suppress, 0), len(everything) - 1)
    search = gate.suggest(*parts, hierarchies, requirement, most_suppressed=most)
    if out is not None:
        if not 1 <= way <= len(search.suggestions):
            raise Refusal(_("There is no suggestion {way} to follow.").format(way=way))
        named = everything.only([*_names(quasi), *_names(sensitive)])
        rows = gate.coarsened(named, *parts, hierarchies, requirement, search.suggestions[way - 1])
        _write_csv(out, named.columns, rows)
    if json is not None:
        write_json(_as_json(finding, search, hierarchies), json)
    else:
        _print(finding, search, hierarchies)
    raise SystemExit(0 if finding.passes or out is not None else TELLS_TOO_MUCH)


def table(
    source: Source,
    columns: Annotated[str, typer.Option(help=_("Columns of the table, one to three."))],
    fewest: Annotated[int, typer.Option(help=_("People whom a shown cell must hold."))] = 5,
    amount: Annotated[
        str, typer.Option(help=_("Column of amounts to add up, in place of counting people."))
    ] = "",
    p: Annotated[float, typer.Option("--p", help=_("For amounts: the p percent rule."))] = 10.0,
    *,
    by_cells: Annotated[
        bool, typer.Option("--by-cells", help=_("Hide few cells, not little value."))
    ] = False,
    out: Out = None,
    json: Json = None,
) -> None:
    from madang.core.disclosure.hiding import Weight, hide

    cells = _table(_records(source), _names(columns), fewest, amount, p)
    found = hide(cells, weight=Weight.CELLS if by_cells else Weight.VALUES)
    header = [*(axis.column for axis in cells.axes), amount or "people"]
    rows = _rows(cells, found)
    if out is not None:
        _write_csv(out, header, rows)
    if json is not None:
        write_json(_table_json(cells, found, header, rows), json)
        return
    if out is None:
        _csv(sys.stdout, header, rows)
    told = _("{hidden} of {cells} cells are hidden, {small} of them because they tell too much.")
    values = {"hidden": int(found.hidden.sum()), "small": int(cells.sensitive.sum())}
    print(told.format(cells=cells.values.size, **values), file=sys.stderr)
    if not found.is_least:
        print(_("The table is large, so perhaps fewer would do."), file=sys.stderr)


def _requirement(k: int, l: int, t: float | None, diversity: str, c: float) -> Any:  # noqa: E741
    from madang.core.disclosure.requirement import Diversity, Requirement

    if diversity not in list(Diversity):
        raise Refusal(
            _("{word} is not one of {words}.").format(word=diversity, words=", ".join(Diversity))
        )
    return Requirement(k=k, l=l, t=t, diversity=Diversity(diversity), c=c)


def _records(source: Path) -> "Records":
    from madang.core.disclosure.records import records_in
    from madang.core.opinion.csv_rows import Table, decode_text

    return records_in(Table(decode_text(str(source), read_bytes(source))))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _hierarchies(given: Sequence[str], quasi: "Records") -> "dict[str, Hierarchy]":
    from madang.core.disclosure.hierarchy import tree
    from madang.core.opinion.csv_rows import Table, decode_text

    found = {}
    for each in given:
        column, _equals, file = each.partition("=")
        content = read_bytes(Path(file))
        lines = Table(decode_text(file, content))
        paths = {row[0]: tuple(row[1:]) for row in lines.records}
        found[column] = tree(column, quasi.domains[quasi.place(column)], paths)
    return found


def _level(level: "Level") -> str:
    return _(level.title).format(number=level.number)


def _said(suggestion: "Suggestion", hierarchies: "Sequence[Hierarchy]") -> str:
    """The levels of a suggestion in words: age: bands of 10; sex: as it is."""
    return "; ".join(
        f"{each.column}: {_level(each.levels[level])}"
        for each, level in zip(hierarchies, suggestion.levels, strict=True)
    )


def _print(finding: "Finding", search: "Search", hierarchies: "Sequence[Hierarchy]") -> None:
    told = _("{people} people in {classes} classes; the smallest has {k}, and {alone} stand alone.")
    print(told.format(people=finding.people, classes=finding.classes, k=finding.k,
                      alone=finding.alone))  # fmt: skip
    for each in finding.varieties:
        sentence = _("{column}: at least {distinct} different values in a class; t {t}.")
        print(sentence.format(column=each.column, distinct=each.distinct, t=f"{each.equal:.3f}"))
    if finding.passes:
        print(_("The file keeps to what was asked."))
        return
    sentence = _("{people} people in {classes} classes do not keep to what was asked, such as:")
    print(sentence.format(people=finding.broken_people, classes=finding.broken_classes))
    for broken in finding.examples:
        print(f"  {', '.join(broken.values)}: {broken.people}")
    if not search.suggestions:
        print(_("No coarsening mends it. Let people be left out (--suppress), or ask for less."))
        return
    print(_("What would mend it, the least loss first:"))
    for n, each_way in enumerate(search.suggestions[:SUGGESTIONS_SHOWN], 1):
        line = _("{n}. {levels} — smallest class {smallest}, {out} left out, loss {loss}")
        values = {"smallest": each_way.smallest, "out": each_way.suppressed}
        loss = f"{each_way.certainty_penalty:.1%}"
        print(line.format(n=n, levels=_said(each_way, hierarchies), loss=loss, **values))


def _as_json(
    finding: "Finding", search: "Search", hierarchies: "Sequence[Hierarchy]"
) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        **asdict(finding),
        "passes": finding.passes,
        "suggestions": [
            {
                **asdict(each),
                "levels": {
                    hierarchy.column: hierarchy.levels[level].in_english
                    for hierarchy, level in zip(hierarchies, each.levels, strict=True)
                },
            }
            for each in search.suggestions
        ],
        "nodes": search.nodes,
        "checked": search.checked,
    }


def _table(
    records: "Records", names: Sequence[str], fewest: int, amount: str, p: float
) -> "CellTable":
    import numpy as np

    from madang.core.disclosure.tables import (
        MinimumFrequency,
        PPercent,
        flat,
        table_of_amounts,
        tabulate,
    )

    if not 1 <= len(names) <= 3:
        raise Refusal(_("A table has one to three columns."))
    shown = records.only(names)
    axes = [flat(name, domain) for name, domain in zip(shown.columns, shown.domains, strict=True)]
    if not amount:
        return tabulate(records.source, axes, shown, MinimumFrequency(fewest))
    try:
        amounts = np.array([float(text) for text in records.texts(amount)])
    except ValueError:
        raise Refusal(
            _("{column} holds something that is no number.").format(column=amount)
        ) from None
    return table_of_amounts(records.source, axes, shown, amounts, PPercent(p))


def _rows(cells: "CellTable", found: "Hidden") -> list[list[str]]:
    import numpy as np

    return [
        [
            *(axis.labels[n] for axis, n in zip(cells.axes, place, strict=True)),
            HIDDEN if found.hidden[place] else f"{cells.values[place]:.15g}",
        ]
        for place in np.ndindex(cells.values.shape)
    ]


def _table_json(
    cells: "CellTable", found: "Hidden", header: Sequence[str], rows: list[list[str]]
) -> dict[str, Any]:
    return {
        "header": list(header),
        "rows": rows,
        "hidden": int(found.hidden.sum()),
        "too_small": int(cells.sensitive.sum()),
        "is_least": found.is_least,
        "cost": found.cost,
    }


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    text = io.StringIO()
    _csv(text, header, rows)
    try:
        path.write_text(text.getvalue(), "utf-8")
    except OSError as trouble:
        raise Refusal(
            _("{path}: cannot be written: {why}.").format(path=path, why=trouble.strerror)
        ) from None


def _csv(stream: Any, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from madang.core.csv_text import as_cell

    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(map(as_cell, header))
    lines.writerows(map(as_cell, row) for row in rows)
