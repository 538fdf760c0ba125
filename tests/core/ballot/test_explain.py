"""What each project is told, and the support it missed, against counting again and again."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ballot.elections import ALL_RULES, count_by, drawn_elections, make_election
from madang.core.ballot.amount import as_text, parse_amount, to_read
from madang.core.ballot.explain import explain_all, explain_project
from madang.core.ballot.needed import needed_support
from madang.core.ballot.report import report

FARTHEST = 40  # further supporters tried one by one


def fewest_by_counting(drawn, words, project) -> int | None:
    for further in range(1, FARTHEST + 1):
        ballots = drawn["ballots"] + [[project]] * further
        if project in count_by(words, make_election(**{**drawn, "ballots": ballots})).winners:
            return further
    return None


@settings(max_examples=60)
@given(drawn_elections(most_voters=7), st.sampled_from(ALL_RULES), st.data())
def test_the_support_needed_is_what_counting_again_finds(drawn, words, data):
    project = data.draw(st.sampled_from(sorted(drawn["costs"])))
    result = count_by(words, make_election(**drawn))
    needed = needed_support(result, project, recounts=60)
    if project in result.winners:
        assert needed.voters == 0
    elif needed.is_fewest and (needed.voters or 0) <= FARTHEST:
        assert needed.voters == fewest_by_counting(drawn, words, project)
    elif needed.voters is not None:
        for voters, wins in ((needed.voters, True), (needed.voters - 1, False)):
            ballots = drawn["ballots"] + [[project]] * voters
            again = count_by(words, make_election(**{**drawn, "ballots": ballots}))
            assert (project in again.winners) == wins


@pytest.mark.parametrize(
    ("words", "project", "code", "needed"),
    [
        # With one more, n2 costs its seven supporters 1/7 each; n1 cannot be paid any more.
        ("equal-shares cost none", "n2", "shares-short", 1),
        # Against n1 (60) and n2 (30), s1 must come before n2, with 7 votes: n2 wins a tie.
        ("greedy cost none", "s1", "did-not-fit", 4),
        # At time 5 n2 is paid, by six. Then n1 asks 60 + 30: of ten it is due at 9, like s1, and
        # goes first by its id.
        ("phragmen cost none", "n1", "would-break-budget", 4),
    ],
)
def test_a_loser_of_the_election_worked_by_hand_is_told_why(words, project, code, needed):
    told = explain_project(count_by(words, make_election()), project)
    assert (told.code, told.needed.voters, told.needed.is_fewest) == (code, needed, True)


def test_the_money_missing_is_what_the_supporters_shares_lack():
    told = explain_project(count_by("equal-shares cost none", make_election()), "n2")
    assert told.values == {"support": 6, "has": "0", "missing": "30", "cost": "30"}
    assert told.sentence.startswith("Its 6 supporters have 0 of their shares left; 30 is missing")


@pytest.mark.parametrize(
    ("exact", "read"),
    [("30", "30"), ("0.5", "0.5"), ("25534899463/903903", "about 28249.6"), ("1/3", "about 0.33")],
)
def test_an_amount_in_a_sentence_is_one_that_people_can_read(exact, read):
    assert to_read(exact) == read


def test_a_project_dearer_than_the_budget_is_told_that_no_support_would_do():
    election = make_election(costs={"n1": 91, "n2": 30, "s1": 27})
    for words in ALL_RULES:
        told = explain_project(count_by(words, election), "n1")
        assert (told.code, told.needed.voters, told.needed.is_fewest) == ("over-budget", None, True)


def test_without_recounts_add1_finds_a_number_and_does_not_call_it_the_fewest():
    election = make_election(costs={"n1": 60, "n2": 40, "s1": 27})
    needed = needed_support(count_by("equal-shares cost add1", election), "n2", recounts=0)
    assert (needed.voters, needed.is_fewest) == (1, False)


def test_what_no_crowd_could_carry_is_not_counted_under_add1():
    # It costs the whole budget, and whatever its supporters are given buys the three theirs too.
    election = make_election(costs={"n1": 90, "s1": 1}, ballots=[["n1"]] * 2 + [["s1"]] * 3)
    for further in (1, 10, 1000):
        ballots = [["n1"]] * (2 + further) + [["s1"]] * 3
        again = make_election(costs={"n1": 90, "s1": 1}, ballots=ballots)
        assert "n1" not in count_by("equal-shares cost add1", again).winners
    needed = needed_support(count_by("equal-shares cost add1", election), "n1", recounts=1000)
    assert (needed.voters, needed.is_fewest) == (None, False)


@given(drawn_elections(), st.sampled_from(ALL_RULES))
def test_every_project_is_told_in_a_whole_sentence(drawn, words):
    told = list(explain_all(count_by(words, make_election(**drawn)), with_needed=False))
    assert [one.project for one in told] == sorted(drawn["costs"])
    assert all(one.sentence.endswith(".") for one in told)


def test_the_report_is_stable_json_with_amounts_as_text():
    told = report(count_by("equal-shares cost none", make_election()))
    assert json.loads(json.dumps(told)) == told
    assert list(told) == ["winners", "spent", "budget", "rule", "certificate", "explanations"]
    assert (told["winners"], told["spent"], told["budget"]) == (["n1", "s1"], "87", "90")
    assert told["rule"] == {
        "method": "equal-shares",
        "utility": "cost",
        "completion": "none",
        "tie_break": "project-id",
    }
    assert told["certificate"]["purchases"][0]["value"] == "1/6"
    assert told["certificate"]["ties"] == [{"won": "n1", "lost": ["n2"]}]
    losing = told["explanations"][1]
    assert {name: losing[name] for name in ("project", "funded", "support", "needed")} == {
        "project": "n2", "funded": False, "support": 6, "needed": 1,
    }  # fmt: skip


@given(st.fractions(), st.integers(0, 6))
def test_amounts_survive_as_text(amount, places):
    text = as_text(amount)
    if "/" in text:
        assert Fraction(text) == amount
    else:
        assert parse_amount(text) == amount
    assert as_text(Fraction(1, 10**places)) == ("0." + "1".rjust(places, "0") if places else "1")
