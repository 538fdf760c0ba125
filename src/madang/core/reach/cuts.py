"""The cheapest cut: what to cut or to isolate so that nothing reaches the systems to protect.

Maximum flow is minimum cut (Ford and Fulkerson 1956), found in whole numbers by the algorithm of
Boykov and Kolmogorov (2004) in networkx. A system is two nodes, with its isolation between them.
"""

from collections.abc import Collection
from dataclasses import dataclass

import networkx as nx
from networkx.algorithms.flow import boykov_kolmogorov

from madang.core.reach.network import Link, Network

SOURCE, SINK = -1, -2


@dataclass(frozen=True)
class Cut:
    """Links to cut and places of systems to isolate, and what all of it costs."""

    cost: int
    links: tuple[Link, ...]
    systems: tuple[int, ...]


class NoCut(Exception):
    """There is no cut: along `way`, places from an attacker to a protected system, nothing can be
    cut. A way of one place is a protected system that attackers touch already."""

    def __init__(self, way: list[int]) -> None:
        super().__init__(way)
        self.way = way


def cheapest_cut(
    network: Network, *, broken: str | None, protect: Collection[str], isolate: bool = True
) -> Cut:
    """Return the cheapest cut between what attackers hold and the systems to protect.

    Of several equally cheap ones it is the one nearest to the protected systems.

    broken:  code of the system that has fallen; None for whoever is outside, before all exposed
             systems at once, which then may be isolated too.
    isolate: whether systems may be isolated; protected ones and `broken` never are.
    Raises KeyError for an unknown code, ValueError for nothing to protect, NoCut.
    """
    if not protect:
        raise ValueError("a cut protects something")
    targets = {network.places[code] for code in protect}
    sources = set(network.exposed if broken is None else [network.places[broken]])
    fixed = targets | (sources if broken is not None else set())
    graph = _flow_graph(network, fixed, isolate)
    graph.add_nodes_from((SOURCE, SINK))
    graph.add_edges_from((SOURCE, _in(place)) for place in sources)
    graph.add_edges_from((_out(place), SINK) for place in targets)
    _refuse_what_cannot_be_cut(graph)
    cost, (near, far) = nx.minimum_cut(graph, SOURCE, SINK, flow_func=boykov_kolmogorov)
    return Cut(
        cost=int(cost),
        links=tuple(
            link
            for (source, target), links in network.beside.items()
            if _out(source) in near and _in(target) in far
            for link in links
        ),
        systems=tuple(
            place
            for place in range(len(network.systems))
            if _in(place) in near and _out(place) in far
        ),
    )


def _in(place: int) -> int:
    return 2 * place


def _out(place: int) -> int:
    return 2 * place + 1


def _flow_graph(network: Network, fixed: set[int], isolate: bool) -> "nx.DiGraph[int]":  # noqa: FBT001 told by the caller
    """Return the graph whose capacities are costs; an edge without one cannot be cut."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    for place, system in enumerate(network.systems):
        cost = system.isolation_cost if isolate and place not in fixed else None
        _add(graph, _in(place), _out(place), cost)
    for source, target in network.beside:
        _add(graph, _out(source), _in(target), network.cost_of((source, target)))
    return graph


def _add(graph: "nx.DiGraph[int]", tail: int, head: int, cost: int | None) -> None:
    if cost is None:
        graph.add_edge(tail, head)
    else:
        graph.add_edge(tail, head, capacity=cost)


def _refuse_what_cannot_be_cut(graph: "nx.DiGraph[int]") -> None:
    endless: nx.DiGraph[int] = nx.DiGraph()
    endless.add_nodes_from((SOURCE, SINK))
    endless.add_edges_from(
        (tail, head) for tail, head, told in graph.edges(data=True) if "capacity" not in told
    )
    if nx.has_path(endless, SOURCE, SINK):
        way = nx.shortest_path(endless, SOURCE, SINK)[1:-1]
        raise NoCut([node // 2 for node in way if node % 2])
