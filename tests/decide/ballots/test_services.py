"""A ballot's life, from draft to count."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from decide.worlds import NOON, draft, make_ballot, make_hearing, make_who
from madang.decide.ballots.drafts import add_project, edit_project, remove_project
from madang.decide.ballots.events import BallotCounted
from madang.decide.ballots.jobs import close_due_ballot
from madang.decide.ballots.models import Ballot, Cast, Choice, Status
from madang.decide.ballots.queries import ballots_past_their_end
from madang.decide.ballots.rules import Eligibility
from madang.decide.ballots.services import (
    UnableToCast,
    UnableToClose,
    UnableToCount,
    UnableToDraft,
    UnableToOpen,
    cast_ballot,
    close_ballot,
    count_ballot,
    explain_losers,
    open_ballot,
)
from madang.ground.events.event import from_payload
from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Proof

pytestmark = pytest.mark.django_db


def recorded(wire: str) -> list[dict[str, object]]:
    return list(OutboxEvent.objects.filter(wire=wire).values_list("payload", flat=True))


def chosen(cast: Cast) -> set[str]:
    return set(cast.choices.values_list("project__code", flat=True))


def test_a_draft_can_be_edited_and_then_opens():
    make_ballot(is_open=False)
    add_project(slug="small", draft=draft("P4", 10))
    edit_project(slug="small", code="P4", draft=draft("P4", 20, goal="caring"))
    remove_project(slug="small", code="P3")
    ballot = open_ballot(slug="small", at=NOON)
    assert ballot.status == Status.OPEN
    assert dict(ballot.projects.values_list("code", "cost")) == {"P1": 60, "P2": 40, "P4": 20}
    assert recorded("ballots.ballot-opened.v1")


@pytest.mark.parametrize(
    ("drafts", "code"),
    [
        ([draft("P1"), draft("P1")], "code-taken"),
        ([draft("P1", 0)], "cost-not-positive"),
        ([draft("P1", statement=0)], "no-such-statement"),
    ],
)
def test_a_bad_project_is_refused_with_its_whole_ballot(drafts, code):
    with pytest.raises(UnableToDraft, match=code):
        make_ballot(projects=drafts)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"budget": 0}, "budget-not-positive"),
        ({"opens_at": NOON, "closes_at": NOON}, "closes-before-it-opens"),
        ({"closes_at": NOON}, "closes-in-the-past"),
        ({"closes_at": NOON + timedelta(days=3654)}, "closes-too-late"),
        ({"hearing": "nowhere"}, "no-such-hearing"),
    ],
)
def test_a_bad_frame_is_refused(more, code):
    with pytest.raises(UnableToDraft, match=code):
        make_ballot(**more)


def test_a_slug_is_taken_once():
    make_ballot()
    with pytest.raises(UnableToDraft, match="slug-taken"):
        make_ballot()


@pytest.mark.parametrize("slug", ["", "x y", "New_Comer", "한글", "a/b", "a" * 81, "a\n"])
def test_what_is_no_address_is_refused_by_service_and_database(slug):
    with pytest.raises(UnableToDraft, match="not-an-address"):
        make_ballot(slug=slug)
    make_ballot(slug="a-1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.update(slug=slug)


def test_a_ballot_can_ask_for_what_a_hearing_said():
    make_hearing()
    ballot = make_ballot(hearing="after", projects=[draft("P1", statement=1)])
    assert ballot.projects.get().statement == 1


def test_a_ballot_without_all_costs_does_not_open():
    make_ballot(is_open=False, projects=[draft("P1", None)])
    with pytest.raises(UnableToOpen, match="cost-missing"):
        open_ballot(slug="small", at=NOON)


def test_a_ballot_whose_closing_date_has_passed_does_not_open():
    later = NOON + timedelta(days=1)
    make_ballot(is_open=False, closes_at=later)
    with pytest.raises(UnableToOpen, match="closes-in-the-past"):
        open_ballot(slug="small", at=later)


def test_a_ballot_without_projects_does_not_open():
    ballot = make_ballot(is_open=False)
    ballot.projects.all().delete()
    with pytest.raises(UnableToOpen, match="no-projects"):
        open_ballot(slug="small", at=NOON)


def test_an_open_ballot_is_no_draft_any_more():
    make_ballot()
    with pytest.raises(UnableToOpen, match="not-draft"):
        open_ballot(slug="small", at=NOON)
    with pytest.raises(UnableToDraft, match="not-draft"):
        add_project(slug="small", draft=draft("P9"))


@pytest.mark.parametrize(
    "sabotage",
    [
        "UPDATE ballots_ballot SET rule = '{}'",
        "UPDATE ballots_ballot SET budget = budget + 1",
        "UPDATE ballots_ballot SET status = 'draft'",
        "UPDATE ballots_ballotproject SET cost = 1",
        "DELETE FROM ballots_ballotproject",
    ],
)
def test_the_database_keeps_an_open_ballot_as_it_was_opened(sabotage):
    make_ballot()
    with (
        pytest.raises(IntegrityError, match="an open ballot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sabotage)


def test_a_choice_of_another_ballots_project_is_refused_by_the_database():
    make_ballot()
    other = make_ballot(slug="other")
    cast = cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOON)
    project = other.projects.get(code="P2")
    for ballot in (cast.ballot, other):
        with pytest.raises(IntegrityError, match="choice_on_the_ballot"), transaction.atomic():
            Choice.objects.create(ballot=ballot, cast=cast, project=project)


def test_the_newest_ballot_of_a_resident_replaces_the_earlier():
    make_ballot()
    resident = make_who()
    first = cast_ballot(slug="small", who=resident, projects=["P1", "P2"], at=NOON)
    second = cast_ballot(slug="small", who=resident, projects=["P3"], at=NOON + timedelta(hours=1))
    assert first.id == second.id
    assert chosen(second) == {"P3"}
    assert len(recorded("ballots.ballot-cast.v1")) == 2


def test_the_same_ballot_again_changes_nothing():
    make_ballot()
    resident = make_who()
    cast_ballot(slug="small", who=resident, projects=["P1"], at=NOON)
    again = cast_ballot(slug="small", who=resident, projects=["P1"], at=NOON + timedelta(hours=1))
    assert again.cast_at == NOON
    assert len(recorded("ballots.ballot-cast.v1")) == 1


def test_a_voter_is_kept_by_pseudonym_alone():
    make_ballot()
    make_ballot(slug="other")
    resident = make_who()
    voters = {
        cast_ballot(slug=slug, who=resident, projects=["P1"], at=NOON).voter
        for slug in ("small", "other")
    }
    assert len(voters) == 2
    assert not any(str(resident.person_id) in voter for voter in voters)


@pytest.mark.parametrize(
    ("more", "voter", "projects", "code"),
    [
        ({}, make_who(district=None), ["P1"], "no-residency"),
        ({"district": "02"}, make_who(district="01"), ["P1"], "other-district"),
        ({"eligibility": Eligibility.CONFIRMED}, make_who(), ["P1"], "not-confirmed"),
        ({"eligibility": Eligibility.NOBODY}, make_who(), ["P1"], "nobody-votes-here"),
        ({"opens_at": NOON + timedelta(days=1)}, make_who(), ["P1"], "not-yet-open"),
        ({}, make_who(), [], "nothing-chosen"),
        ({}, make_who(), ["P1", "P9"], "no-such-project"),
    ],
)
def test_a_ballot_that_may_not_be_cast_is_refused(more, voter, projects, code):
    make_ballot(**more)
    with pytest.raises(UnableToCast, match=code):
        cast_ballot(slug="small", who=voter, projects=projects, at=NOON)
    assert not Cast.objects.exists()


def test_a_confirmed_resident_of_the_district_may_vote():
    make_ballot(district="02", eligibility=Eligibility.CONFIRMED)
    resident = make_who(district="02", proof=Proof.COUNTER)
    assert chosen(cast_ballot(slug="small", who=resident, projects=["P1"], at=NOON)) == {"P1"}


def test_no_vote_is_taken_at_the_end_or_after_closing():
    make_ballot(closes_at=NOON + timedelta(days=1))
    with pytest.raises(UnableToCast, match="over"):
        cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOON + timedelta(days=1))
    close_ballot(slug="small", at=NOON)
    with pytest.raises(UnableToCast, match="not-open"):
        cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOON)


def test_a_draft_cannot_be_closed_and_nothing_closes_twice():
    make_ballot(is_open=False)
    with pytest.raises(UnableToClose, match="not-open"):
        close_ballot(slug="small", at=NOON)
    open_ballot(slug="small", at=NOON)
    close_ballot(slug="small", at=NOON)
    with pytest.raises(UnableToClose, match="closed-already"):
        close_ballot(slug="small", at=NOON)
    assert len(recorded("ballots.ballot-closed.v1")) == 1


def test_a_ballot_whose_time_is_over_is_closed_once():
    make_ballot(closes_at=NOON + timedelta(hours=1))
    make_ballot(slug="endless")
    assert ballots_past_their_end(at=NOON) == []
    assert ballots_past_their_end(at=NOON + timedelta(hours=1)) == ["small"]
    for _ in range(2):
        close_due_ballot(slug="small")
    assert len(recorded("ballots.ballot-closed.v1")) == 1


def cast_the_small_ballot() -> None:
    for projects in (["P1", "P3"], ["P1"], ["P2"], ["P1", "P2"]):
        cast_ballot(slug="small", who=make_who(), projects=projects, at=NOON)


def test_a_count_keeps_winners_certificate_and_reasons_and_happens_once():
    make_ballot()
    cast_the_small_ballot()
    close_ballot(slug="small", at=NOON)
    ballot = count_ballot(slug="small", at=NOON)
    again = count_ballot(slug="small", at=NOON + timedelta(hours=1))
    assert again.counted_at == ballot.counted_at == NOON
    told = ballot.result
    assert told["winners"] == ["P1", "P2"]
    assert (told["spent"], told["budget"]) == ("100", "100")
    assert told["certificate"]["core_version"] == ballot.core_version
    assert [each["funded"] for each in told["explanations"]] == [True, True, False]
    assert ballot.result["greedy"] == {"winners": ["P1", "P2"], "spent": "100"}
    (payload,) = recorded("ballots.ballot-counted.v1")
    event = from_payload("ballots.ballot-counted.v1", payload)
    assert isinstance(event, BallotCounted)
    assert [(w.project, w.cost) for w in event.winners] == [
        ("P1", Decimal(60)),
        ("P2", Decimal(40)),
    ]
    assert [loser.project for loser in event.losers] == ["P3"]
    assert event.certificate_hash == ballot.certificate_hash != ""


def test_what_losers_missed_is_worked_out_after_the_count():
    make_ballot()
    cast_the_small_ballot()
    close_ballot(slug="small", at=NOON)
    with pytest.raises(UnableToCount, match="not-counted"):
        explain_losers(slug="small")
    counted = count_ballot(slug="small", at=NOON)
    explain_losers(slug="small")
    explain_losers(slug="small")
    told = Ballot.objects.get(slug="small").result
    needed = {each["project"]: each["needed"] for each in told["explanations"]}
    assert needed["P1"] == needed["P2"] == 0
    assert needed["P3"] > 0
    assert told["certificate"] == counted.result["certificate"]


def test_an_open_ballot_is_not_counted():
    make_ballot()
    with pytest.raises(UnableToCount, match="not-closed"):
        count_ballot(slug="small", at=NOON)


def test_a_ballot_that_nobody_cast_funds_nothing():
    make_ballot()
    close_ballot(slug="small", at=NOON)
    ballot = count_ballot(slug="small", at=NOON)
    assert (ballot.status, ballot.result["winners"]) == (Status.COUNTED, [])
    explain_losers(slug="small")
    (payload,) = recorded("ballots.ballot-counted.v1")
    assert payload["winners"] == []


class Interrupted(Exception):
    pass


@transaction.atomic
def close_and_be_interrupted() -> None:
    jobs = ProcrastinateJob.objects.count()
    close_ballot(slug="small", at=NOON)
    assert ProcrastinateJob.objects.count() == jobs + 1
    raise Interrupted


def test_a_rolled_back_close_leaves_no_event_and_no_job():
    make_ballot()
    jobs, events = ProcrastinateJob.objects.count(), OutboxEvent.objects.count()
    with pytest.raises(Interrupted):
        close_and_be_interrupted()
    assert (ProcrastinateJob.objects.count(), OutboxEvent.objects.count()) == (jobs, events)
    assert Ballot.objects.get(slug="small").status == Status.OPEN


@pytest.mark.django_db(transaction=True)
def test_every_vote_that_was_taken_is_in_the_count_however_it_races_with_closing():
    make_ballot()
    start, taken, refused, trouble = Barrier(9), [], [], []

    def vote() -> None:
        try:
            start.wait(timeout=20)
            for _ in range(10):
                voter = make_who()
                cast_ballot(slug="small", who=voter, projects=["P1"], at=NOON)
                taken.append(voter)
        except UnableToCast as refusal:
            refused.append(str(refusal))
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    voters = [Thread(target=vote) for _ in range(8)]
    for thread in voters:
        thread.start()
    start.wait(timeout=20)
    close_ballot(slug="small", at=NOON)
    at_close = Cast.objects.count()
    for thread in voters:
        thread.join(timeout=60)
    assert not trouble
    assert set(refused) <= {"not-open"}
    assert Cast.objects.count() == at_close == len(taken)


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_the_vote_that_is_on_its_way():
    make_ballot()
    closed_at_commit: list[str] = []

    def close() -> None:
        close_ballot(slug="small", at=NOON)
        connection.close()

    closer = Thread(target=close)
    with transaction.atomic():
        cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOON)
        closer.start()
        closer.join(timeout=0.5)
        assert closer.is_alive()
        closed_at_commit.append(Ballot.objects.get(slug="small").status)
    closer.join(timeout=20)
    assert closed_at_commit == [Status.OPEN]
    assert Ballot.objects.get(slug="small").status == Status.CLOSED
    assert Cast.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_tabs_of_one_resident_leave_one_ballot():
    make_ballot()
    resident, start, trouble = make_who(), Barrier(8), []

    def vote(number: int) -> None:
        try:
            start.wait(timeout=20)
            cast_ballot(slug="small", who=resident, projects=[f"P{number % 3 + 1}"], at=NOON)
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    tabs = [Thread(target=vote, args=(number,)) for number in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(timeout=60)
    assert not trouble
    assert Cast.objects.count() == Choice.objects.count() == 1
