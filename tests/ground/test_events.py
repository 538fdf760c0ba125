"""The outbox: told with the act, delivered until taken, taken once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from madang.ground.events import outbox
from madang.ground.events.event import EVENTS, Event, from_payload, to_payload
from madang.ground.events.models import Delivery, OutboxEvent
from madang.ground.identity.models import Person
from madang.ground.jobs import queue
from madang.ground.jobs.queue import hold_back, queue_of, take_up, work_off

AT = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class BellRung(Event, wire="tests.bell-rung.v1"):
    tower: str
    rung_at: datetime


class Trouble(Exception):
    """What a handler may run into."""


@pytest.fixture
def heard() -> Iterator[list[Event]]:
    """What a subscribed handler was given; it also writes, so that a rollback shows."""
    taken: list[Event] = []

    def hear(event: BellRung) -> None:
        Person.objects.create_user(f"{event.tower}@daon.example")
        taken.append(event)
        if event.tower == "broken" and len(taken) == 1:
            raise Trouble

    outbox.handles(BellRung)(hear)
    yield taken
    outbox._handlers.pop(BellRung.wire)


def deliveries() -> list[ProcrastinateJob]:
    """The jobs that deliver; the worker's own periodic ones are none of this."""
    return list(ProcrastinateJob.objects.filter(task_name__endswith="outbox.deliver"))


def ring(tower: str = "east") -> None:
    with transaction.atomic():
        outbox.record(BellRung(tower=tower, rung_at=AT))


def test_every_event_survives_its_way_through_json() -> None:
    event = BellRung(tower="동", rung_at=AT)
    assert from_payload(event.wire, to_payload(event)) == event


def test_every_event_carries_its_block_and_version_on_the_wire() -> None:
    for wire, event_class in EVENTS.items():
        if event_class.__module__.startswith("madang."):
            room = event_class.__module__.split(".")[-2]
            assert wire.startswith(f"{room}."), event_class


@pytest.mark.django_db(transaction=True)
def test_an_event_reaches_its_handler_through_the_queue(heard: list[Event]) -> None:
    ring()
    assert heard == []
    work_off()
    assert heard == [BellRung(tower="east", rung_at=AT)]


@pytest.mark.django_db
def test_an_event_delivered_twice_is_taken_once(heard: list[Event]) -> None:
    ring()
    row = OutboxEvent.objects.get()
    (handler,) = outbox._handlers[BellRung.wire]
    for _ in range(2):
        outbox.deliver(event_id=row.id, handler=handler)
    assert len(heard) == 1
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_fails_leaves_nothing_behind_and_is_asked_again(heard: list[Event]) -> None:
    ring("broken")
    work_off()
    assert not Person.objects.exists()
    assert not Delivery.objects.exists()
    (job,) = deliveries()
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_no_event_and_no_job(heard: list[Event]) -> None:
    def ring_and_fail() -> None:
        with transaction.atomic():
            ring()
            raise Trouble

    with pytest.raises(Trouble):
        ring_and_fail()
    work_off()
    assert heard == []
    assert not OutboxEvent.objects.exists()
    assert deliveries() == []


@pytest.mark.django_db
def test_an_event_nobody_asked_for_is_kept_without_a_job() -> None:
    ring()
    assert OutboxEvent.objects.count() == 1
    assert deliveries() == []


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        outbox.record(BellRung(tower="east", rung_at=AT))


def test_two_events_cannot_share_a_name() -> None:
    with pytest.raises(AssertionError, match=r"tests\.bell-rung\.v1"):

        class Another(Event, wire="tests.bell-rung.v1"):
            """Never gets that far."""


@pytest.mark.django_db
def test_deliveries_wait_in_the_queue_of_the_block_that_hears() -> None:
    names = {
        "madang.listen.hearings.handlers.draw_map": "hearings",
        "madang.decide.plan.handlers.commit": "plan",
        "madang.ground.identity.handlers.hear": "ground",
    }
    assert {name: queue_of(name) for name in names} == names
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT events_hand_out(7, %s)", [list(names)])
        told = {job.args["handler"]: job.queue_name for job in deliveries()}
        transaction.set_rollback(True)
    assert told == names


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_held_back_waits_and_then_runs(heard: list[Event]) -> None:
    told_before = queue._is_held
    hold_back(lambda queue: True)
    try:
        ring()
        work_off()
        assert heard == []
        (waiting,) = deliveries()
        assert (waiting.attempts, waiting.scheduled_at is None) == (0, False)
    finally:
        hold_back(told_before)
    take_up(waiting.queue_name)
    work_off()
    assert heard == [BellRung(tower="east", rung_at=AT)]
