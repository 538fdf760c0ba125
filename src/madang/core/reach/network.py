"""Systems of a city and the trust between them: what may be attacked, and where it leads on."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a register is read by many who never walk it
    import networkx as nx

Pair = tuple[int, int]  # from one system to another, by their places
Step = int | Pair  # a system, or all links from one system to another


class Kind(StrEnum):
    """What a system is."""

    GATEWAY = "gateway"
    DEVICE = "device"
    VEHICLE = "vehicle"
    SIGNAL = "signal"
    OFFICE = "office"
    SERVICE = "service"
    SERVER = "server"


class Exposure(StrEnum):
    """From where somebody outside the city can touch a system; the easiest way counts."""

    INTERNET = "internet"
    RADIO = "radio"
    PHYSICAL = "physical"
    INSIDE = "inside"


class Trust(StrEnum):
    """What lets somebody who holds one system go on to another."""

    CREDENTIAL = "credential"
    NETWORK = "network"
    DATA = "data"
    PHYSICAL = "physical"


@dataclass(frozen=True)
class System:
    """criticality: what its fall costs the city, 0 to 100 on the city's own scale.
    isolation_cost: of taking it off the network; None: that cannot be done."""

    code: str
    name: str
    english: str  # "" where there is no English name
    kind: Kind
    exposure: Exposure
    criticality: int
    office: str  # code of the office that owns it
    isolation_cost: int | None


@dataclass(frozen=True)
class Link:
    """Who holds `source` can try `target`, by their codes.

    likelihood: that the try succeeds, above 0 and up to 1; None: not known, which counts as 1.
    cost: of cutting the link, in the unit of isolation costs; None: it cannot be cut.
    """

    source: str
    target: str
    trust: Trust
    likelihood: float | None
    cost: int | None


@dataclass(frozen=True)
class Network:
    """Systems with different codes, and links between them; checked where they are read."""

    systems: tuple[System, ...]
    links: tuple[Link, ...]

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each system by its code."""
        return {system.code: place for place, system in enumerate(self.systems)}

    @cached_property
    def ends(self) -> list[Pair]:
        """From where to where each link leads, by places."""
        return [(self.places[link.source], self.places[link.target]) for link in self.links]

    @cached_property
    def beside(self) -> dict[Pair, tuple[Link, ...]]:
        """The links of each pair: a system may trust another for more than one reason."""
        found: dict[Pair, list[Link]] = {}
        for pair, link in zip(self.ends, self.links, strict=True):
            found.setdefault(pair, []).append(link)
        return {pair: tuple(links) for pair, links in found.items()}

    @cached_property
    def likelihoods(self) -> dict[Pair, float]:
        """How likely the best single link of a pair lets somebody through."""
        return {
            pair: max(likelihood_of(link) for link in links) for pair, links in self.beside.items()
        }

    @cached_property
    def exposed(self) -> tuple[int, ...]:
        """Places of the systems that somebody outside can touch."""
        return tuple(
            place for place, each in enumerate(self.systems) if each.exposure != Exposure.INSIDE
        )

    @cached_property
    def graph(self) -> "nx.DiGraph[int]":
        """All systems by place; the weight of a pair is minus the logarithm of its likelihood."""
        import networkx as nx

        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(len(self.systems)))
        graph.add_weighted_edges_from(
            (source, target, -log(likelihood))
            for (source, target), likelihood in self.likelihoods.items()
        )
        return graph

    def cost_of(self, pair: Pair) -> int | None:
        """Return what cutting all links of a pair costs; None where one cannot be cut."""
        return whole_cost(link.cost for link in self.beside[pair])


def likelihood_of(link: Link) -> float:
    """Return how likely a link lets somebody through; the worst where nobody said."""
    return 1.0 if link.likelihood is None else link.likelihood


def whole_cost(costs: Iterable[int | None]) -> int | None:
    """Return the sum; None where one of them is none."""
    known = list(costs)
    return None if None in known else sum(cost for cost in known if cost is not None)
