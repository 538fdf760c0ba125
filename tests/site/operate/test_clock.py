"""A clock that jumps, forward by a month and back, neither opens nor closes what it should not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from decide.worlds import NOON, make_ballot
from madang.decide.ballots.queries import ballots_past_their_end
from madang.decide.ballots.services import UnableToClose, close_ballot
from madang.ground.events.outbox import deliver
from madang.ground.jobs.queue import requeue_stalled, work_off
from madang.ground.journal.audit import audit_journal
from madang.ground.journal.models import SignedHead
from madang.ground.journal.queries import standing
from madang.ground.journal.services import extend_journal
from madang.listen.hearings.models import Status
from madang.listen.hearings.services import (
    UnableToMove,
    UnableToVote,
    cast_vote,
    close_hearing,
    open_hearing,
)
from makers import NOW, make_open_hearing, make_resident

MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MADANG_DATA = tmp_path


@pytest.mark.django_db
def test_a_hearing_that_a_wrong_clock_closed_stays_closed_when_it_is_put_right() -> None:
    make_open_hearing()
    resident = make_resident()
    assert close_hearing(slug="after", at=NOW + MONTH).status == Status.CLOSED
    with pytest.raises(UnableToVote, match="not-open"):
        cast_vote(slug="after", person_id=resident.id, statement=0, value=1, at=NOW)
    with pytest.raises(UnableToMove, match="not-open"):
        close_hearing(slug="after", at=NOW)
    with pytest.raises(UnableToMove, match="not-draft"):
        open_hearing(slug="after", at=NOW)


@pytest.mark.django_db
def test_votes_of_a_wrong_clock_count_and_the_last_one_given_is_the_newest() -> None:
    make_open_hearing()
    resident = make_resident().id
    cast_vote(slug="after", person_id=resident, statement=0, value=1, at=NOW + MONTH)
    newest = cast_vote(slug="after", person_id=resident, statement=0, value=-1, at=NOW)
    assert newest.is_newest
    again = cast_vote(slug="after", person_id=resident, statement=0, value=-1, at=NOW - MONTH)
    assert again == newest


@pytest.mark.django_db
def test_a_ballot_is_closed_once_and_not_opened_again_when_the_clock_comes_back() -> None:
    ballot = make_ballot(closes_at=NOON + timedelta(days=7))
    assert ballots_past_their_end(at=NOON) == []
    assert ballots_past_their_end(at=NOON + MONTH) == [ballot.slug]
    close_ballot(slug=ballot.slug, at=NOON + MONTH)
    assert ballots_past_their_end(at=NOON) == ballots_past_their_end(at=NOON + MONTH) == []
    with pytest.raises(UnableToClose, match="closed-already"):
        close_ballot(slug=ballot.slug, at=NOON)


@pytest.mark.django_db
def test_the_journal_grows_on_in_its_order_and_holds() -> None:
    make_open_hearing(slug="first")
    extend_journal(at=NOW + MONTH)
    make_open_hearing(slug="second")
    extend_journal(at=NOW)
    make_open_hearing(slug="third")
    extend_journal(at=NOW + timedelta(hours=1))
    sizes = [head.size for head in SignedHead.objects.order_by("size")]
    assert sizes == sorted(set(sizes))
    assert len(sizes) == 3
    now = standing()
    assert now is not None
    assert now.head.size == sizes[-1]
    assert list(audit_journal()) == []


@pytest.mark.django_db(transaction=True)
def test_a_job_that_a_wrong_clock_put_off_by_a_month_runs_within_a_minute() -> None:
    deliver.defer(event_id=0, handler="none")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '30 days'")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '30 days')"
        )
    work_off()
    job = ProcrastinateJob.objects.get(task_name__endswith="outbox.deliver")
    assert job.attempts == 0
    requeue_stalled.defer(timestamp=0)
    work_off()
    job.refresh_from_db()
    assert job.attempts == 1  # it ran; that there is no such event is another matter
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now()")
        assert cursor.fetchone() == (0,)
