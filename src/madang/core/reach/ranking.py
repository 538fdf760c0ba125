"""Which systems open the most damage, and through which all of it must pass.

Chokepoints are dominators: a system that stands on every way from outside to another dominates it
(Lengauer and Tarjan 1979; found as in Cooper, Harvey and Kennedy 2001, by networkx). So isolating
a system keeps safe just what hangs below it in the tree of dominators.
"""

from collections import Counter
from dataclasses import dataclass

import networkx as nx
import numpy as np

from madang.core.reach.network import Exposure, Network, Step

# How easily an exposed system is touched, as we judge it; an order more than a measurement.
WEIGHTS = {Exposure.INTERNET: 4, Exposure.RADIO: 3, Exposure.PHYSICAL: 2, Exposure.INSIDE: 1}

OUTSIDE = -1  # where attackers come from, as a place


@dataclass(frozen=True)
class Opener:
    """What falls when this system falls; score: the damage times the weight of its exposure."""

    place: int
    systems: int  # that fall with it, itself not counted
    damage: int
    score: int


@dataclass(frozen=True)
class Chokepoint:
    """What is out of reach from outside once this system or these links are gone."""

    at: Step
    systems: int  # kept safe, the system itself not counted
    damage: int  # likewise


def rank_openers(network: Network) -> list[Opener]:
    """Return all systems by score, the worst first."""
    reach, sizes = _damage_opened(network)
    openers = [
        Opener(place, sizes[place] - 1, reach[place], WEIGHTS[each.exposure] * reach[place])
        for place, each in enumerate(network.systems)
    ]
    return sorted(openers, key=lambda each: (-each.score, -each.damage, each.place))


def _damage_opened(network: Network) -> tuple[list[int], list[int]]:
    """Return criticality and number of all that each system reaches, itself included.

    Systems that reach one another share an answer; a whole number with a bit for each system
    holds what a group of them reaches.
    """
    count = len(network.systems)
    worth = np.array([each.criticality for each in network.systems], dtype=np.int64)
    groups = nx.condensation(network.graph)
    reach: dict[int, int] = {}
    damage, sizes = [0] * count, [0] * count
    for group in reversed(list(nx.topological_sort(groups))):
        members = groups.nodes[group]["members"]
        bits = sum(1 << place for place in members)
        for below in groups.successors(group):
            bits |= reach[below]
        reach[group] = bits
        packed = np.frombuffer(bits.to_bytes(-(-count // 8), "little"), dtype=np.uint8)
        reached = np.unpackbits(packed, count=count, bitorder="little")
        total, size = int(worth @ reached), int(reached.sum())
        for place in members:
            damage[place], sizes[place] = total, size
    return damage, sizes


def rank_chokepoints(network: Network) -> list[Chokepoint]:
    """Return what keeps others safe when it is gone, the most damage first.

    Measured from all exposed systems together. What keeps nobody else safe is left out.
    """
    graph: nx.DiGraph[Step] = nx.DiGraph()
    graph.add_node(OUTSIDE)
    graph.add_edges_from((OUTSIDE, place) for place in network.exposed)
    for pair in network.beside:
        graph.add_edges_from([(pair[0], pair), (pair, pair[1])])
    over = nx.immediate_dominators(graph, OUTSIDE)
    over.pop(OUTSIDE, None)  # networkx before 3.6 lets the start stand over itself
    worth = _hanging_below(network, over)
    found = [
        Chokepoint(at, systems, damage) for at, (systems, damage) in worth.items() if systems > 0
    ]
    return sorted(found, key=_order)


def _order(chokepoint: Chokepoint) -> tuple[int, int, bool, str]:
    """The most damage first; a system before a link that keeps as much safe."""
    is_link = not isinstance(chokepoint.at, int)
    return -chokepoint.damage, -chokepoint.systems, is_link, str(chokepoint.at)


def _hanging_below(network: Network, over: dict[Step, Step]) -> dict[Step, tuple[int, int]]:
    """Return number and criticality of the systems below each step of the tree of dominators."""
    systems, damage = Counter[Step](), Counter[Step]()
    tree: nx.DiGraph[Step] = nx.DiGraph((by, each) for each, by in over.items())
    for each in reversed(list(nx.topological_sort(tree))):
        if each == OUTSIDE:
            continue
        is_system = isinstance(each, int)
        systems[over[each]] += systems[each] + is_system
        damage[over[each]] += damage[each] + _criticality(network, each)
    return {each: (systems[each], damage[each]) for each in over}


def _criticality(network: Network, step: Step) -> int:
    return network.systems[step].criticality if isinstance(step, int) else 0
