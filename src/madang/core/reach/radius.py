"""The blast radius: what falls when one system has fallen, in how many steps, how likely at most.

Source: breadth-first search for steps; Dijkstra (1959) over minus the logarithms of likelihoods,
for the likeliest way is the one with the least sum of them.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import prod

import networkx as nx

from madang.core.reach.network import Network


@dataclass(frozen=True)
class Fallen:
    """A system that can be reached. `way`: the places of the likeliest way to it, both ends in.
    `likelihood`: that each step of this one way succeeds, if they are independent."""

    place: int
    steps: int
    likelihood: float
    way: tuple[int, ...]


@dataclass(frozen=True)
class Radius:
    """fallen: by steps, then likeliest first; the system that was broken into is not among them.
    damage: criticality of all that falls, with the first system's own.
    unrated: how many links within the radius nobody gave a likelihood."""

    source: int
    fallen: tuple[Fallen, ...]
    damage: int
    unrated: int

    @property
    def places(self) -> frozenset[int]:
        """All that falls, with the first."""
        return frozenset((self.source, *(each.place for each in self.fallen)))

    @property
    def by_steps(self) -> list[tuple[int, int]]:
        """How many systems fall at each number of steps."""
        return sorted(Counter(each.steps for each in self.fallen).items())


def blast_radius(network: Network, code: str) -> Radius:
    """Return what falls from the system `code` on. Raises KeyError for an unknown code."""
    source = network.places[code]
    steps = nx.single_source_shortest_path_length(network.graph, source)
    ways = nx.single_source_dijkstra_path(network.graph, source)
    fallen = [
        Fallen(place, steps[place], _likelihood(network, ways[place]), tuple(ways[place]))
        for place in steps
        if place != source
    ]
    fallen.sort(key=lambda each: (each.steps, -each.likelihood, each.place))
    return Radius(
        source=source,
        fallen=tuple(fallen),
        damage=damage_of(network, steps),
        unrated=sum(
            link.likelihood is None and pair[0] in steps
            for pair, link in zip(network.ends, network.links, strict=True)
        ),
    )


def steps_from_outside(network: Network) -> dict[int, int]:
    """Return each place that somebody outside can reach, with its steps: 0 for exposed ones."""
    steps: dict[int, int] = {}
    for step, places in enumerate(nx.bfs_layers(network.graph, network.exposed)):
        steps |= dict.fromkeys(places, step)
    return steps


def damage_of(network: Network, places: "frozenset[int] | set[int] | dict[int, int]") -> int:
    """Return the criticality of these systems together."""
    return sum(network.systems[place].criticality for place in places)


def _likelihood(network: Network, way: list[int]) -> float:
    """Return the product along a way: exactly what the table says, not the power of a sum."""
    return prod(network.likelihoods[pair] for pair in pairwise(way))
