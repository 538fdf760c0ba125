"""The map itself: a worked example, what always holds, and the answers when there is no map."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from madang.core.bad_input import BadInput
from madang.core.opinion.conversation import (
    AGREE,
    DISAGREE,
    PASS,
    UNSEEN,
    Conversation,
    Statement,
)
from madang.core.opinion.grouping import BaseClusters, silhouette, split_into_groups
from madang.core.opinion.opinion_map import NO_GROUP, draw_map
from madang.core.opinion.report import as_json, map_conversation
from madang.core.opinion.statistics import (
    Z_90,
    count_votes_by_group,
    divisiveness,
    find_consensus,
    find_representative,
    group_informed_consensus,
)

ANY_VOTES = hnp.arrays(
    np.int8,
    st.tuples(st.integers(0, 24), st.integers(0, 9)),
    elements=st.sampled_from((AGREE, PASS, DISAGREE, UNSEEN)),
)


def make_conversation(votes, moderated_out=()):
    return Conversation(
        participant_ids=tuple(range(100, 100 + votes.shape[0])),
        statements=tuple(
            Statement(id=n, moderated=-1 if n in moderated_out else 1)
            for n in range(votes.shape[1])
        ),
        votes=votes,
    )


def two_camps(people: int = 20, statements: int = 8):
    """Half agree with everything, half disagree; the last statement everybody agrees with."""
    votes = np.full((people, statements), AGREE, dtype=np.int8)
    votes[people // 2 :, :-1] = DISAGREE
    return votes


# Five people, three statements; the numbers are worked out in docs/algorithms/opinion-map.md.
WORKED_VOTES = np.array(
    [
        [AGREE, AGREE, DISAGREE],
        [AGREE, AGREE, PASS],
        [AGREE, AGREE, UNSEEN],
        [DISAGREE, AGREE, AGREE],
        [DISAGREE, AGREE, UNSEEN],
    ],
    dtype=np.int8,
)
WORKED_GROUPS = np.array([0, 0, 0, 1, 1])


def test_the_worked_example_comes_out_as_by_hand():
    counts = count_votes_by_group(WORKED_VOTES, WORKED_GROUPS, 2)
    assert counts.agree.tolist() == [[3, 3, 0], [0, 2, 1]]
    assert counts.seen.tolist() == [[3, 3, 2], [2, 2, 1]]
    assert group_informed_consensus(counts) == pytest.approx([4 / 20, 12 / 20, 2 / 12])
    assert divisiveness(counts) == pytest.approx([0.55, 0.05, (1 / 3 + 1 / 4) / 2])

    (first,), second = find_representative(counts, np.array([True, True, True]))
    assert (first.statement, first.stance, first.count, first.seen) == (0, AGREE, 3, 3)
    assert first.share == pytest.approx(4 / 5)
    assert first.share_test == pytest.approx(2.0)
    assert first.ratio == pytest.approx((4 / 5) / (1 / 4))
    assert first.ratio_test == pytest.approx((1 - 1 / 3) / np.sqrt(5 / 7 * 2 / 7 * (1 / 4 + 1 / 3)))
    assert [(one.statement, one.stance) for one in second] == [(0, DISAGREE), (2, AGREE)]
    assert [one.ratio for one in second] == pytest.approx([3 / 4 * 5, 2 / 3 * 4])
    assert second[1].share_test == pytest.approx(np.sqrt(2))
    assert second[1].ratio_test == pytest.approx(
        (1 - 1 / 3) / np.sqrt(3 / 5 * 2 / 5 * (1 / 2 + 1 / 3))
    )


def test_two_camps_stand_apart_on_the_first_axis_and_each_says_its_own():
    drawn = draw_map(two_camps())
    assert drawn.group_sizes == (10, 10)
    assert drawn.group_of.tolist() == [0] * 10 + [1] * 10
    # Seven statements of spread 1 each: camps at plus and minus the square root of seven.
    # The axis points to those who agree.
    assert drawn.positions[:, 0] == pytest.approx(np.repeat([np.sqrt(7), -np.sqrt(7)], 10))
    assert drawn.positions[:, 1] == pytest.approx(0)
    statements_turned_round = draw_map(two_camps()[:, ::-1])
    assert statements_turned_round.positions == pytest.approx(drawn.positions)
    assert {found.stance for found in drawn.representative[0]} == {AGREE}
    assert {found.stance for found in drawn.representative[1]} == {DISAGREE}
    assert [len(chosen) for chosen in drawn.representative] == [5, 5]
    assert [found.statement for found in drawn.consensus_statements] == [7]
    assert drawn.divisiveness.argmin() == 7


def test_consensus_names_rejection_as_well():
    votes = two_camps()
    votes[:, 0] = DISAGREE
    found = draw_map(votes).consensus_statements
    assert [(one.statement, one.stance) for one in found] == [(7, AGREE), (0, DISAGREE)]


def test_a_statement_that_is_moderated_out_is_in_no_list():
    out = np.zeros(8, dtype=np.bool_)
    out[[0, 7]] = True
    drawn = draw_map(two_camps(), moderated_out=out)
    named = [one.statement for chosen in drawn.representative for one in chosen]
    assert 0 not in named
    assert drawn.consensus_statements == ()


def test_too_few_votes_leave_a_participant_off_the_map_but_in_the_counts():
    votes = np.vstack([two_camps(), np.full((1, 8), UNSEEN, dtype=np.int8)])
    votes[-1, 0] = AGREE
    drawn = draw_map(votes)
    assert not drawn.placed[-1]
    assert drawn.group_of[-1] == NO_GROUP
    assert np.isnan(drawn.positions[-1]).all()
    assert drawn.total.agree[0] == 11
    assert as_json(map_conversation(make_conversation(votes)))["participants"][-1] == {
        "id": 120, "x": None, "y": None, "group": None,
    }  # fmt: skip


def test_a_young_hearing_is_topped_up_to_fifteen_people():
    votes = np.full((30, 9), UNSEEN, dtype=np.int8)
    votes[:, 0] = AGREE
    votes[:, 1] = AGREE
    votes[:20, 2] = DISAGREE
    votes[0] = DISAGREE
    assert draw_map(votes).placed.tolist() == [True] * 15 + [False] * 15


@pytest.mark.parametrize(
    "votes",
    [
        np.zeros((0, 0), dtype=np.int8),
        np.zeros((0, 5), dtype=np.int8),
        np.zeros((5, 0), dtype=np.int8),
        np.full((5, 5), UNSEEN, dtype=np.int8),
        np.full((1, 9), AGREE, dtype=np.int8),
        np.full((30, 9), PASS, dtype=np.int8),
        np.full((30, 1), AGREE, dtype=np.int8),
    ],
    ids=["nothing", "nobody", "no statement", "no vote", "one person", "all pass", "all agree"],
)
@pytest.mark.parametrize("groups", [None, 2])
def test_no_groups_is_an_answer(votes, groups):
    drawn = draw_map(votes, groups=groups)
    assert drawn.group_sizes == ()
    assert (drawn.group_of == NO_GROUP).all()
    assert drawn.representative == ()
    answer = json.dumps(as_json(map_conversation(make_conversation(votes))), allow_nan=False)
    assert json.loads(answer)["params"]["k"] == 0


def test_a_number_of_groups_that_cannot_be_is_refused():
    with pytest.raises(BadInput, match="at least 2 groups, not 1"):
        draw_map(two_camps(), groups=1)
    with pytest.raises(BadInput, match="only 2 different places"):
        draw_map(two_camps(), groups=3)


@pytest.mark.parametrize(
    ("votes", "moderated_out"),
    [
        (np.zeros((2, 3), dtype=np.int8), np.zeros(2, dtype=np.bool_)),
        (np.zeros(3, dtype=np.int8), None),
        (np.full((2, 3), 2, dtype=np.int8), None),
    ],
)
def test_arrays_that_are_no_votes_are_refused(votes, moderated_out):
    with pytest.raises(ValueError, match="votes"):
        draw_map(votes, moderated_out=moderated_out)


@pytest.mark.parametrize("groups", [2, 3, 5, 40])
def test_as_many_groups_are_made_as_were_asked_for(groups):
    votes = np.random.default_rng(3).integers(-1, 2, (60, 9)).astype(np.int8)
    drawn = draw_map(votes, groups=groups)
    assert len(drawn.group_sizes) == groups
    assert min(drawn.group_sizes) >= 1
    assert drawn.k_given


def make_base(centres, weights):
    return BaseClusters(
        np.array(centres, dtype=float), np.array(weights, dtype=float), np.arange(len(centres))
    )


def test_one_outlier_is_not_taken_for_a_group():
    """Alone, the person at 6 would leave less distance: 20 and not 22.7."""
    base = make_base([[-1, 0], [1, 0], [6, 0]], [10, 10, 1])
    assert split_into_groups(base, 2).tolist() == [0, 1, 1]
    assert len(set(split_into_groups(make_base(base.centres, [10, 10, 2]), 2)[:2])) == 1


def test_two_people_who_differ_are_not_two_groups_unless_asked_for():
    votes = np.array([[AGREE], [DISAGREE]], dtype=np.int8)
    assert draw_map(votes).group_sizes == ()
    assert draw_map(votes, groups=2).group_sizes == (1, 1)


def test_where_nothing_passes_the_tests_the_most_telling_statement_is_kept():
    votes = np.array([[AGREE, AGREE, UNSEEN], [AGREE, DISAGREE, UNSEEN]], dtype=np.int8)
    counts = count_votes_by_group(votes, np.array([0, 1]), 2)
    found = find_representative(counts, np.array([True, True, True]))
    assert [[(one.statement, one.stance) for one in chosen] for chosen in found] == [
        [(1, AGREE)],
        [(1, DISAGREE)],
    ]


def test_silhouette_is_one_for_crowds_far_apart_and_counts_people():
    # Distances 1 inside the left pair, 9 and 10 across; each end of the pair holds one person,
    # the right crowd of three stands in one point and scores 1.
    found = silhouette(make_base([[0, 0], [1, 0], [10, 0]], [1, 1, 3]), np.array([0, 0, 1]))
    assert found == pytest.approx((9 / 10 + 8 / 9 + 3 * 1) / 5)


@settings(deadline=None)  # a busy machine is no bug
@given(ANY_VOTES, st.sampled_from([None, 2]))
def test_every_map_is_whole_and_free_of_nan(votes, groups):
    try:
        drawn = draw_map(votes, groups=groups)
    except BadInput:
        return
    assert np.isfinite(drawn.positions[drawn.placed]).all()
    assert np.isnan(drawn.positions[~drawn.placed]).all()
    assert sum(drawn.group_sizes) in {0, int(drawn.placed.sum())}
    assert list(drawn.group_sizes) == sorted(drawn.group_sizes, reverse=True)
    assert (np.bincount(drawn.group_of + 1)[1:] == drawn.group_sizes).all()
    assert ((drawn.consensus > 0) & (drawn.consensus < 1)).all()
    assert ((drawn.divisiveness >= 0) & (drawn.divisiveness <= 1)).all()
    assert (drawn.total.seen == (votes != UNSEEN).sum(axis=0)).all()
    for chosen in drawn.representative:
        passing = [one for one in chosen if one.share_test > Z_90 and one.ratio_test > Z_90]
        assert len(chosen) <= 1 or len(passing) == len(chosen) <= 5
        assert len({one.statement for one in chosen}) == len(chosen)


@settings(deadline=None)  # a busy machine is no bug
@given(ANY_VOTES)
def test_the_same_votes_give_the_same_bytes(votes):
    once, again = (json.dumps(as_json(map_conversation(make_conversation(v)))) for v in (
        votes, np.asfortranarray(votes.copy())))  # fmt: skip
    assert once == again


@settings(deadline=None)  # a busy machine is no bug
@given(ANY_VOTES, st.integers(0, 24), st.integers(0, 9))
def test_silence_moves_nobody(votes, row, column):
    """A person without votes and a statement without votes change nothing for the others."""
    row, column = min(row, votes.shape[0]), min(column, votes.shape[1])
    wider = np.insert(np.insert(votes, row, UNSEEN, axis=0), column, UNSEEN, axis=1)
    before, after = draw_map(votes), draw_map(wider)
    assert not after.placed[row]
    assert np.delete(after.group_of, row).tolist() == before.group_of.tolist()
    assert np.array_equal(np.delete(after.positions, row, axis=0), before.positions, equal_nan=True)


@settings(deadline=None)  # a busy machine is no bug
@given(ANY_VOTES, st.integers(0, 8), st.randoms(use_true_random=False))
def test_what_was_said_to_a_moderated_statement_moves_nobody(votes, column, random):
    if votes.shape[1] == 0:
        return
    out = np.arange(votes.shape[1]) == column % votes.shape[1]
    changed = votes.copy()
    for row in np.flatnonzero(votes[:, out][:, 0] != UNSEEN):
        changed[row, out] = random.choice([AGREE, PASS, DISAGREE])
    before, after = (draw_map(v, moderated_out=out) for v in (votes, changed))
    assert np.array_equal(before.positions, after.positions, equal_nan=True)
    assert before.group_of.tolist() == after.group_of.tolist()


@settings(deadline=None)  # a busy machine is no bug
@given(ANY_VOTES, st.data())
def test_turning_every_vote_around_turns_every_finding_around(votes, data):
    group_of = np.array(
        data.draw(st.lists(st.integers(0, 1), min_size=len(votes), max_size=len(votes))),
        dtype=np.intp,
    )
    turned = np.where(votes == UNSEEN, UNSEEN, -votes).astype(np.int8)
    counts, counts_turned = (count_votes_by_group(v, group_of, 2) for v in (votes, turned))
    assert counts.agree.tolist() == counts_turned.disagree.tolist()
    assert divisiveness(counts) == pytest.approx(divisiveness(counts_turned))
    all_of = np.ones(votes.shape[1], dtype=np.bool_)
    found, found_turned = (
        {(one.statement, one.stance * sign) for one in find_consensus(draw_map(v).total, all_of)}
        for v, sign in ((votes, 1), (turned, -1))
    )
    assert found == found_turned
