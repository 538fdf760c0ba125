"""Reads of the network block."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Q, QuerySet

from madang.core.opinion.csv_rows import decode_text
from madang.core.reach import network as core
from madang.core.reach.chance import TRIALS, Chance, estimate_chances
from madang.core.reach.csv_files import read_network
from madang.core.reach.network import Exposure, Kind, Network, Trust
from madang.ground.city.card import city
from madang.ground.words import Said, as_written, said
from madang.listen.network.models import Draft, Link, Register, State
from madang.listen.network.rules import Difference, compare

if TYPE_CHECKING:  # networkx and scipy are imported only by the answers that need them
    from madang.core.reach.budget import Spending
    from madang.core.reach.cuts import Cut
    from madang.core.reach.ranking import Chokepoint, Opener

NOTHING = Network((), ())
MOST_DICED = 5000  # links, on a page; the command dices any number
SEED = 1
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Version:
    """One version of the register, in numbers."""

    number: int
    source: str
    systems: int
    links: int
    added: int
    removed: int
    changed: int
    registered_at: datetime


@dataclass(frozen=True)
class DraftPage:
    """What an official sent, and what it would change."""

    id: int
    source: str
    network: Network
    difference: Difference
    is_stale: bool  # another version was registered since


def newest_version() -> Version | None:
    """Return the version that holds, None before the first. One SQL query."""
    row = Register.objects.order_by("-number").first()
    return None if row is None else _version(row)


def list_versions() -> list[Version]:
    """Return all versions, the newest first. One SQL query."""
    return [_version(row) for row in Register.objects.order_by("-number")]


def find_network() -> Network | None:
    """Return the network of the version that holds, None before the first. At most three SQL
    queries, and one where this process has read that version before."""
    row = Register.objects.order_by("-number").first()
    return None if row is None else _read(row.number, (row.id, row.registered_at))


def network_or_nothing() -> Network:
    """Return the network that holds; before the first version, one without systems."""
    return find_network() or NOTHING


def find_version(*, number: int) -> Version | None:
    """Return one version in numbers. One SQL query."""
    row = Register.objects.filter(number=number).first()
    return None if row is None else _version(row)


def difference_of(*, number: int) -> Difference:
    """Return what a version has otherwise than the one before it. Five SQL queries."""
    return compare(_network_at(number - 1), _network_at(number))


@lru_cache(maxsize=2)
def _read(number: int, version: tuple[int, datetime]) -> Network:
    """Read a version. What it says never changes; `version` tells it from another database's."""
    return _network_at(number)


def _network_at(number: int) -> Network:
    """Read what held in a version, whatever is being registered beside. Two SQL queries."""
    held = Q(since__number__lte=number) & (Q(until=None) | Q(until__number__gt=number))
    return Network(
        tuple(_systems(State.objects.filter(held))), tuple(_links(Link.objects.filter(held)))
    )


def _systems(rows: QuerySet[State]) -> Iterator[core.System]:
    names = ("system__code", "name", "english", "kind", "exposure", "criticality", "office")
    found = rows.order_by("place", "id").values_list(*names, "isolation_cost")
    for code, name, english, kind, exposure, worth, office, cost in found:
        yield core.System(code, name, english, Kind(kind), Exposure(exposure), worth, office, cost)


def _links(rows: QuerySet[Link]) -> Iterator[core.Link]:
    names = ("source__code", "target__code", "trust", "likelihood", "cost")
    for source, target, trust, likelihood, cost in rows.order_by("place", "id").values_list(*names):
        yield core.Link(source, target, Trust(trust), likelihood, cost)


# What the map answers


@dataclass(frozen=True)
class Row:
    """One system that can be reached. likelihood, way: of the likeliest way, and chance: None
    where the question is what anybody outside reaches, or where too many links would be diced."""

    code: str
    name: Said
    kind: Kind
    exposure: Exposure
    office: Said
    criticality: int
    steps: int
    likelihood: float | None
    way: tuple[str, ...]
    chance: Chance | None


@dataclass(frozen=True)
class Reach:
    """What falls. systems, damage: with the first system itself; whole: criticality of all.
    expected: mean damage, low, high, None where it was not diced."""

    broken: core.System | None
    rows: tuple[Row, ...]
    steps: Mapping[int, int]
    damage: int
    whole: int
    unrated: int
    expected: tuple[float, float, float] | None
    trials: int = TRIALS


@dataclass(frozen=True)
class Advice:
    """What would stop it. way: what cannot be cut, where there is no cut; pairs: how many are too
    many to be weighed against a budget."""

    cut: "Cut | None" = None
    way: tuple[str, ...] = ()
    spending: "Spending | None" = None
    pairs: int = 0


def reach_of(*, network: Network, broken: str, language: str) -> Reach:
    """Return what falls from a system on; for "" what anybody outside reaches. No SQL."""
    from madang.core.reach.radius import blast_radius

    if not broken:
        return _reach_from_outside(network, language)
    radius = blast_radius(network, broken)
    chances = None
    if len(network.links) <= MOST_DICED:
        chances = estimate_chances(network, broken, rng=np.random.default_rng(SEED), trials=TRIALS)
    by_place = chances.by_place if chances else {}
    codes = [each.code for each in network.systems]
    return Reach(
        broken=network.systems[radius.source],
        rows=tuple(
            _row(network, each.place, each.steps, language, each.likelihood,
                 tuple(codes[place] for place in each.way), by_place.get(each.place))
            for each in radius.fallen
        ),
        steps={radius.source: 0} | {each.place: each.steps for each in radius.fallen},
        damage=radius.damage,
        whole=_whole(network),
        unrated=radius.unrated,
        expected=chances.damage if chances else None,
    )  # fmt: skip


def _reach_from_outside(network: Network, language: str) -> Reach:
    from madang.core.reach.radius import damage_of, steps_from_outside

    steps = steps_from_outside(network)
    return Reach(
        broken=None,
        rows=tuple(_row(network, place, step, language) for place, step in steps.items()),
        steps=steps,
        damage=damage_of(network, steps),
        whole=_whole(network),
        unrated=sum(link.likelihood is None for link in network.links),
        expected=None,
    )


def advice_on(
    *, network: Network, broken: str, protect: Sequence[str], budget: int | None
) -> Advice:
    """Return the best spending of a budget, else the cheapest cut before what is protected.

    A spending is sought for some seconds. No SQL.
    """
    from madang.core.reach.budget import TooLarge, spend
    from madang.core.reach.cuts import NoCut, cheapest_cut

    if budget is not None:
        try:
            spending = spend(
                network, broken=broken or None, budget=budget, protect=protect, seconds=PATIENCE_S
            )
        except TooLarge as large:
            return Advice(pairs=large.pairs)
        return Advice(spending=spending)
    if not protect:
        return Advice()
    try:
        return Advice(cut=cheapest_cut(network, broken=broken or None, protect=protect))
    except NoCut as none:
        return Advice(way=tuple(network.systems[place].code for place in none.way))


@lru_cache(maxsize=2)
def rankings(network: Network) -> "tuple[list[Opener], list[Chokepoint]]":
    """Return the systems that open the most, and what all must pass. No SQL."""
    from madang.core.reach.ranking import rank_chokepoints, rank_openers

    return rank_openers(network), rank_chokepoints(network)


def _row(
    network: Network,
    place: int,
    steps: int,
    language: str,
    likelihood: float | None = None,
    way: tuple[str, ...] = (),
    chance: Chance | None = None,
) -> Row:
    system = network.systems[place]
    return Row(
        code=system.code,
        name=named(system, language),
        kind=system.kind,
        exposure=system.exposure,
        office=office_named(system.office, language),
        criticality=system.criticality,
        steps=steps,
        likelihood=likelihood,
        way=way,
        chance=chance,
    )


def _whole(network: Network) -> int:
    return sum(each.criticality for each in network.systems)


def named(system: core.System, language: str) -> Said:
    """Return a system's name in the page's language where it has one."""
    if language == "en" and system.english:
        return Said(system.english, "en")
    return as_written(system.name)


def office_named(code: str, language: str) -> Said:
    """Return an office's name; its code where the card names it no longer."""
    words = {office.code: office.words for office in city().offices}.get(code)
    return as_written(code) if words is None else said(words, language)


# What is on its way in


def draft_page() -> DraftPage | None:
    """Return what was sent and is not registered yet. At most five SQL queries."""
    draft = Draft.objects.order_by("-id").first()
    if draft is None:
        return None
    network = read_texts(
        draft.systems_name, draft.systems.encode(), draft.links_name, draft.links.encode()
    )
    newest = newest_version()
    return DraftPage(
        id=draft.id,
        source=source_of(draft.systems_name, draft.links_name),
        network=network,
        difference=compare(network_or_nothing(), network),
        is_stale=draft.base != (newest.number if newest else 0),
    )


def read_texts(systems_name: str, systems: bytes, links_name: str, links: bytes) -> Network:
    """Return the network of two files, with offices of the city's card. Raises BadInput."""
    return read_network(
        systems=decode_text(systems_name, systems),
        links=decode_text(links_name, links),
        offices={office.code for office in city().offices},
    )


def source_of(systems_name: str, links_name: str) -> str:
    return f"{systems_name}, {links_name}"


def _version(row: Register) -> Version:
    return Version(
        number=row.number,
        source=row.source,
        systems=row.systems,
        links=row.links,
        added=row.added,
        removed=row.removed,
        changed=row.changed,
        registered_at=row.registered_at,
    )
