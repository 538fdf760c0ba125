"""Bring a new version of the register in: one transaction, one event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madang.core.reach.network import Network
from madang.ground.copying import copy_rows
from madang.ground.events.outbox import record
from madang.ground.locks import Turn, take_turns
from madang.listen.network.events import NetworkRegistered
from madang.listen.network.models import Draft, Link, Register, State, System
from madang.listen.network.queries import network_or_nothing, read_texts, source_of
from madang.listen.network.rules import Difference, compare, link_key


class UnableToRegister(Exception):
    """The register cannot be renewed: "no-draft" (it is registered or thrown away already),
    "changed-meanwhile" (another version came in after this one was looked at)."""


@dataclass(frozen=True)
class Registered:
    """The version that an import made, or that said the same before."""

    number: int
    difference: Difference
    is_new: bool


@transaction.atomic
def register_network(
    *, network: Network, source: str, at: datetime, base: int | None = None
) -> Registered:
    """Make a network the version that holds, and record NetworkRegistered.

    What the version before says too stays as it is; what it says otherwise ends there and is kept.
    A network that says just the same makes no new version.

    base: the version with which the caller compared it, 0 for none; None where nobody looked.
    Raises UnableToRegister: "changed-meanwhile".
    """
    take_turns(Turn.NETWORK_IMPORT)
    newest = Register.objects.order_by("-number").first()
    before = newest.number if newest else 0
    if base not in (None, before):
        raise UnableToRegister("changed-meanwhile")
    difference = compare(network_or_nothing(), network)
    if newest is not None and difference.is_none:
        return Registered(before, difference, is_new=False)
    added, removed, changed = difference.counts
    register = Register.objects.create(
        number=before + 1,
        source=source[:300],
        systems=len(network.systems),
        links=len(network.links),
        added=added,
        removed=removed,
        changed=changed,
        registered_at=at,
    )
    _end(register, difference)
    _begin(register, network, difference)
    Draft.objects.all().delete()
    record(
        NetworkRegistered(
            version=register.number,
            systems=register.systems,
            links=register.links,
            registered_at=at,
        )
    )
    return Registered(register.number, difference, is_new=True)


@transaction.atomic
def register_draft(*, draft: int, at: datetime) -> Registered:
    """Register what an official sent and looked at, and record NetworkRegistered.

    Raises UnableToRegister: "no-draft", "changed-meanwhile".
    """
    row = Draft.objects.filter(id=draft).first()
    if row is None:
        raise UnableToRegister("no-draft")
    network = read_texts(row.systems_name, row.systems.encode(), row.links_name, row.links.encode())
    source = source_of(row.systems_name, row.links_name)
    return register_network(network=network, source=source, at=at, base=row.base)


def _end(register: Register, difference: Difference) -> None:
    """Close the rows that hold no longer."""
    gone = {each.code for each in difference.removed} | {each.key[0] for each in difference.changed}
    State.objects.filter(until=None, system__code__in=gone).update(until=register)
    ended: set[tuple[str, ...]] = {link_key(each) for each in difference.links_removed}
    ended |= {each.key for each in difference.links_changed}
    rows = Link.objects.filter(until=None).values_list(
        "id", "source__code", "target__code", "trust"
    )
    ids = [id_ for id_, *key in rows if tuple(key) in ended]
    Link.objects.filter(id__in=ids).update(until=register)


def _begin(register: Register, network: Network, difference: Difference) -> None:
    """Write the rows that hold from now on."""
    new = {each.code for each in difference.added} | {each.key[0] for each in difference.changed}
    known = set(System.objects.values_list("code", flat=True))
    copy_rows(System, ["code"], ((code,) for code in sorted(new - known)))
    ids = dict(System.objects.values_list("code", "id"))
    copy_rows(
        State,
        ["system", "place", "name", "english", "kind", "exposure", "criticality", "office",
         "isolation_cost", "since"],
        (
            (ids[s.code], place, s.name, s.english, s.kind.value, s.exposure.value, s.criticality,
             s.office, s.isolation_cost, register.id)
            for place, s in enumerate(network.systems)
            if s.code in new
        ),
    )  # fmt: skip
    copy_rows(
        Link,
        ["source", "target", "place", "trust", "likelihood", "cost", "since"],
        _link_rows(register, network, difference, ids),
    )


def _link_rows(
    register: Register, network: Network, difference: Difference, ids: dict[str, int]
) -> Iterable[tuple[object, ...]]:
    new: set[tuple[str, ...]] = {link_key(each) for each in difference.links_added}
    new |= {each.key for each in difference.links_changed}
    for place, link in enumerate(network.links):
        if link_key(link) in new:
            yield (
                ids[link.source], ids[link.target], place, link.trust.value, link.likelihood,
                link.cost, register.id,
            )  # fmt: skip
