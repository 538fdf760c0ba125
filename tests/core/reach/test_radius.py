"""The blast radius: worked by hand, held against every way there is and the exact chance."""

from itertools import pairwise
from math import prod

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from core.reach.brute import exact_chance, reached, ways
from core.reach.networks import make_link, make_network, make_system, small_networks, worked_example
from madang.core.reach.chance import estimate_chances, wilson
from madang.core.reach.network import Exposure, Network, Trust
from madang.core.reach.radius import blast_radius
from madang.core.reach.ranking import WEIGHTS, rank_chokepoints, rank_openers


def test_the_worked_example_falls_as_the_page_says() -> None:
    network = worked_example()
    radius = blast_radius(network, "mail")
    fallen = {network.systems[each.place].code: each for each in radius.fallen}
    assert {code: each.steps for code, each in fallen.items()} == {
        "office": 1, "vpn": 1, "database": 2, "backup": 3,
    }  # fmt: skip
    likelihoods = {code: each.likelihood for code, each in fallen.items()}
    assert likelihoods == {"office": 0.4, "vpn": 0.2, "database": 0.2, "backup": 0.2}
    assert [network.systems[place].code for place in fallen["backup"].way] == [
        "mail", "office", "database", "backup",
    ]  # fmt: skip
    assert radius.damage == 10 + 8 + 5 + 60 + 15
    assert radius.by_steps == [(1, 2), (2, 1), (3, 1)]
    assert radius.unrated == 0


def test_two_ways_to_a_system_make_it_likelier_than_its_likeliest_way() -> None:
    network = worked_example()
    # 1 − (1 − 0.4 · 0.5) · (1 − 0.2 · 0.9): the two ways share no link.
    exact = exact_chance(network, network.places["mail"], network.places["database"])
    assert exact == pytest.approx(0.344)
    chances = estimate_chances(network, "mail", rng=np.random.default_rng(1))
    chance = chances.by_place[network.places["database"]]
    assert chance.low <= 0.344 <= chance.high
    assert chance.high - chance.low < 0.05


@given(small_networks())
def test_what_falls_is_what_can_be_walked_to(network: Network) -> None:
    radius = blast_radius(network, "s0")
    assert radius.places == reached(network, [0])
    assert radius.damage == sum(network.systems[place].criticality for place in radius.places)
    for each in radius.fallen:
        every = list(ways(network, 0, each.place))
        assert each.steps == min(map(len, every)) - 1
        best = max(prod(network.likelihoods[p] for p in pairwise(way)) for way in every)
        assert each.likelihood == pytest.approx(best)
        assert each.way in every


@settings(max_examples=40)
@given(small_networks(most=4))
def test_no_likeliest_way_is_likelier_than_the_chance_itself(network: Network) -> None:
    chances = estimate_chances(network, "s0", rng=np.random.default_rng(7), trials=400)
    for each in blast_radius(network, "s0").fallen:
        exact = exact_chance(network, 0, each.place)
        assert each.likelihood <= exact + 1e-12
        # Five standard errors: an honest estimate is farther off once in two million.
        estimated = chances.by_place[each.place].share if each.place in chances.by_place else 0.0
        assert abs(estimated - exact) <= 5 * (exact * (1 - exact) / 400) ** 0.5 + 1e-12


@given(small_networks())
def test_likelihoods_are_those_of_scipy(network: Network) -> None:
    if not network.links:
        return
    rows, columns = zip(*network.likelihoods, strict=True)
    # A zero would be no edge to scipy, so certainty weighs next to nothing.
    weights = [-np.log(p) or 1e-15 for p in network.likelihoods.values()]
    size = len(network.systems)
    far = dijkstra(coo_array((weights, (rows, columns)), shape=(size, size)).tocsr(), indices=0)
    for each in blast_radius(network, "s0").fallen:
        assert each.likelihood == pytest.approx(np.exp(-far[each.place]))


def test_the_same_seed_throws_the_same_dice() -> None:
    network = worked_example()
    one, other = (estimate_chances(network, "mail", rng=np.random.default_rng(3)) for _ in range(2))
    assert one == other


def test_the_damage_of_sure_links_is_sure() -> None:
    network = make_network(
        [make_system("a", criticality=3), make_system("b", criticality=4), make_system("c")],
        [make_link("a", "b"), make_link("b", "a", likelihood=1.0)],
    )
    chances = estimate_chances(network, "a", rng=np.random.default_rng(1), trials=9)
    assert chances.damage == (7.0, 7.0, 7.0)
    assert set(chances.by_place) == {0, 1}
    assert chances.by_place[1].share == 1.0


def test_wilson_as_others_print_it() -> None:
    """15 of 50: Agresti and Coull's table and R's binom.confint give 0.1910 to 0.4375."""
    chance = wilson(15, 50)
    assert (round(chance.low, 4), round(chance.high, 4)) == (0.1910, 0.4375)


def test_two_links_side_by_side_count_by_the_better_one_on_a_way() -> None:
    network = make_network(
        [make_system("a"), make_system("b")],
        [
            make_link("a", "b", likelihood=0.2),
            make_link("a", "b", likelihood=0.6, trust=Trust.CREDENTIAL),
        ],
    )
    assert blast_radius(network, "a").fallen[0].likelihood == 0.6


def test_a_link_that_nobody_rated_counts_as_open_and_is_counted() -> None:
    network = make_network(
        [make_system("a"), make_system("b"), make_system("c")],
        [make_link("a", "b"), make_link("c", "a")],
    )
    radius = blast_radius(network, "a")
    assert radius.fallen[0].likelihood == 1.0
    assert radius.unrated == 1


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        blast_radius(worked_example(), "nowhere")
    with pytest.raises(ValueError, match="1 trials"):
        estimate_chances(worked_example(), "mail", rng=np.random.default_rng(1), trials=1)


# Rankings


@given(small_networks())
def test_each_system_opens_what_its_radius_holds(network: Network) -> None:
    openers = rank_openers(network)
    assert sorted(each.place for each in openers) == list(range(len(network.systems)))
    assert [each.score for each in openers] == sorted((o.score for o in openers), reverse=True)
    for each in openers:
        system = network.systems[each.place]
        radius = blast_radius(network, system.code)
        assert (each.damage, each.systems) == (radius.damage, len(radius.fallen))
        assert each.score == radius.damage * WEIGHTS[system.exposure]


@given(small_networks())
def test_a_chokepoint_keeps_safe_just_what_only_it_leads_to(network: Network) -> None:
    def lost(*, cut: list[tuple[int, int]] = [], alone: list[int] = []) -> set[int]:  # noqa: B006
        return reached(network, network.exposed, cut, alone)

    told = {each.at: (each.systems, each.damage) for each in rank_chokepoints(network)}
    true = {}
    whole = lost()
    steps: list[tuple[int | tuple[int, int], set[int]]] = [
        *((place, whole - lost(alone=[place]) - {place}) for place in range(len(network.systems))),
        *((pair, whole - lost(cut=[pair])) for pair in network.beside),
    ]
    for at, saved in steps:
        if saved:
            true[at] = (len(saved), sum(network.systems[place].criticality for place in saved))
    assert told == true


def test_the_worked_example_has_its_chokepoint() -> None:
    network = worked_example()
    (first, second) = rank_chokepoints(network)[:2]
    database, backup = network.places["database"], network.places["backup"]
    assert {first.at, second.at} == {database, (database, backup)}
    assert (first.systems, first.damage) == (1, 15)
    openers = [(network.systems[o.place].code, o.score) for o in rank_openers(network)]
    assert openers[:2] == [("mail", 98 * WEIGHTS[Exposure.INTERNET]), ("kiosk", 85 * 2)]


def test_networkx_agrees_on_what_is_reached() -> None:
    rng = np.random.default_rng(11)
    names = [f"n{n}" for n in range(60)]
    pairs = {(int(a), int(b)) for a, b in rng.integers(0, 60, (90, 2)) if a != b}
    network = make_network(
        [make_system(name) for name in names], [make_link(names[a], names[b]) for a, b in pairs]
    )
    graph = nx.DiGraph(pairs)
    for place in (0, 7, 31):
        expected = nx.descendants(graph, place) if place in graph else set()
        assert {f.place for f in blast_radius(network, names[place]).fallen} == expected
