"""The most that can be kept safe for a given cost, by a mixed integer programme.

Two cuts may help only together, so that a greedy choice has no guarantee; HiGHS (Huangfu and Hall
2018), in scipy, proves its answer best, or says how much better another could be.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from madang.core.reach.network import Link, Network, Pair

T = TypeVar("T")
MOST_PAIRS = 5000  # within reach; beyond it a city would wait for minutes
NEARLY = 1e-6


@dataclass(frozen=True)
class Spending:
    """saved: criticality kept out of reach of `at_stake`. most: no spending of this budget saves
    more than that; equal to `saved` where the answer is proved best."""

    cost: int
    links: tuple[Link, ...]
    systems: tuple[int, ...]
    saved: int
    at_stake: int
    most: int

    @property
    def is_proved(self) -> bool:
        return self.saved == self.most


class TooLarge(Exception):
    """More pairs of systems are within reach than can be weighed: `pairs` of them."""

    def __init__(self, pairs: int) -> None:
        super().__init__(pairs)
        self.pairs = pairs


@dataclass(frozen=True)
class _Problem:
    """What can be reached, what may be cut, and what each is worth. Places, pairs, costs."""

    starts: frozenset[int]
    places: list[int]
    pairs: list[Pair]
    worth: dict[int, int]
    cuttable: list[tuple[Pair, int]]
    isolable: list[tuple[int, int]]


def spend(
    network: Network,
    *,
    broken: str | None,
    budget: int,
    protect: Collection[str] = (),
    seconds: float = 60.0,
) -> Spending:
    """Return what to cut and to isolate for at most `budget`, so that most is kept safe.

    broken:  as in `cheapest_cut`.
    protect: codes of the systems that count, which are then not isolated; all count where empty.
    seconds: after which the best found so far is returned, with `most` above it.
    Raises KeyError for an unknown code, ValueError for a negative budget, TooLarge.
    """
    if budget < 0:
        raise ValueError(f"a budget of {budget}")
    problem = _pose(network, broken, frozenset(network.places[code] for code in protect), budget)
    at_stake = sum(problem.worth.values())
    if not problem.cuttable and not problem.isolable:
        return Spending(0, (), (), 0, at_stake, 0)
    answer, bound = _solve(problem, budget, seconds)
    pairs = [pair for n, (pair, _) in enumerate(problem.cuttable) if answer[n] > 0.5]
    rest = answer[len(problem.cuttable) :]
    systems = [place for n, (place, _) in enumerate(problem.isolable) if rest[n] > 0.5]
    costs = dict(problem.cuttable), dict(problem.isolable)
    left = _still_reached(problem, set(pairs), set(systems))
    saved = at_stake - sum(problem.worth[place] for place in left)
    return Spending(
        cost=sum(costs[0][pair] for pair in pairs) + sum(costs[1][place] for place in systems),
        links=tuple(link for pair in pairs for link in network.beside[pair]),
        systems=tuple(systems),
        saved=saved,
        at_stake=at_stake,
        most=max(saved, at_stake - bound),
    )


def _pose(network: Network, broken: str | None, protected: frozenset[int], budget: int) -> _Problem:
    starts = frozenset(network.exposed if broken is None else [network.places[broken]])
    reached = starts.union(*(nx.descendants(network.graph, start) for start in starts))
    places = sorted(reached)
    pairs = [pair for pair in network.beside if pair[0] in reached]
    if len(pairs) > MOST_PAIRS:
        raise TooLarge(len(pairs))
    fixed = protected | (starts if broken is not None else frozenset())
    costs = {pair: network.cost_of(pair) for pair in pairs}
    alone = {place: network.systems[place].isolation_cost for place in places if place not in fixed}
    return _Problem(
        starts=starts,
        places=places,
        pairs=pairs,
        worth={
            place: network.systems[place].criticality * (not protected or place in protected)
            for place in places
        },
        cuttable=_affordable(costs, budget),
        isolable=_affordable(alone, budget),
    )


def _affordable(costs: Mapping[T, int | None], budget: int) -> list[tuple[T, int]]:
    return [(each, cost) for each, cost in costs.items() if cost is not None and cost <= budget]


def _solve(problem: _Problem, budget: int, seconds: float) -> tuple[NDArray[np.float64], int]:
    """Return what is cut and isolated (1 or 0, in the problem's order), and the least criticality
    that any spending leaves within reach.

    Variables: a cut a pair, an isolation a system, then whether each system is reached, which
    follows from the others and so needs not be whole. The costs weigh less than one point of
    criticality together: among equally good answers the cheapest wins.
    """
    costs = [cost for _, cost in (*problem.cuttable, *problem.isolable)]
    worth = [problem.worth[place] for place in problem.places]
    lowest = [0.0] * len(costs) + [float(_is_lost(problem, place)) for place in problem.places]
    found = milp(
        c=np.array([*(cost / (budget + 1) for cost in costs), *worth], dtype=np.float64),
        integrality=np.array([1] * len(costs) + [0] * len(worth)),
        bounds=Bounds(np.array(lowest), np.ones(len(lowest))),
        constraints=[
            LinearConstraint(np.array([[*costs, *[0] * len(worth)]]), -np.inf, budget),
            _handing_on(problem),
        ],
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.x is None:  # not even one answer in that time: nothing cut is one
        return np.zeros(len(costs)), 0
    # The bound has the costs in it: those of the answer where it is the best, else less than 1.
    spent = _spent(found.x, costs, budget) if found.success else budget / (budget + 1)
    return found.x[: len(costs)], max(0, ceil(found.mip_dual_bound - spent - NEARLY))


def _spent(answer: NDArray[np.float64], costs: list[int], budget: int) -> float:
    return float(np.dot(answer[: len(costs)].round(), costs)) / (budget + 1)


def _is_lost(problem: _Problem, place: int) -> bool:
    """Return whether the system is reached whatever is cut."""
    return place in problem.starts and place not in dict(problem.isolable)


def _handing_on(problem: _Problem) -> LinearConstraint:
    """A system is reached where one before it is, unless the pair is cut or it is isolated."""
    cut = {pair: n for n, (pair, _) in enumerate(problem.cuttable)}
    alone = {place: len(cut) + n for n, (place, _) in enumerate(problem.isolable)}
    reached = {place: len(cut) + len(alone) + n for n, place in enumerate(problem.places)}
    entries: list[tuple[int, int, float]] = []
    least: list[float] = []
    for pair in problem.pairs:
        row, (source, target) = len(least), pair
        if source == target:
            continue
        entries += [(row, reached[target], 1.0), (row, reached[source], -1.0)]
        entries += [(row, n, 1.0) for n in (cut.get(pair), alone.get(target)) if n is not None]
        least.append(0.0)
    for place in problem.starts & alone.keys():
        entries += [(len(least), reached[place], 1.0), (len(least), alone[place], 1.0)]
        least.append(1.0)
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(least), len(cut) + len(alone) + len(reached))
    matrix = coo_array((np.array(values), (np.array(rows), np.array(columns))), shape=shape)
    return LinearConstraint(matrix.tocsr(), np.array(least), np.inf)


def _still_reached(problem: _Problem, cut: set[Pair], alone: set[int]) -> set[int]:
    """Return what is reached once all of that is cut and isolated."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(problem.places)
    graph.add_edges_from(pair for pair in problem.pairs if pair not in cut)
    graph.remove_nodes_from(alone)
    reached = set(problem.starts) - alone
    return reached.union(*(nx.descendants(graph, start) for start in reached))
