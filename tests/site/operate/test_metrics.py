"""What Prometheus gets, read as Prometheus reads it."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from madang.ground.events.outbox import deliver
from madang.site.operate import metrics
from makers import make_open_hearing
from whole_city import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MADANG_DATA = tmp_path
    yield
    metrics._requests = metrics._seconds = None


def read(text: str) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and the values of its labels, in the order of their names."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_the_name_of_their_page(client: Client) -> None:
    everything = metrics.registry()
    make_open_hearing()
    for _ in range(3):
        client.get("/en/hearings/after/")
    client.get("/kim.minsu@daon.example/")
    text = generate_latest(everything).decode()
    found = read(text)
    assert found["madang_requests_total", "GET", "hearings:hearing", "200"] == 3
    assert found["madang_requests_total", "GET", "none", "404"] == 1
    assert found["madang_request_seconds_count", "hearings:hearing"] == 3
    assert found["madang_request_seconds_bucket", "+Inf", "hearings:hearing"] == 3
    assert "kim.minsu" not in text


def test_queue_outbox_journal_and_disk_are_measured() -> None:
    everything = metrics.registry()
    make_open_hearing()
    for handler in ("one", "two"):
        deliver.defer(event_id=1, handler=handler)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '90 s'")
    found = read(generate_latest(everything).decode())
    assert found["madang_queue_jobs", "waiting"] >= 2
    assert 89 < found["madang_queue_oldest_seconds",] < 900
    assert 89 < found["madang_outbox_lag_seconds",] < 900
    assert found["madang_journal_waiting_events",] > 0
    assert found["madang_database_up",] == 1
    assert found["madang_database_connections",] >= 1
    assert found["madang_disk_free_bytes",] > 0
    assert found["madang_archive_failures_total",] >= 0


@pytest.mark.django_db(transaction=True)
def test_they_are_served_to_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("MADANG_METRICS_PORT", str(port))
    server = metrics.begin()
    assert server is not None
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            found = read(answer.read().decode())
        assert found["madang_database_up",] == 1
        assert server.server_address[0] == "127.0.0.1"
        assert metrics.begin() is None  # the port is taken, and that is said in the log
    finally:
        server.shutdown()
        server.server_close()


def test_nothing_is_measured_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.delenv("MADANG_METRICS_PORT", raising=False)
    assert metrics.begin() is None
    assert client.get("/metrics").status_code == 404
