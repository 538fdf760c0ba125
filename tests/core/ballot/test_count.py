"""The rules: an election worked by hand, and what always holds whatever the election."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ballot.elections import (
    ALL_RULES,
    EQUAL_SHARES,
    count_by,
    drawn_elections,
    make_election,
    make_rule,
)
from madang.core.bad_input import BadInput
from madang.core.ballot.count import count
from madang.core.ballot.election import Project, VoteType, election_of
from madang.core.ballot.equal_shares import Market
from madang.core.ballot.rule import Utility, parse_rule
from madang.core.ballot.stake import ranks_of, stakes_of

# Worked by hand from docs/algorithms; the north has 6 voters of 9, and greedy gives it everything.
BY_HAND = {
    "equal-shares cost none": [("n1", Fraction(1, 6)), ("s1", Fraction(1, 3))],
    "equal-shares cardinality none": [("n2", 5), ("s1", 9)],
    "greedy cost none": [("n1", 6), ("n2", 6)],
    "greedy cardinality none": [("n2", Fraction(6, 30)), ("s1", Fraction(3, 27))],
    "phragmen cost none": [("n2", 5), ("s1", 9)],
}


@pytest.mark.parametrize("words", BY_HAND)
def test_the_election_worked_by_hand_comes_out_purchase_by_purchase(words):
    result = count_by(words, make_election())
    assert [(p.project, p.value) for p in result.purchases] == BY_HAND[words]


def test_a_tie_is_printed_with_the_project_that_lost_it():
    result = count_by("equal-shares cost none", make_election())
    assert [(p.project, p.tied) for p in result.purchases] == [("n1", ("n2",)), ("s1", ())]


def test_poor_supporters_give_all_they_have_and_the_rich_share_the_rest():
    # Endowment 10. First a: all four pay 6. Then b: one has 4 left, two have 10: 4 + 9 + 9 = 22.
    election = make_election(
        budget=60,
        costs={"a": 24, "b": 22},
        ballots=[["a"], ["a"], ["a"], ["a", "b"], ["b"], ["b"]],
    )
    result = count_by("equal-shares cardinality none", election)
    assert [(p.project, p.value) for p in result.purchases] == [("a", 6), ("b", 9)]


def test_add1_raises_the_endowment_until_nothing_more_fits():
    # Endowment 20 / 4 = 5. Project b lacks 2 of its 12; with 6 for everyone it is bought.
    election = make_election(budget=20, costs={"a": 4, "b": 12}, ballots=[["b"], ["b"], ["a"], []])
    assert count_by("equal-shares cost none", election).winners == ("a",)
    result = count_by("equal-shares cost add1", election)
    assert (result.winners, result.endowment) == (("a", "b"), 6)


def test_add1_returns_the_last_run_within_the_budget():
    # At 5 a voter only a is bought; at 6 all three would be, for 22 of 20.
    ballots = [["a"], ["b"], ["c"], ["c"]]
    election = make_election(budget=20, costs={"a": 4, "b": 6, "c": 12}, ballots=ballots)
    result = count_by("equal-shares cost add1", election)
    assert (result.winners, result.endowment) == (("a",), 5)
    assert count_by("equal-shares cost add1u", election).winners == ("a", "c")


def test_an_election_in_won_is_completed_in_strides_not_won_by_won(monkeypatch):
    runs = []
    for name in ("sell", "sell_alike"):
        original = getattr(Market, name)

        def counted(self, *args, original=original):
            runs.append(args)
            return original(self, *args)

        monkeypatch.setattr(Market, name, counted)
    election = make_election(
        budget=1_000_000_000,
        costs={"a": 600_000_000, "b": 350_000_000},
        ballots=[["a"]] * 30 + [["b"]] * 20 + [[]] * 50,
    )
    result = count_by("equal-shares cost add1", election)
    # 50 supporters of their own would do; growing from 10 million to 20 takes 10 million units.
    assert (result.winners, result.endowment) == (("a", "b"), 20_000_000)
    assert len(runs) < 200


def test_phragmen_stops_when_the_next_project_would_break_the_budget():
    election = make_election(budget=10, costs={"a": 4, "b": 8, "c": 1}, ballots=[["a"], ["b"], []])
    assert count_by("phragmen cost none", election).winners == ("a",)


def test_an_empty_ballot_counts_as_a_voter_and_thins_the_endowment():
    costs = {"a": 5}
    with_two = make_election(budget=10, costs=costs, ballots=[["a"], []])
    with_three = make_election(budget=10, costs=costs, ballots=[["a"], [], []])
    assert count_by("equal-shares cost none", with_two).winners == ("a",)
    assert count_by("equal-shares cost none", with_three).winners == ()


def test_points_are_exact_thirds_too():
    ballots = {(("a", Fraction(1, 3)), ("b", Fraction(2, 3))): 3, (("a", 1),): 1}
    election = election_of(
        budget=4,
        projects=[Project("a", 2), Project("b", 2)],
        vote_type=VoteType.CUMULATIVE,
        ballots=ballots,
    )
    result = count(election, parse_rule(method="greedy", utility="points"))
    assert [(p.project, p.value) for p in result.purchases] == [("a", 3), ("b", 3)]


def test_the_order_inside_a_ballot_changes_no_hash_and_makes_no_class():
    projects = [Project("a", 2), Project("b", 2)]
    ballots = {(("a", 1), ("b", 1)): 1, (("b", 1), ("a", 1)): 2}
    election = election_of(
        budget=4, projects=projects, vote_type=VoteType.APPROVAL, ballots=ballots
    )
    same = make_election(budget=4, costs={"a": 2, "b": 2}, ballots=[["b", "a"]] * 3)
    assert election.voters.tolist() == [3]
    assert election.input_sha256 == same.input_sha256


@pytest.mark.parametrize("words", ["greedy points none", "equal-shares borda none"])
def test_approvals_are_not_counted_as_points_or_ranks(words):
    with pytest.raises(BadInput, match="Ballots of type approval hold no"):
        count_by(words, make_election())


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("greedy cost add1", "Only the rule equal-shares can be completed"),
        ("dictator cost none", "dictator is not one of equal-shares, greedy, phragmen"),
        ("greedy beauty none", "beauty is not one of cost, cardinality, points, borda"),
    ],
)
def test_a_rule_that_does_not_exist_is_refused(words, reason):
    with pytest.raises(BadInput, match=reason):
        make_rule(words)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"budget": 0}, "The budget must be more than zero"),
        ({"costs": {}}, "There are no projects"),
        ({"costs": {"n1": 0, "n2": 1, "s1": 1}}, "The cost of project n1 must be more than zero"),
        ({"costs": {"n1": -1, "n2": 1, "s1": 1}}, "The cost of project n1 must be more than zero"),
        ({"ballots": []}, "There are no votes"),
        ({"ballots": [["n1", "x"]]}, "A ballot names project x, which does not exist"),
        ({"ballots": [["n1", "n1"]]}, "A ballot names the same project twice"),
    ],
)
def test_an_election_that_cannot_be_counted_is_refused(change, reason):
    with pytest.raises(BadInput, match=reason):
        make_election(**change)


def test_a_project_that_appears_twice_is_refused():
    with pytest.raises(BadInput, match="Project a appears twice"):
        election_of(
            budget=1,
            projects=[Project("a", 1), Project("a", 2)],
            vote_type=VoteType.APPROVAL,
            ballots={(): 1},
        )


@given(drawn_elections(), st.sampled_from(ALL_RULES))
def test_no_rule_ever_spends_more_than_the_budget(drawn, words):
    result = count_by(words, make_election(**drawn))
    costs = drawn["costs"]
    assert result.spent == sum(costs[id_] for id_ in result.winners) <= drawn["budget"]


@given(drawn_elections(), st.sampled_from(ALL_RULES), st.randoms())
def test_the_order_of_ballots_and_projects_changes_nothing(drawn, words, shuffler: random.Random):
    ballots, costs = list(drawn["ballots"]), list(drawn["costs"].items())
    shuffler.shuffle(ballots)
    shuffler.shuffle(costs)
    first = make_election(**drawn)
    second = make_election(budget=drawn["budget"], costs=dict(costs), ballots=ballots)
    assert first.input_sha256 == second.input_sha256
    assert count_by(words, first).purchases == count_by(words, second).purchases


@given(
    drawn_elections(),
    st.sampled_from([words for words in ALL_RULES if "add1" not in words]),
    st.fractions(Fraction(1, 1000), 1000).filter(bool),
)
def test_the_currency_changes_no_winner(drawn, words, rate):
    changed = {
        "budget": drawn["budget"] * rate,
        "costs": {id_: cost * rate for id_, cost in drawn["costs"].items()},
        "ballots": drawn["ballots"],
    }
    before = count_by(words, make_election(**drawn))
    after = count_by(words, make_election(**changed))
    assert after.winners == before.winners
    assert after.spent == before.spent * rate


@given(drawn_elections(), st.sampled_from(EQUAL_SHARES), st.integers(2, 5))
def test_a_city_of_as_many_such_voters_each_chooses_the_same(drawn, words, times):
    if "add1" in words:  # one unit a voter is another step when voters have less
        words = words.replace("add1u", "utilitarian").replace("add1", "none")
    larger = {**drawn, "ballots": drawn["ballots"] * times}
    before, after = (count_by(words, make_election(**each)) for each in (drawn, larger))
    assert after.winners == before.winners


@given(drawn_elections(), st.sampled_from(["equal-shares", "greedy"]))
def test_completions_and_greedy_leave_nothing_that_would_fit(drawn, method):
    words = f"{method} cost {'utilitarian' if method == 'equal-shares' else 'none'}"
    assert count_by(words, make_election(**drawn)).is_exhaustive


@settings(max_examples=60)
@given(drawn_elections(), st.sampled_from([Utility.COST, Utility.CARDINALITY]))
def test_strides_of_add1_find_what_single_steps_find(drawn, utility):
    election = make_election(**drawn)
    stakes, ranks = stakes_of(election, utility), ranks_of(election)
    market = Market(election.voters, stakes, ranks)
    budget, endowment = (
        election.budget_parts,
        Fraction(election.budget_parts, len(drawn["ballots"])),
    )
    bought: tuple[int, ...] = ()
    while True:
        following = market.sell(endowment).bought
        rest = budget - sum(stakes[index].cost for index in following)
        if rest < 0:
            break
        bought = following
        if all(stakes[i].cost > rest for i in market.wanted if i not in bought):
            break
        endowment += election.unit
    result = count_by(f"equal-shares {utility} add1", election)
    assert result.winners == tuple(sorted(election.projects[index].id for index in bought))
