"""From a file of votes to commitments that know why they were made."""

import pytest

from decide.worlds import NOON, PB, make_hearing, make_plan, read_pb
from madang.decide.ballots.imports import import_ballot
from madang.decide.ballots.models import Ballot, PolicyGoal, Status
from madang.decide.ballots.services import close_ballot
from madang.decide.plan.models import Because, Commitment, Verdict
from madang.decide.plan.services import update_commitment
from madang.ground.events.models import Delivery
from madang.ground.events.outbox import deliver
from madang.ground.jobs.queue import work_off
from madang.listen.hearings.models import Outcome
from madang.listen.hearings.models import Status as HearingStatus

from .plan.test_services import progress


@pytest.mark.django_db(transaction=True)
def test_what_nobody_voted_for_says_so_on_result_commitment_and_plan(client):
    """With 240 for projects of 180 money is left, and the completion spends it."""
    make_hearing()
    pb = PB.replace("budget;100", "budget;240").replace("num_projects;3", "num_projects;4")
    pb = pb.replace("VOTES\n", "P4;30;A statue;동상;;\nVOTES\n")
    import_ballot(file=read_pb(pb), source="small.pb", slug="small", hearing="after", at=NOON)
    close_ballot(slug="small", at=NOON)
    work_off()
    unasked, asked = (Commitment.objects.get(because__project=code) for code in ("P4", "P1"))
    assert (unasked.supporters, asked.supporters) == (0, 3)
    says = "funded because money was left in the budget"
    for path in ("ballots/small/result", "plan/", f"plan/commitments/{unasked.id}/"):
        assert client.get(f"/en/{path}").content.decode().count(says) == 1, path
    assert {each.origin for each in Commitment.objects.all()} == {"imported"}
    badge = "Imported</span>"
    for path, badges in (("", 5), ("plan/", 4), (f"plan/commitments/{asked.id}/", 1)):
        assert client.get(f"/en/{path}").content.decode().count(badge) == badges, path
    assert says not in client.get(f"/en/plan/commitments/{asked.id}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_closed_ballot_becomes_commitments_linked_to_their_sentences():
    hearing = make_hearing()
    make_plan()
    import_ballot(file=read_pb(PB), source="small.pb", slug="small", hearing="after", at=NOON)
    close_ballot(slug="small", at=NOON)
    work_off()

    ballot = Ballot.objects.get()
    assert ballot.status == Status.COUNTED
    assert ballot.result["winners"] == ["P1", "P2"]
    assert ballot.result["losers_explained"]
    commitments = {
        each.because.get(kind="ballot").project: each for each in Commitment.objects.all()
    }
    assert set(commitments) == {"P1", "P2"}
    assert commitments["P1"].project.code == "intake"
    assert commitments["P2"].project.goal.code == "residents"
    sentences = Because.objects.filter(kind="statement").values_list("hearing", "statement")
    assert sorted(sentences) == [("after", 0), ("after", 1)]
    assert dict(ballot.projects.values_list("code", "commitment")) == {
        "P1": commitments["P1"].id,
        "P2": commitments["P2"].id,
        "P3": None,
    }
    assert Verdict.objects.filter(funded=False).values_list("project", flat=True).get() == "P3"
    hearing.refresh_from_db()
    assert (hearing.status, hearing.ballot) == (HearingStatus.DECIDED, "small")
    assert Outcome.objects.count() == 2
    assert set(PolicyGoal.objects.values_list("code", flat=True)) == {"connected", "caring"}

    update_commitment(
        commitment=commitments["P1"].id, draft=progress(status="underway"), note="", at=NOON
    )
    work_off()
    assert ballot.projects.get(code="P1").commitment_status == "underway"
    assert Outcome.objects.get(commitment=commitments["P1"].id).status == "underway"

    for delivery in Delivery.objects.all():  # once more, as after a crash
        deliver(event_id=delivery.event_id, handler=delivery.handler)
    assert Commitment.objects.count() == 2
