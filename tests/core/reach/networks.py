"""Networks for tests: one worked by hand, and small ones made of anything."""

from collections.abc import Iterable
from itertools import product

from hypothesis import strategies as st

from madang.core.reach.network import Exposure, Kind, Link, Network, System, Trust


def make_system(
    code: str,
    *,
    criticality: int = 1,
    exposure: Exposure = Exposure.INSIDE,
    isolation_cost: int | None = None,
) -> System:
    return System(
        code=code,
        name=f"시스템 {code}",
        english=f"System {code}",
        kind=Kind.SERVER,
        exposure=exposure,
        criticality=criticality,
        office="ict",
        isolation_cost=isolation_cost,
    )


def make_link(
    source: str,
    target: str,
    *,
    likelihood: float | None = None,
    cost: int | None = None,
    trust: Trust = Trust.NETWORK,
) -> Link:
    return Link(source, target, trust, likelihood, cost)


def make_network(systems: Iterable[System], links: Iterable[Link]) -> Network:
    return Network(tuple(systems), tuple(links))


def worked_example() -> Network:
    """The network of docs/algorithms/reach.md."""
    return make_network(
        [
            make_system("kiosk", criticality=2, exposure=Exposure.PHYSICAL, isolation_cost=1),
            make_system("mail", criticality=10, exposure=Exposure.INTERNET),
            make_system("office", criticality=8, isolation_cost=5),
            make_system("vpn", criticality=5, isolation_cost=3),
            make_system("database", criticality=60),
            make_system("backup", criticality=15, isolation_cost=2),
        ],
        [
            make_link("kiosk", "office", likelihood=0.5, cost=2),
            make_link("mail", "office", likelihood=0.4, cost=6),
            make_link("mail", "vpn", likelihood=0.2, cost=3),
            make_link("office", "database", likelihood=0.5, cost=4),
            make_link("vpn", "database", likelihood=0.9, cost=5),
            make_link("database", "backup", likelihood=1.0, cost=1),
        ],
    )


@st.composite
def small_networks(draw: st.DrawFn, *, most: int = 6) -> Network:
    """Up to `most` systems and ten links, with every kind of cost and likelihood."""
    count = draw(st.integers(2, most))
    costs = st.none() | st.integers(1, 9)
    systems = [
        make_system(
            f"s{n}",
            criticality=draw(st.integers(0, 9)),
            exposure=draw(st.sampled_from(Exposure)),
            isolation_cost=draw(costs),
        )
        for n in range(count)
    ]
    pairs = [(a, b) for a, b in product(range(count), repeat=2) if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10))
    links = [
        make_link(
            f"s{a}",
            f"s{b}",
            likelihood=draw(st.none() | st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0])),
            cost=draw(costs),
        )
        for a, b in chosen
    ]
    return make_network(systems, links)
