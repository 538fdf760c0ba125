"""Switching a block off: it waits, says why, and takes nobody with it."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from ground.intruder import intruder
from madang.ground.events.models import OutboxEvent
from madang.ground.jobs import queue
from madang.ground.walls.models import Pause
from madang.ground.walls.queries import look_again
from madang.ground.walls.services import UnableToPause, UnableToResume, pause_block, resume_block
from makers import NOW, make_open_hearing

REASON = {"ko": "투표 자료를 살펴보고 있습니다.", "en": "We are looking into the votes."}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_kept_in_mind() -> Iterator[None]:
    look_again()
    yield
    look_again()


def pause(block: str = "hearings", **reason: str) -> Pause:
    return pause_block(block=block, reason=reason or REASON, at=NOW)


@pytest.fixture(autouse=True)
def _everybody_let_in() -> Iterator[None]:
    """Roles outlive the rows of a test."""
    yield
    for row in Pause.objects.filter(resumed_at=None):
        resume_block(block=row.block, at=row.paused_at)


def test_its_pages_say_why_in_both_languages_and_all_others_work(client: Client) -> None:
    make_open_hearing()
    pause()
    for address, name, said in (
        ("/hearings/", "공청회", REASON["ko"]),
        ("/en/hearings/after/", "Hearings", REASON["en"]),
    ):
        answer = client.get(address)
        assert answer.status_code == 503
        page = answer.content.decode()
        assert name in page
        assert said in page
    for address in ("/", "/ballots/", "/plan/", "/about/blocks"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert REASON["ko"] in answer.content.decode()


def test_its_data_say_so_to_programs(client: Client) -> None:
    make_open_hearing()
    pause()
    answer = client.get("/api/v1/hearings/")
    assert (answer.status_code, answer.json()) == (503, {"detail": REASON["ko"]})
    assert client.get("/api/v1/ballots/").status_code == 200


def test_it_goes_on_where_it_was(client: Client) -> None:
    make_open_hearing()
    pause()
    resume_block(block="hearings", at=NOW + timedelta(hours=1))
    assert client.get("/hearings/after/").status_code == 200
    assert REASON["ko"] not in client.get("/").content.decode()
    told = list(
        OutboxEvent.objects.filter(wire__startswith="walls.").values_list("wire", flat=True)
    )
    assert told == ["walls.block-paused.v1", "walls.block-resumed.v1"]
    assert not OutboxEvent.objects.filter(wire__startswith="walls.", is_sealed=True).exists()


def test_its_jobs_are_held_back_and_those_of_others_are_not() -> None:
    pause()
    assert queue._is_held("hearings")
    assert not queue._is_held("ballots")


def test_an_intruder_in_it_loses_the_database_at_once_and_for_good() -> None:
    with intruder("hearings") as link, intruder("ballots") as other:
        pause()
        with pytest.raises(psycopg.OperationalError):
            link.execute("SELECT 1")
        assert other.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError), intruder("hearings"):
        pass
    resume_block(block="hearings", at=NOW)
    with intruder("hearings") as link:
        assert link.execute("SELECT 1").fetchone() == (1,)


def test_pausing_twice_for_one_reason_is_one_pause() -> None:
    assert pause() == pause()
    assert OutboxEvent.objects.filter(wire="walls.block-paused.v1").count() == 1
    with pytest.raises(UnableToPause, match="paused-already"):
        pause(ko="다른 까닭입니다.")


@pytest.mark.parametrize("reason", [{}, {"ko": ""}, {"ko": " \u3164 "}])
def test_nothing_is_switched_off_without_a_reason(reason: dict[str, str]) -> None:
    with pytest.raises(UnableToPause, match="no-reason"):
        pause_block(block="hearings", reason=reason, at=NOW)
    assert not Pause.objects.exists()


@pytest.mark.parametrize("block", ["front", "ground", "nobody", ""])
def test_only_blocks_can_be_switched_off(block: str) -> None:
    with pytest.raises(UnableToPause, match="unknown-block"):
        pause(block)
    with pytest.raises(UnableToResume, match="unknown-block"):
        resume_block(block=block, at=NOW)


def test_what_is_on_cannot_be_switched_on() -> None:
    with pytest.raises(UnableToResume, match="not-paused"):
        resume_block(block="hearings", at=NOW)


def test_a_process_of_one_block_has_no_pages_of_another(client: Client) -> None:
    settings.MADANG_BLOCK = "ballots"
    try:
        answer = client.get("/en/hearings/")
        assert answer.status_code == 503
        assert "This part does not answer" in answer.content.decode()
        assert client.get("/en/ballots/").status_code == 200
        assert client.get("/en/").status_code == 503
        assert client.get("/healthz").status_code == 200
    finally:
        settings.MADANG_BLOCK = ""
