"""The plan: made from a description, fed by ballots, kept up by officials."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from decide.worlds import NOON, decided, make_hearing, make_plan
from madang.decide.plan.models import Because, Change, Commitment, Kind, Plan, Project, Verdict
from madang.decide.plan.rules import CommitmentDraft, GoalDraft, ProjectDraft
from madang.decide.plan.services import (
    UnableToCreatePlan,
    UnableToMove,
    UnableToUpdate,
    create_plan,
    make_commitments,
    move_commitment,
    update_commitment,
)
from madang.ground.city.card import city
from madang.ground.events.models import OutboxEvent

pytestmark = pytest.mark.django_db
OFFICE, OTHER_OFFICE = (office.code for office in city().offices[:2])


def progress(**more) -> CommitmentDraft:
    told = {
        "office": OFFICE,
        "partners": "",
        "budget": Decimal(60),
        "starts_on": None,
        "ends_on": None,
        "status": "promised",
    }
    return CommitmentDraft(**{**told, **more})


def recorded(wire: str) -> list[dict[str, object]]:
    return list(OutboxEvent.objects.filter(wire=wire).values_list("payload", flat=True))


def test_a_plan_is_made_from_its_description():
    plan = make_plan()
    assert [goal.code for goal in plan.goals.order_by("place")] == ["connected", "caring"]
    assert Project.objects.get(takes_winners=True).code == "intake"


@pytest.mark.parametrize(
    ("goals", "code"),
    [
        (
            (GoalDraft(code="a", words={"en": "A"}), GoalDraft(code="a", words={"en": "A"})),
            "code-twice",
        ),
        (
            (
                GoalDraft(
                    code="a",
                    words={"en": "A"},
                    projects=(ProjectDraft(code="p", words={"en": "P"}, office="nowhere"),),
                ),
            ),
            "unknown-office",
        ),
        (
            (
                GoalDraft(
                    code="a",
                    words={"en": "A"},
                    projects=tuple(
                        ProjectDraft(code=c, words={"en": c}, office=OFFICE, takes_winners=True)
                        for c in "pq"
                    ),
                ),
            ),
            "two-intakes",
        ),
    ],
)
def test_an_unsound_plan_is_refused(goals, code):
    with pytest.raises(UnableToCreatePlan, match=code):
        create_plan(slug="p", title={"en": "P"}, vision={"en": "V"}, goals=goals, at=NOON)
    assert not Plan.objects.exists()


def test_a_plans_slug_is_taken_once():
    make_plan()
    with pytest.raises(UnableToCreatePlan, match="slug-taken"):
        make_plan()


def test_each_winner_makes_one_commitment_with_its_reasons():
    make_plan()
    make_hearing()
    (made,) = make_commitments(decided=decided(), at=NOON)
    assert (made.project.code, made.office, made.budget, made.status) == (
        "intake", OFFICE, 60, "promised",
    )  # fmt: skip
    ballot, sentence = made.because.order_by("kind")
    assert (ballot.kind, ballot.ballot, ballot.project) == (Kind.BALLOT, "small", "P1")
    assert (sentence.hearing, sentence.statement) == ("after", 0)
    assert sentence.words["en"] == "There must be wifi."
    (event,) = recorded("plan.commitment-made.v1")
    assert (event["ballot"], event["project"], event["statement"]) == ("small", "P1", 0)
    assert dict(Verdict.objects.values_list("project", "funded")) == {"P1": True, "P3": False}


def test_the_same_result_again_makes_nothing():
    make_plan()
    make_commitments(decided=decided(), at=NOON)
    assert make_commitments(decided=decided(), at=NOON + timedelta(days=1)) == []
    assert Commitment.objects.count() == 1
    assert Verdict.objects.count() == 2
    assert len(recorded("plan.commitment-made.v1")) == 1


def test_the_database_lets_a_winner_make_one_commitment_only():
    make_plan()
    (made,) = make_commitments(decided=decided(), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Because.objects.create(
            commitment=made, kind=Kind.BALLOT, words={}, ballot="small", project="P1"
        )


@pytest.mark.parametrize("goal", ["", "unheard-of"])
def test_winners_that_no_goal_asks_for_are_received_all_the_same(goal):
    make_plan()
    (made,) = make_commitments(decided=decided(goal=goal), at=NOON)
    assert made.project.goal.code == "residents"
    assert made.project.words["ko"] == "시민이 정한 사업"


def test_a_goal_without_an_intake_gets_one():
    make_plan()
    (made,) = make_commitments(decided=decided(goal="caring"), at=NOON)
    assert (made.project.goal.code, made.project.takes_winners) == ("caring", True)


def test_where_there_is_no_plan_one_is_made():
    (made,) = make_commitments(decided=decided(), at=NOON)
    assert made.project.goal.plan.slug == "residents-plan"
    make_commitments(decided=decided(ballot="other"), at=NOON)
    assert Plan.objects.count() == Project.objects.count() == 1


def test_a_sentence_that_is_not_shown_is_no_reason():
    (made,) = make_commitments(decided=decided(), at=NOON)
    assert [each.kind for each in made.because.all()] == [Kind.BALLOT]
    (event,) = recorded("plan.commitment-made.v1")
    assert event["statement"] is None


class Interrupted(Exception):
    pass


@transaction.atomic
def commit_and_be_interrupted() -> None:
    make_commitments(decided=decided(), at=NOON)
    raise Interrupted


def test_rolled_back_commitments_leave_no_event():
    with pytest.raises(Interrupted):
        commit_and_be_interrupted()
    assert not OutboxEvent.objects.exists()
    assert not Plan.objects.exists()


def make_commitment() -> Commitment:
    make_plan()
    return make_commitments(decided=decided(), at=NOON)[0]


def test_an_update_is_kept_with_what_was_before():
    commitment = make_commitment()
    update_commitment(
        commitment=commitment.id,
        draft=progress(
            office=OTHER_OFFICE,
            status="underway",
            starts_on=date(2026, 6, 1),
            ends_on=date(2026, 12, 1),
        ),
        note="The contract is signed.",
        at=NOON,
    )
    change = Change.objects.get()
    assert (change.status_before, change.status) == ("promised", "underway")
    assert change.fields == {
        "office": [OFFICE, OTHER_OFFICE],
        "starts_on": ["", "2026-06-01"],
        "ends_on": ["", "2026-12-01"],
    }
    assert [e["status"] for e in recorded("plan.commitment-progressed.v1")] == ["underway"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"office": "nowhere"}, "unknown-office"),
        ({"budget": Decimal(0)}, "budget-not-positive"),
        ({"starts_on": date(1, 1, 1)}, "start-too-far"),
        ({"ends_on": date(9999, 12, 31)}, "end-too-far"),
        ({"starts_on": date(2026, 6, 2), "ends_on": date(2026, 6, 1)}, "ends-before-it-starts"),
        ({"status": "forgotten"}, "unknown-status"),
        ({"status": "verified"}, "not-measured"),
        ({"status": "dropped"}, "no-reason"),
        ({}, "nothing-changed"),
    ],
)
def test_a_bad_update_is_refused_and_leaves_no_history(more, code):
    commitment = make_commitment()
    with pytest.raises(UnableToUpdate, match=code):
        update_commitment(commitment=commitment.id, draft=progress(**more), note="", at=NOON)
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("before", "after"), [("done", "promised"), ("done", "underway"), ("dropped", "promised")]
)
def test_a_step_back_needs_a_reason(before, after):
    commitment = make_commitment()
    say = {"commitment": commitment.id, "at": NOON}
    update_commitment(**say, draft=progress(status=before), note="It was so.")
    with pytest.raises(UnableToUpdate, match="no-reason"):
        update_commitment(**say, draft=progress(status=after), note="  ")
    update_commitment(**say, draft=progress(status=after), note="The roof leaks again.")
    assert Commitment.objects.get().status == after


def test_a_note_alone_is_kept_without_an_event():
    commitment = make_commitment()
    update_commitment(commitment=commitment.id, draft=progress(), note="On its way.", at=NOON)
    assert Change.objects.get().note == "On its way."
    assert not recorded("plan.commitment-progressed.v1")


def test_a_commitment_moves_within_its_plan():
    commitment = make_commitment()
    there = Project.objects.get(code="lessons")
    for _ in range(2):
        move_commitment(commitment=commitment.id, project=there.id, note="", at=NOON)
    assert Commitment.objects.get().project == there
    assert Change.objects.get().fields == {"project": ["intake", "lessons"]}


def test_a_commitment_does_not_leave_its_plan():
    commitment = make_commitment()
    make_plan(slug="another")
    elsewhere = Project.objects.get(goal__plan__slug="another", code="lessons")
    with pytest.raises(UnableToMove, match="another-plan"):
        move_commitment(commitment=commitment.id, project=elsewhere.id, note="", at=NOON)
    with pytest.raises(UnableToMove, match="no-such-project"):
        move_commitment(commitment=commitment.id, project=0, note="", at=NOON)
