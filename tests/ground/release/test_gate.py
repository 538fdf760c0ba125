"""The one gate: what may leave leaves once and is told; what may not stays, and says why."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from madang.core.bad_input import BadInput
from madang.ground.block import Leaves
from madang.ground.events.models import OutboxEvent
from madang.ground.release import queries
from madang.ground.release.models import Budget, Release, Spending
from madang.ground.release.public import UnableToLeave, refuse_unless_record
from madang.ground.release.services import (
    UnableToGrant,
    UnableToPublish,
    named_datasets,
    try_release,
)
from makers import NOW, make_official
from worlds_of_release import COUNTS, DATASET, PEOPLE, RECORDS, TABLE, grant, publish

pytestmark = pytest.mark.django_db


def rows_of(release):
    return list(csv.reader(io.StringIO(bytes(release.content).decode())))


def tried(asked, content=PEOPLE):
    return try_release(asked=asked, name="people.csv", content=content.encode())


# How datasets leave


def test_every_dataset_that_a_block_names_has_a_stated_rule():
    rules = {rule.dataset for placed in settings.BLOCKS for rule in placed.block.release_rules}
    assert rules == set(named_datasets())
    assert all(row.why for row in queries.list_datasets())


def test_a_dataset_without_a_rule_stays_inside():
    refuse_unless_record(dataset=DATASET)
    with pytest.raises(UnableToLeave, match=r"vouchers\.redemptions"):
        refuse_unless_record(dataset="vouchers.redemptions")
    assert all(row.leaves is Leaves.AS_RECORD for row in queries.list_datasets())


# Records


def test_records_that_tell_too_much_are_refused_with_what_would_mend_them():
    candidate = tried(RECORDS)
    assert candidate.refused is not None
    assert candidate.rows == ()
    assert (candidate.refused.finding.k, candidate.refused.finding.alone) == (1, 2)
    assert candidate.refused.ways
    with pytest.raises(UnableToPublish, match="too-telling"):
        publish(RECORDS)
    assert not Release.objects.exists()
    assert not OutboxEvent.objects.filter(wire__startswith="release.").exists()


def test_a_suggestion_that_is_followed_is_published_and_told():
    official = make_official()
    release = publish(replace(RECORDS, way=1), person=official)
    assert rows_of(release)[0] == ["age", "sex", "answer"]  # what was not named stayed behind
    assert len(rows_of(release)) == 9
    assert release.facts["k"] == 2
    assert release.approved_by_id == official.id
    event = OutboxEvent.objects.get(wire="release.release-published.v1")
    assert event.payload["sha256"] == hashlib.sha256(bytes(release.content)).hexdigest()
    assert json.loads(event.payload["parameters"])["way"] == 1
    assert str(official.id) not in json.dumps(event.payload)
    assert not event.is_sealed


def test_a_way_that_nobody_suggested_is_refused():
    with pytest.raises(BadInput, match="suggestions"):
        tried(replace(RECORDS, way=99))
    with pytest.raises(BadInput, match="nobody would be protected"):
        tried(replace(RECORDS, k=1))


# Tables


def test_a_table_hides_its_small_cells_and_what_gives_them_away():
    candidate = tried(TABLE)
    cells = {row[:2]: row[2] for row in candidate.rows}
    assert cells["north", "yes"] == "×"
    assert cells["Total", "Total"] == "8"
    assert candidate.remarks == {"too_small": 4}
    assert publish(TABLE).facts["hidden"] == 4


# Noise and its budget


def test_a_dry_run_of_noise_draws_none_and_costs_nothing():
    budget = grant()
    candidate = tried(COUNTS)
    assert candidate.rows == ()
    assert candidate.facts["noise"]["count"]["scale"] == pytest.approx(2.0)
    assert (candidate.price.micro_epsilon, candidate.price.pico_delta) == (500_000, 0)
    budget.refresh_from_db()
    assert budget.spent_micro_epsilon == 0


def test_noise_is_paid_for_and_a_spent_budget_shuts_the_gate():
    budget = grant(epsilon="1")
    for _ in range(2):
        rows = rows_of(publish(COUNTS))
        assert rows[0] == ["district", "count", "within_95"]
        assert [row[0] for row in rows[1:]] == ["north", "south", "west"]
    budget.refresh_from_db()
    assert budget.left.micro_epsilon == 0
    with pytest.raises(UnableToPublish, match="budget-spent"):
        publish(replace(COUNTS, micro_epsilon=1))
    assert Spending.objects.count() == Release.objects.count() == 2


def test_a_budget_without_delta_pays_for_no_gaussian():
    grant(epsilon="1")
    with pytest.raises(UnableToPublish, match="budget-spent"):
        publish(replace(COUNTS, pico_delta=1))


def test_without_a_budget_of_today_no_noise_is_drawn():
    with pytest.raises(UnableToPublish, match="no-budget"):
        publish(COUNTS)
    grant(starts=NOW.date().replace(year=2019), ends=NOW.date())
    with pytest.raises(UnableToPublish, match="no-budget"):
        publish(COUNTS)


def test_three_tenths_and_seven_tenths_are_one_to_the_last_millionth():
    budget = grant(epsilon="1")
    for micro in (100_000, 200_000, 700_000):
        publish(replace(COUNTS, micro_epsilon=micro))
    budget.refresh_from_db()
    assert budget.spent_micro_epsilon == budget.micro_epsilon


def test_a_second_click_publishes_nothing_more():
    grant()
    key = uuid4()
    first, second = publish(COUNTS, key=key), publish(COUNTS, key=key)
    assert first == second
    assert bytes(first.content) == bytes(second.content)
    assert Spending.objects.count() == 1
    with pytest.raises(UnableToPublish, match="key-reused"):
        publish(replace(COUNTS, micro_epsilon=1), key=key)


def test_what_is_published_is_what_was_tried():
    with pytest.raises(UnableToPublish, match="not-as-tried"):
        publish(TABLE, tried="another file")
    with pytest.raises(UnableToPublish, match="no-such-dataset"):
        publish(TABLE, dataset="hearings.secrets")


def test_a_release_that_fails_leaves_no_event_and_no_spending():
    budget = grant()

    def fails():
        with transaction.atomic():
            publish(COUNTS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    budget.refresh_from_db()
    assert budget.spent_micro_epsilon == 0
    assert not OutboxEvent.objects.filter(wire="release.release-published.v1").exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE release_budget SET spent_micro_epsilon = 0",
        "UPDATE release_budget SET micro_epsilon = micro_epsilon * 2",
        "DELETE FROM release_spending",
        "UPDATE release_spending SET micro_epsilon = 1",
        "UPDATE release_release SET content = 'other'",
        "DELETE FROM release_release",
        "UPDATE release_budget SET spent_micro_epsilon = micro_epsilon + 1",
    ],
)
def test_the_database_itself_refunds_nothing_and_keeps_what_was_published(change):
    grant()
    publish(COUNTS)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_an_official_who_leaves_leaves_the_release():
    official = make_official()
    release = publish(TABLE, person=official)
    official.delete()
    release.refresh_from_db()
    assert release.approved_by is None


def test_a_budget_has_days_and_periods_do_not_overlap():
    grant()
    for wrong, code in (
        ({"dataset": "hearings.secrets"}, "no-such-dataset"),
        ({"ends": NOW.date()}, "no-days"),
        ({"starts": NOW.date().replace(month=12)}, "periods-overlap"),
    ):
        with pytest.raises(UnableToGrant, match=code):
            grant(**wrong)
    told = OutboxEvent.objects.get(wire="release.budget-granted.v1")
    assert told.payload["micro_epsilon"] == 1_000_000


@pytest.mark.django_db(transaction=True)
def test_four_releases_at_once_cannot_overspend_a_budget_for_two():
    budget, official = grant(epsilon="1"), make_official()
    start, refused = Barrier(4), []

    def run():
        start.wait()
        try:
            publish(COUNTS, person=official)
        except UnableToPublish as unable:
            refused.append(str(unable))
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["budget-spent", "budget-spent"]
    assert Budget.objects.get(id=budget.id).left.micro_epsilon == 0
    assert Spending.objects.count() == 2
