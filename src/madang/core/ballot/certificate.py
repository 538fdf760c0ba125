"""Check any outcome for proportionality: EJR+ up to any project, with a witness where it is broken.

A group V of voters, all for the same unfunded project c, deserves |V| / n of the budget B. It has
a complaint where everyone in it would still have less than that share is worth in c, even after c
had been funded: u_i(W) + u_i(c) < u_i(c) × |V| × B / (n × cost(c)) for all i in V.
Source: Brill and Peters (2023), "Robust and Verifiable Proportionality Axioms for Multiwinner
Voting", EJR+ up to any project; Equal Shares always satisfies it under cost and cardinality.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.count import Count, Purchase
from madang.core.ballot.election import Election
from madang.core.ballot.rule import Utility
from madang.core.ballot.stake import Stake, stakes_of

# Names the computation, not the package: it changes whenever a number could.
CORE_VERSION = "ballot/1"
AXIOM = "EJR+ up to any project"


@dataclass(frozen=True, slots=True)
class Witness:
    """The group with the strongest complaint.

    share:       what part of the budget the group deserves, in currency units.
    has_at_most: the utility that its best served member gets from the funded projects.
    """

    project: str
    voters: int
    share: Fraction
    has_at_most: Fraction


@dataclass(frozen=True, slots=True)
class Proportionality:
    """Whether EJR+ up to any project holds.

    beta: the largest multiple of the budget at which no group would have a complaint; the axiom
        holds if it is at least 1. None where no unfunded project has supporters.
    """

    utility: Utility
    holds: bool
    beta: Fraction | None
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an outsider needs to check a count: the input and the rule by hash, and the proof."""

    input_sha256: str
    rule_sha256: str
    core_version: str
    spent: Fraction
    budget: Fraction
    is_exhaustive: bool
    endowment: Fraction | None
    proportionality: Proportionality
    purchases: tuple[Purchase, ...]

    @property
    def ties(self) -> tuple[Purchase, ...]:
        """Return the purchases that the tie-break decided."""
        return tuple(purchase for purchase in self.purchases if purchase.tied)


def certify(count: Count) -> Certificate:
    """Return the certificate of a count. A rule that is not proportional may fail the axiom."""
    manifest = json.dumps(count.rule.manifest(), sort_keys=True, separators=(",", ":"))
    return Certificate(
        input_sha256=count.election.input_sha256,
        rule_sha256=hashlib.sha256(manifest.encode()).hexdigest(),
        core_version=CORE_VERSION,
        spent=count.spent,
        budget=count.election.budget,
        is_exhaustive=count.is_exhaustive,
        endowment=count.endowment,
        proportionality=check_ejr_plus(count.election, count.winners, count.rule.utility),
        purchases=count.purchases,
    )


def check_ejr_plus(
    election: Election, funded: Collection[str], utility: Utility
) -> Proportionality:
    """Return whether this outcome, whoever found it, satisfies EJR+ up to any project."""
    stakes = stakes_of(election, utility)
    won = {election.index[id_] for id_ in funded}
    gained = np.zeros(election.voters.size, dtype=object)  # (classes,), exact, u_i(W)
    for index in won:
        stake = stakes[index]
        gained[stake.classes] += stake.weights.astype(object) * stake.worth
    groups = [
        (_closest_group(stake, gained, election), index)
        for index, stake in enumerate(stakes)
        if index not in won and stake.classes.size
    ]
    if not groups:
        return Proportionality(utility, holds=True, beta=None, witness=None)
    (beta, voters, has_at_most), index = min(groups)
    witness = Witness(
        project=election.projects[index].id,
        voters=voters,
        share=election.budget * voters / election.voter_count,
        has_at_most=has_at_most / (election.unit if utility == Utility.COST else 1),
    )
    return Proportionality(utility, beta >= 1, beta, None if beta >= 1 else witness)


def _closest_group(
    stake: Stake, gained: NDArray[np.object_], election: Election
) -> tuple[Fraction, int, Fraction]:
    """Return beta, size and highest u_i(W) of the group for this project closest to a complaint.

    Only prefixes of the supporters, ordered by u_i(W) / u_i(c), need to be looked at: a larger
    group deserves more, and its member with the highest ratio decides.
    """
    groups: defaultdict[Fraction, list[int]] = defaultdict(lambda: [0, 0])  # voters, highest u
    utilities = gained[stake.classes].tolist()
    for has, weight, voters in zip(
        utilities, stake.weights.tolist(), stake.voters.tolist(), strict=True
    ):
        group = groups[Fraction(has, weight * stake.worth)]
        group[0] += voters
        group[1] = max(group[1], has)
    closest, size, highest = None, 0, 0
    for ratio in sorted(groups):
        size += groups[ratio][0]
        highest = max(highest, groups[ratio][1])
        beta = (ratio + 1) * election.voter_count * stake.cost / (size * election.budget_parts)
        if closest is None or beta < closest[0]:
            closest = (beta, size, Fraction(highest))
    assert closest is not None, "a stake has supporters"
    return closest
