"""Whether the city can serve, as a load balancer and an operator ask."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from madang.ground.journal.services import extend_journal
from madang.site.cli.main import main
from madang.site.operate import health, probes
from madang.site.operate.health import State, look
from mail_server import mail_server
from makers import NOW, make_open_hearing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_city_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    monkeypatch.setattr(probes, "_seen", None)
    settings.MADANG_DATA = tmp_path


def states() -> dict[str, State]:
    seen = look()
    for check in seen.checks:
        assert check.said.format_map(check.values)
    return {check.name: check.state for check in seen.checks}


def age(table: str, column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = now() - interval '1 hour'")


def test_a_city_that_was_just_made_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.json()
    assert told["ready"]
    assert {"database", "migrations", "queue", "jobs", "journal", "live", "disk"} <= set(
        told["checks"]
    )
    assert client.get("/healthz").content == b"ok"


def test_a_stranger_learns_the_state_and_no_numbers(client: Client) -> None:
    assert set(client.get("/readyz").json()["checks"].values()) <= {"ok", "warning", "failing"}


def test_a_migration_that_is_not_applied_is_seen(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="plan").order_by("-id").first().delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "failing"


def test_a_job_that_waits_too_long_is_seen() -> None:
    make_open_hearing()
    from madang.ground.events.outbox import deliver

    deliver.defer(event_id=1, handler="none")
    assert states()["queue"] is State.OK
    age("procrastinate_events", "at")
    assert states()["queue"] is State.FAILING


def test_a_journal_that_does_not_grow_is_seen() -> None:
    make_open_hearing()
    assert states()["journal"] is State.OK
    age("events_outboxevent", "recorded_at")
    assert states()["journal"] is State.FAILING


def test_a_journal_that_has_grown_is_well() -> None:
    make_open_hearing()
    age("events_outboxevent", "recorded_at")
    extend_journal(at=NOW)
    assert states()["journal"] is State.OK


def test_a_worker_that_beats_and_one_that_does_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert states()["jobs"] is State.OK
    age("procrastinate_workers", "last_heartbeat")
    assert states()["jobs"] is State.WARNING


def test_the_mail_server_is_asked_where_there_is_one(settings: Any) -> None:
    assert "mail" not in states()
    settings.EMAIL_CONFIG = settings.EMAIL_HOST = "127.0.0.1"
    for greeting, state in (("220 here", State.OK), ("554 go away", State.WARNING)):
        with mail_server(greeting) as server:
            settings.EMAIL_PORT = server.port
            assert states()["mail"] is state
    assert states()["mail"] is State.WARNING  # nobody listens any more


def test_a_disk_without_room_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    free = shutil.disk_usage(tmp_path).free
    monkeypatch.setattr(health, "LOW", free * 2)
    assert states()["disk"] is State.WARNING
    monkeypatch.setattr(health, "FULL", free * 2)
    assert states()["disk"] is State.FAILING
    settings.MADANG_DATA = tmp_path / "unmounted"
    assert states()["disk"] is State.FAILING


def test_an_empty_folder_is_no_city(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    empty = tmp_path
    monkeypatch.setenv("MADANG_DATA", str(empty))
    monkeypatch.setattr(sys, "argv", ["madang", "health"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 3
    assert str(empty) in capsys.readouterr().err
    assert list(empty.iterdir()) == []


def test_the_shell_says_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MADANG_SECRET_KEY", "zq7Vt-3mKp_x9Rw2LhYb8Nc4Jd6Fg5Ts1")
    monkeypatch.setenv("MADANG_DATABASE_URL", "postgresql://tests@/already-connected")
    for words, code in ((["health"], 0), (["health", "--json", "-"], 0)):
        monkeypatch.setattr(sys, "argv", ["madang", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == code
        printed = capsys.readouterr().out
        if words[-1] == "-":
            told = json.loads(printed)
            assert told["ready"]
            assert all(check["said"] for check in told["checks"])
        else:
            assert printed.count("\n") >= 7
