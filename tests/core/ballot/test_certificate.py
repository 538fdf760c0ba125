"""The certificate against the axiom written out group by group, and its witness."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ballot.elections import EQUAL_SHARES, count_by, drawn_elections, make_election
from madang.core.ballot.certificate import certify, check_ejr_plus
from madang.core.ballot.rule import Utility


def holds_group_by_group(drawn, funded, utility) -> bool:
    """Say the axiom as it is defined: no group of supporters of any project has a complaint."""
    budget, costs, ballots = drawn["budget"], drawn["costs"], drawn["ballots"]
    worth = {id_: cost if utility == Utility.COST else 1 for id_, cost in costs.items()}
    for project in costs.keys() - set(funded):
        supporters = [ballot for ballot in ballots if project in ballot]
        for size in range(1, len(supporters) + 1):
            deserved = worth[project] * size * budget / (len(ballots) * costs[project])
            for group in combinations(supporters, size):
                has = [sum(worth[id_] for id_ in ballot if id_ in funded) for ballot in group]
                if all(utility + worth[project] < deserved for utility in has):
                    return False
    return True


@settings(max_examples=150)
@given(drawn_elections(most_voters=7), st.data())
def test_it_agrees_with_the_definition_for_any_outcome(drawn, data):
    funded = data.draw(st.sets(st.sampled_from(sorted(drawn["costs"]))))
    utility = data.draw(st.sampled_from([Utility.COST, Utility.CARDINALITY]))
    found = check_ejr_plus(make_election(**drawn), funded, utility)
    assert found.holds == holds_group_by_group(drawn, funded, utility)
    assert found.holds == (found.witness is None)


@given(drawn_elections(), st.sampled_from(EQUAL_SHARES))
def test_equal_shares_is_always_proportional(drawn, words):
    assert certify(count_by(words, make_election(**drawn))).proportionality.holds


@given(drawn_elections(most_voters=7), st.sampled_from(["greedy cost none", "phragmen cost none"]))
def test_the_budget_times_beta_is_where_the_complaint_starts(drawn, words):
    result = count_by(words, make_election(**drawn))
    beta = certify(result).proportionality.beta
    if beta is None:
        return
    at_beta = {**drawn, "budget": drawn["budget"] * beta}
    above = {**drawn, "budget": drawn["budget"] * beta * 1001 / 1000}
    assert holds_group_by_group(at_beta, result.winners, Utility.COST)
    assert not holds_group_by_group(above, result.winners, Utility.COST)


def test_greedy_leaves_the_south_with_nothing_and_the_witness_says_so():
    found = certify(count_by("greedy cost none", make_election())).proportionality
    assert not found.holds
    assert found.beta == pytest.approx(0.9)
    witness = found.witness
    assert (witness.project, witness.voters, witness.share, witness.has_at_most) == ("s1", 3, 30, 0)


def test_a_group_that_would_get_exactly_what_it_deserves_has_no_complaint():
    election = make_election(costs={"n1": 60, "n2": 30, "s1": 30})
    found = certify(count_by("greedy cost none", election)).proportionality
    assert (found.holds, found.beta, found.witness) == (True, 1, None)


def test_another_ballot_budget_or_cost_is_another_input():
    same = make_election().input_sha256
    assert make_election().input_sha256 == same
    others = [
        make_election(budget=91),
        make_election(costs={"n1": 60, "n2": 30, "s1": 28}),
        make_election(costs={"n1": 60, "n2": 30, "s2": 27}, ballots=[["n1", "n2"]] * 9),
        make_election(ballots=[["n1", "n2"]] * 6 + [["s1"]] * 2 + [[]]),
    ]
    hashes = {election.input_sha256 for election in others}
    assert len(hashes) == 4
    assert same not in hashes


def test_ties_are_logged():
    ties = certify(count_by("equal-shares cost none", make_election())).ties
    assert [(tie.project, tie.tied) for tie in ties] == [("n1", ("n2",))]
