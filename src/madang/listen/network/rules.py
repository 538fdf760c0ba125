"""Pure decisions about the register: what differs between two versions, and what is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from madang.core.reach.network import Link, Network, System

MOST_DRAWN = 60  # boxes that can still be told apart
LinkKey = tuple[str, str, str]  # from, to, trust


@dataclass(frozen=True)
class Changed:
    """A system or link of which something is said otherwise: field, before, after."""

    key: tuple[str, ...]  # code, or from, to, trust
    fields: tuple[tuple[str, object, object], ...]

    @property
    def name(self) -> str:
        return name_of(self.key)


@dataclass(frozen=True)
class Difference:
    """What a new version adds, takes away and says otherwise; systems first, then links."""

    added: tuple[System, ...]
    removed: tuple[System, ...]
    changed: tuple[Changed, ...]
    links_added: tuple[Link, ...]
    links_removed: tuple[Link, ...]
    links_changed: tuple[Changed, ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Systems and links together: added, removed, changed."""
        return (
            len(self.added) + len(self.links_added),
            len(self.removed) + len(self.links_removed),
            len(self.changed) + len(self.links_changed),
        )

    @property
    def is_none(self) -> bool:
        return self.counts == (0, 0, 0)


def compare(before: Network, after: Network) -> Difference:
    """Return what `after` has otherwise; the order of rows is no difference."""
    old, new = {each.code: each for each in before.systems}, {s.code: s for s in after.systems}
    old_links, new_links = _by_key(before), _by_key(after)
    return Difference(
        added=tuple(each for code, each in new.items() if code not in old),
        removed=tuple(each for code, each in old.items() if code not in new),
        changed=tuple(
            Changed((code,), _fields(old[code], each))
            for code, each in new.items()
            if code in old and old[code] != each
        ),
        links_added=tuple(each for key, each in new_links.items() if key not in old_links),
        links_removed=tuple(each for key, each in old_links.items() if key not in new_links),
        links_changed=tuple(
            Changed(key, _fields(old_links[key], each))
            for key, each in new_links.items()
            if key in old_links and old_links[key] != each
        ),
    )


def link_key(link: Link) -> LinkKey:
    return link.source, link.target, str(link.trust)


def name_of(key: tuple[str, ...]) -> str:
    """Return a system's code, or a link as "from → to (trust)"."""
    return key[0] if len(key) == 1 else f"{key[0]} → {key[1]} ({key[2]})"


def _by_key(network: Network) -> dict[LinkKey, Link]:
    return {link_key(link): link for link in network.links}


def _fields(before: System | Link, after: System | Link) -> tuple[tuple[str, object, object], ...]:
    old, new = asdict(before), asdict(after)
    return tuple((name, old[name], new[name]) for name in new if old[name] != new[name])


# What is drawn


@dataclass(frozen=True)
class Group:
    """What one box stands for: one system, or all of one kind and office where there are many.
    steps: the fewest to one of them; None where none is reached."""

    places: tuple[int, ...]
    steps: int | None


def group_for_drawing(network: Network, steps: Mapping[int, int]) -> list[Group]:
    """Return at most `MOST_DRAWN` boxes: systems, else kinds by office, else kinds."""
    systems = network.systems
    ways_to_group: Sequence[Sequence[object]] = (
        range(len(systems)),
        [(each.kind, each.office) for each in systems],
        [each.kind for each in systems],
    )
    keys = next((k for k in ways_to_group if len(set(k)) <= MOST_DRAWN), ways_to_group[-1])
    members: dict[object, list[int]] = {}
    for place, key in enumerate(keys):
        members.setdefault(key, []).append(place)
    return [
        Group(
            tuple(places), min((steps[place] for place in places if place in steps), default=None)
        )
        for places in members.values()
    ]


def layers_of(groups: Sequence[Group]) -> list[int]:
    """Return in which layer each box stands: by steps, and what is not reached below all others."""
    below = 1 + max((each.steps or 0 for each in groups), default=0)
    return [below if each.steps is None else each.steps for each in groups]


def lines_between(network: Network, groups: Sequence[Group]) -> dict[tuple[int, int], list[Link]]:
    """Return the links between boxes, by the two groups' places in `groups`.

    Those from what is not reached lead nobody anywhere and are left out.
    """
    group_of = {place: n for n, group in enumerate(groups) for place in group.places}
    found: dict[tuple[int, int], list[Link]] = {}
    for (tail, head), links in network.beside.items():
        pair = group_of[tail], group_of[head]
        if pair[0] != pair[1] and groups[pair[0]].steps is not None:
            found.setdefault(pair, []).extend(links)
    return found
