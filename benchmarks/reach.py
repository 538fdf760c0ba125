"""How far a break-in reaches in a large register, beside scipy where it does the same.

    python benchmarks/reach.py [--systems 10000] [--links 50000]

A network of random links is made with a seed; 7 in 100 systems are exposed to internet or radio.
Printed: CPU seconds of each answer, in this process and without reading the files. scipy's maximum
flow gets the same links, and has to find the same cost; what it does not do is say what to cut.
"""

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from madang.core.reach.chance import estimate_chances
from madang.core.reach.cuts import cheapest_cut
from madang.core.reach.network import Exposure, Kind, Link, Network, System, Trust
from madang.core.reach.radius import blast_radius
from madang.core.reach.ranking import rank_chokepoints, rank_openers

T = TypeVar("T")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systems", type=int, default=10_000)
    parser.add_argument("--links", type=int, default=50_000)
    asked = parser.parse_args()
    network = made(asked.systems, asked.links, np.random.default_rng(20200521))
    last = network.systems[-1].code
    print(f"{len(network.systems):,} systems, {len(network.links):,} links; CPU seconds")
    measure("graph and blast radius", lambda: blast_radius(network, "s0"))
    measure("blast radius again", lambda: blast_radius(network, "s0"))
    rng = np.random.default_rng(1)
    measure("2,000 throws of the dice", lambda: estimate_chances(network, "s0", rng=rng))
    measure("openers", lambda: rank_openers(network))
    measure("chokepoints", lambda: rank_chokepoints(network))
    cut = measure(
        "cheapest cut", lambda: cheapest_cut(network, broken="s0", protect=[last], isolate=False)
    )
    ends = np.array(network.ends)
    costs = np.array([link.cost for link in network.links], dtype=np.int32)
    size = len(network.systems)
    flows = coo_array((costs, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
    peer = measure("scipy's maximum flow", lambda: maximum_flow(flows, 0, size - 1))
    assert cut.cost == peer.flow_value, "two programs, two costs"
    return 0


def measure(name: str, answer: Callable[[], T]) -> T:
    start = time.process_time()
    found = answer()
    print(f"  {name:<26}{time.process_time() - start:6.2f}")
    return found


def made(systems: int, links: int, rng: np.random.Generator) -> Network:
    exposures = rng.choice(len(Exposure), systems, p=[0.02, 0.05, 0.2, 0.73])
    pairs: dict[tuple[int, int], None] = {}
    while len(pairs) < links:
        tail, head = map(int, rng.integers(0, systems, 2))
        if tail != head:
            pairs[tail, head] = None
    return Network(
        tuple(
            System(
                code=f"s{n}",
                name=f"s{n}",
                english="",
                kind=Kind.DEVICE,
                exposure=list(Exposure)[int(exposures[n])],
                criticality=int(rng.integers(0, 101)),
                office="ict",
                isolation_cost=int(rng.integers(1, 40)),
            )
            for n in range(systems)
        ),
        tuple(
            Link(
                source=f"s{tail}",
                target=f"s{head}",
                trust=Trust.NETWORK,
                likelihood=round(float(rng.uniform(0.01, 0.6)), 3),
                cost=int(rng.integers(1, 40)),
            )
            for tail, head in pairs
        ),
    )


if __name__ == "__main__":
    raise SystemExit(main())
