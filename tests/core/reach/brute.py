"""Slow answers that cannot be wrong: every way walked, every choice tried."""

from collections.abc import Collection, Iterator
from itertools import chain, combinations
from math import prod
from typing import TypeVar

from madang.core.reach.network import Network, Pair, likelihood_of

T = TypeVar("T")


def reached(
    network: Network,
    starts: Collection[int],
    cut: Collection[Pair] = (),
    alone: Collection[int] = (),
) -> set[int]:
    """Return what is reached from `starts` without the pairs cut and the systems alone."""
    found = set(starts) - set(alone)
    waiting = list(found)
    while waiting:
        here = waiting.pop()
        for tail, head in network.ends:
            if tail == here and head not in found | set(alone) and (tail, head) not in cut:
                found.add(head)
                waiting.append(head)
    return found


def ways(network: Network, source: int, target: int) -> Iterator[tuple[int, ...]]:
    """Return every way without a circle."""

    def go_on(way: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if way[-1] == target:
            yield way
            return
        for tail, head in network.ends:
            if tail == way[-1] and head not in way:
                yield from go_on((*way, head))

    return go_on((source,))


def exact_chance(network: Network, source: int, target: int) -> float:
    """Return the chance that `target` falls, over every combination of open links."""
    total = 0.0
    for opened in subsets(range(len(network.links))):
        shut = [n for n in range(len(network.links)) if n not in opened]
        chance = prod(likelihood_of(network.links[n]) for n in opened) * prod(
            1 - likelihood_of(network.links[n]) for n in shut
        )
        left = Network(network.systems, tuple(network.links[n] for n in opened))
        total += chance * (target in reached(left, [source]))
    return total


def all_spendings(
    network: Network, fixed: Collection[int]
) -> Iterator[tuple[int, tuple[Pair, ...], tuple[int, ...]]]:
    """Return the cost, the pairs and the systems of everything that could be cut or isolated."""
    pairs = [pair for pair in network.beside if network.cost_of(pair) is not None]
    lone = [
        place
        for place, each in enumerate(network.systems)
        if each.isolation_cost is not None and place not in fixed
    ]
    for cut in subsets(pairs):
        for alone in subsets(lone):
            costs = [
                *map(network.cost_of, cut),
                *(network.systems[p].isolation_cost for p in alone),
            ]
            yield sum(cost for cost in costs if cost is not None), cut, alone


def subsets(items: Collection[T]) -> Iterator[tuple[T, ...]]:
    each = list(items)
    return chain.from_iterable(combinations(each, size) for size in range(len(each) + 1))
