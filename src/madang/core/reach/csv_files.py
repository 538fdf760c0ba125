"""Read a network from two CSV files, or say in one sentence what is wrong and on which line."""

import re
from collections.abc import Collection

from madang.core.bad_input import BadInput
from madang.core.csv_text import from_cell
from madang.core.opinion.csv_rows import Table, TextFile
from madang.core.reach.network import Exposure, Kind, Link, Network, System, Trust

CODE = r"^[A-Za-z0-9._-]{1,40}$"  # means the same to Python and to PostgreSQL
LONGEST_NAME = 100
MOST_CRITICAL = 100
LARGEST_COST = 1_000_000_000
MOST_SYSTEMS, MOST_LINKS = 20_000, 200_000
SYSTEM_COLUMNS = ("code", "name", "kind", "exposure", "criticality", "office", "isolation_cost")
LINK_COLUMNS = ("from", "to", "trust", "likelihood", "cost")
LIKELIHOOD = re.compile(r"(0?\.\d{1,6}|1(\.0{1,6})?)")


def read_network(
    *, systems: TextFile, links: TextFile, offices: Collection[str] | None = None
) -> Network:
    """Return the network of the two files.

    offices: codes of those that may own a system; None takes all.
    Raises BadInput naming file and line for a header that lacks a column, an empty, unknown or
    doubled code, an unknown kind, exposure, trust or office, a number out of its range, a link
    of a system with itself, the same link twice, or more than fits.
    """
    known = _systems(Table(systems), offices)
    return Network(tuple(known.values()), tuple(_links(Table(links), known)))


def _systems(table: Table, offices: Collection[str] | None) -> dict[str, System]:
    places = table.places(SYSTEM_COLUMNS)
    english = table.columns.index("name_en") if "name_en" in table.columns else None
    _refuse_too_many(table, MOST_SYSTEMS)
    if not table.records:
        raise BadInput(table.name, None, "There is no system in the file.")
    found: dict[str, System] = {}
    for n, row in enumerate(table.records):
        told = [row[place].strip() for place in places]
        system = _system(table, n, told, "" if english is None else row[english].strip())
        if system.code in found:
            raise BadInput(
                table.name, table.line_of(n), "The code {code} appears twice.", code=system.code
            )
        if offices is not None and system.office not in offices:
            raise BadInput(
                table.name,
                table.line_of(n),
                "The office {office} is not on the city's card.",
                office=system.office,
            )
        found[system.code] = system
    return found


def _system(table: Table, n: int, told: list[str], english: str) -> System:
    code, name, kind, exposure, criticality, office, isolation = map(from_cell, told)
    if not re.fullmatch(CODE, code):
        raise BadInput(
            table.name,
            table.line_of(n),
            "The code is “{code}”; letters, digits, dots and hyphens make a code, 40 at most.",
            code=code,
        )
    english = from_cell(english)
    if not name:
        raise BadInput(table.name, table.line_of(n), "The system {code} has no name.", code=code)
    if max(len(name), len(english)) > LONGEST_NAME:
        raise BadInput(
            table.name,
            table.line_of(n),
            "The name of {code} is too long; {longest} characters fit.",
            code=code,
            longest=LONGEST_NAME,
        )
    worth = table.whole_number(criticality, "criticality", n)
    if worth > MOST_CRITICAL:
        raise BadInput(
            table.name,
            table.line_of(n),
            "criticality is {value}; it must be between 0 and {most}.",
            value=worth,
            most=MOST_CRITICAL,
        )
    return System(
        code=code,
        name=name,
        english=english,
        kind=_kind(table, n, kind),
        exposure=_exposure(table, n, exposure),
        criticality=worth,
        office=office,
        isolation_cost=_cost(table, n, "isolation_cost", isolation),
    )


def _links(table: Table, systems: dict[str, System]) -> list[Link]:
    places = table.places(LINK_COLUMNS)
    _refuse_too_many(table, MOST_LINKS)
    found: dict[tuple[str, str, Trust], Link] = {}
    for n, row in enumerate(table.records):
        link = _link(table, n, [row[place].strip() for place in places])
        for code in (link.source, link.target):
            if code not in systems:
                raise BadInput(
                    table.name,
                    table.line_of(n),
                    "There is no system {code} in the file of systems.",
                    code=code,
                )
        if link.source == link.target:
            raise BadInput(
                table.name,
                table.line_of(n),
                "The link leads from {code} to itself.",
                code=link.source,
            )
        key = (link.source, link.target, link.trust)
        if key in found:
            raise BadInput(
                table.name,
                table.line_of(n),
                "The link from {tail} to {head} by {trust} appears twice.",
                tail=link.source,
                head=link.target,
                trust=link.trust,
            )
        found[key] = link
    return list(found.values())


def _link(table: Table, n: int, told: list[str]) -> Link:
    source, target, trust, likelihood, cost = map(from_cell, told)
    return Link(
        source=source,
        target=target,
        trust=_trust(table, n, trust),
        likelihood=_likelihood(table, n, likelihood),
        cost=_cost(table, n, "cost", cost),
    )


def _kind(table: Table, n: int, text: str) -> Kind:
    if text not in set(Kind):
        raise BadInput(
            table.name,
            table.line_of(n),
            "kind is “{value}”; it must be gateway, device, vehicle, signal, office, service or "
            "server.",
            value=text,
        )
    return Kind(text)


def _exposure(table: Table, n: int, text: str) -> Exposure:
    if text not in set(Exposure):
        raise BadInput(
            table.name,
            table.line_of(n),
            "exposure is “{value}”; it must be internet, radio, physical or inside.",
            value=text,
        )
    return Exposure(text)


def _trust(table: Table, n: int, text: str) -> Trust:
    if text not in set(Trust):
        raise BadInput(
            table.name,
            table.line_of(n),
            "trust is “{value}”; it must be credential, network, data or physical.",
            value=text,
        )
    return Trust(text)


def _likelihood(table: Table, n: int, text: str) -> float | None:
    if not text:
        return None
    if not LIKELIHOOD.fullmatch(text) or float(text) == 0:
        raise BadInput(
            table.name,
            table.line_of(n),
            "likelihood is “{value}”; it must be above 0 and at most 1, as 0.25 is, or empty.",
            value=text,
        )
    return float(text)


def _cost(table: Table, n: int, column: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:20]) == 0:
        raise BadInput(
            table.name,
            table.line_of(n),
            "{column} is “{value}”; it must be a whole number, 1 or more, or empty.",
            column=column,
            value=text,
        )
    return table.whole_number(text, column, n, LARGEST_COST)


def _refuse_too_many(table: Table, most: int) -> None:
    if len(table.records) > most:
        raise BadInput(
            table.name,
            None,
            "The file has {rows} rows; {most} can be looked after.",
            rows=len(table.records),
            most=most,
        )
