"""Cheapest cuts and spent budgets: held against all that could be cut, and against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from core.reach.brute import all_spendings, reached
from core.reach.networks import make_link, make_network, make_system, small_networks, worked_example
from madang.core.reach import budget
from madang.core.reach.budget import TooLarge, spend
from madang.core.reach.cuts import NoCut, cheapest_cut
from madang.core.reach.network import Exposure, Network, Trust


def pairs_of(network: Network, links: tuple[object, ...]) -> set[tuple[int, int]]:
    return {pair for pair, beside in network.beside.items() if set(beside) & set(links)}


def test_the_worked_example_is_cut_as_the_page_says() -> None:
    network = worked_example()
    cut = cheapest_cut(network, broken="mail", protect=["database"])
    assert cut.cost == 7
    assert [(link.source, link.target) for link in cut.links] == [("office", "database")]
    assert [network.systems[place].code for place in cut.systems] == ["vpn"]
    links_only = cheapest_cut(network, broken="mail", protect=["database"], isolate=False)
    assert (links_only.cost, links_only.systems) == (7, ())
    outside = cheapest_cut(network, broken=None, protect=["database"])
    assert outside.cost == 7


@given(small_networks(most=5))
@settings(max_examples=60)
def test_no_cheaper_cut_exists(network: Network) -> None:
    target = len(network.systems) - 1
    possible = [
        cost
        for cost, cut, alone in all_spendings(network, {0, target})
        if target not in reached(network, [0], cut, alone)
    ]
    if not possible:
        with pytest.raises(NoCut) as none:
            cheapest_cut(network, broken="s0", protect=[f"s{target}"])
        assert (none.value.way[0], none.value.way[-1]) == (0, target)
        return
    found = cheapest_cut(network, broken="s0", protect=[f"s{target}"])
    assert found.cost == min(possible)
    cut = pairs_of(network, found.links)
    assert target not in reached(network, [0], cut, found.systems)
    told = sum(network.cost_of(pair) or 0 for pair in cut)
    told += sum(network.systems[place].isolation_cost or 0 for place in found.systems)
    assert told == found.cost


@given(small_networks(most=5))
@settings(max_examples=60)
def test_no_cheaper_cut_keeps_out_who_is_outside(network: Network) -> None:
    possible = [
        cost
        for cost, cut, alone in all_spendings(network, {0})
        if 0 not in reached(network, network.exposed, cut, alone)
    ]
    if not possible:
        with pytest.raises(NoCut):
            cheapest_cut(network, broken=None, protect=["s0"])
        return
    found = cheapest_cut(network, broken=None, protect=["s0"])
    assert found.cost == min(possible)
    assert 0 not in reached(network, network.exposed, pairs_of(network, found.links), found.systems)


def test_scipy_finds_a_flow_of_the_same_worth() -> None:
    rng = np.random.default_rng(5)
    names = [f"n{n}" for n in range(40)]
    costs = {
        (int(a), int(b)): int(cost)
        for a, b, cost in zip(*rng.integers(0, 40, (2, 240)), rng.integers(1, 30, 240), strict=True)
        if a != b
    }
    network = make_network(
        [make_system(name) for name in names],
        [make_link(names[a], names[b], cost=cost) for (a, b), cost in costs.items()],
    )
    rows, columns = zip(*costs, strict=True)
    values = np.array(list(costs.values()), dtype=np.int32)
    flows = coo_array((values, (rows, columns)), shape=(40, 40)).tocsr()
    for target in range(1, 40):
        cut = cheapest_cut(network, broken="n0", protect=[names[target]], isolate=False)
        assert cut.cost == maximum_flow(flows, 0, target).flow_value


def test_the_cut_of_the_textbook() -> None:
    """Cormen, Leiserson, Rivest, Stein, "Introduction to Algorithms", 3rd ed., figure 26.6: 23."""
    network = make_network(
        [make_system(name) for name in ("s", "v1", "v2", "v3", "v4", "t")],
        [
            make_link(tail, head, cost=cost)
            for tail, head, cost in (
                ("s", "v1", 16), ("s", "v2", 13), ("v2", "v1", 4), ("v1", "v3", 12),
                ("v3", "v2", 9), ("v2", "v4", 14), ("v4", "v3", 7), ("v3", "t", 20), ("v4", "t", 4),
            )
        ],
    )  # fmt: skip
    cut = cheapest_cut(network, broken="s", protect=["t"])
    assert cut.cost == 23
    assert {(link.source, link.target) for link in cut.links} == {
        ("v1", "v3"), ("v4", "v3"), ("v4", "t"),
    }  # fmt: skip


def test_all_links_of_a_pair_are_cut_together() -> None:
    network = make_network(
        [make_system("a"), make_system("b")],
        [make_link("a", "b", cost=2), make_link("a", "b", cost=3, trust=Trust.DATA)],
    )
    cut = cheapest_cut(network, broken="a", protect=["b"])
    assert (cut.cost, len(cut.links)) == (5, 2)


def test_what_is_out_of_reach_costs_nothing() -> None:
    network = make_network([make_system("a"), make_system("b")], [make_link("b", "a", cost=2)])
    assert cheapest_cut(network, broken="a", protect=["b"]).cost == 0
    assert spend(network, broken="a", budget=9, protect=["b"]).at_stake == 0


def test_a_way_of_links_that_cannot_be_cut_is_named() -> None:
    network = make_network(
        [make_system("a"), make_system("b"), make_system("c")],
        [make_link("a", "b"), make_link("b", "c")],
    )
    with pytest.raises(NoCut) as none:
        cheapest_cut(network, broken="a", protect=["c"])
    assert none.value.way == [0, 1, 2]


def test_a_system_that_outsiders_touch_cannot_be_cut_off_from_them() -> None:
    network = make_network([make_system("a", exposure=Exposure.INTERNET, isolation_cost=1)], [])
    with pytest.raises(NoCut) as none:
        cheapest_cut(network, broken=None, protect=["a"])
    assert none.value.way == [0]
    with pytest.raises(NoCut):
        cheapest_cut(network, broken="a", protect=["a"])


def test_a_cut_of_nothing_or_of_unknown_systems_is_refused() -> None:
    network = worked_example()
    with pytest.raises(ValueError, match="protects something"):
        cheapest_cut(network, broken="mail", protect=[])
    with pytest.raises(KeyError):
        cheapest_cut(network, broken="mail", protect=["nowhere"])
    with pytest.raises(ValueError, match="-1"):
        spend(network, broken="mail", budget=-1)


# Budgets


def test_a_budget_goes_where_it_saves_most() -> None:
    network = worked_example()
    spent = spend(network, broken="mail", budget=7)
    # Cutting office → database and isolating vpn keeps 60 + 15 safe, and vpn with it.
    assert (spent.cost, spent.saved, spent.at_stake) == (7, 80, 98)
    assert spent.is_proved
    assert [network.systems[place].code for place in spent.systems] == ["vpn"]
    small = spend(network, broken="mail", budget=2)
    assert (small.cost, small.saved) == (1, 15), "cutting is cheaper here than isolating"
    nothing = spend(network, broken="mail", budget=0)
    assert (nothing.cost, nothing.saved, nothing.is_proved) == (0, 0, True)


@given(small_networks(most=4))
@settings(max_examples=50)
def test_no_better_spending_exists(network: Network) -> None:
    for broken, starts, fixed in (("s0", (0,), {0}), (None, network.exposed, set())):
        whole = reached(network, starts)

        def saved(
            cut: object, alone: object, starts: object = starts, whole: object = whole
        ) -> int:
            left = reached(network, starts, cut, alone)
            return sum(network.systems[place].criticality for place in whole - left)

        every = [
            (saved(cut, alone), -cost)
            for cost, cut, alone in all_spendings(network, fixed)
            if cost <= 6
        ]
        best, cost = max(every)
        found = spend(network, broken=broken, budget=6)
        assert (found.saved, found.cost) == (best, -cost)
        assert found.is_proved
        assert found.at_stake == sum(network.systems[place].criticality for place in whole)


def test_only_the_protected_count_where_some_are_named() -> None:
    network = worked_example()
    spent = spend(network, broken="mail", budget=5, protect=["office"])
    assert (spent.saved, spent.at_stake) == (0, 8)
    spent = spend(network, broken="mail", budget=6, protect=["office"])
    assert (spent.saved, spent.cost) == (8, 6)


def test_a_network_too_large_to_be_weighed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST_PAIRS", 3)
    with pytest.raises(TooLarge) as large:
        spend(worked_example(), broken="mail", budget=5)
    assert large.value.pairs == 5
