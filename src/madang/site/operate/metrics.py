"""Numbers for Prometheus, on a port of this machine alone, where MADANG_METRICS_PORT names one.

Pages are served by one process, which counts its requests; all else is read when it is asked for.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, ProgrammingError, connection

from madang.site.operate.figures import Figures, disk_free, figures
from madang.site.operate.served import Served

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

    from prometheus_client import CollectorRegistry, Counter, Histogram

HOST = "127.0.0.1"
logger = logging.getLogger(__name__)

_requests: "Counter | None" = None
_seconds: "Histogram | None" = None


def begin() -> "WSGIServer | None":
    """Serve `/metrics` if the environment names a port. One that is taken is said in the log."""
    port = os.environ.get("MADANG_METRICS_PORT")
    if not port:
        return None
    from prometheus_client import start_http_server

    try:
        server, _ = start_http_server(int(port), addr=HOST, registry=registry())
    except OSError as taken:
        logger.error("metrics are not served: port %s: %s", port, taken.strerror)
        return None
    return server


def count(served: Served, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    if _requests is not None and _seconds is not None:
        _requests.labels(served.route, served.method, str(status)).inc()
        _seconds.labels(served.route).observe(seconds)


def registry() -> "CollectorRegistry":
    """Return all that is measured; requests are counted from the first call on."""
    global _requests, _seconds
    from prometheus_client import CollectorRegistry, Counter, Histogram

    everything = CollectorRegistry()
    _requests = Counter(
        "madang_requests", "Requests answered.", ["route", "method", "status"], registry=everything
    )
    _seconds = Histogram(
        "madang_request_seconds", "How long an answer took.", ["route"], registry=everything
    )
    everything.register(_State())
    return everything


class _State:
    """What is asked of database and disk whenever the numbers are."""

    def describe(self) -> list[Any]:
        """Nothing is asked when this is registered."""
        return []

    def collect(self) -> Iterator[Any]:
        with suppress(OSError):  # the health check says what is wrong with the folder
            free, total = disk_free(settings.MADANG_DATA)
            yield _gauge("disk_free_bytes", "Free where the data folder lies.", free)
            yield _gauge("disk_size_bytes", "Size of the disk of the data folder.", total)
        try:
            found = figures()
        except ProgrammingError:  # it answers, and a block behind its wall may not look further
            yield _gauge("database_up", "Whether the database answers.", 1)
            return
        except (DatabaseError, InterfaceError):
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        finally:
            connection.close()  # this thread's own
        yield _gauge("database_up", "Whether the database answers.", 1)
        yield from _of_database(found)


def _of_database(found: Figures) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    jobs = GaugeMetricFamily("madang_queue_jobs", "Jobs in the queue.", labels=["state"])
    for state, jobs_now in (
        ("waiting", found.waiting),
        ("running", found.running),
        ("failed", found.failed),
    ):
        jobs.add_metric([state], jobs_now)
    yield jobs
    for name, told, value in (
        ("queue_oldest_seconds", "Age of the oldest job that is due.", found.oldest_job_s),
        ("outbox_lag_seconds", "Age of the oldest event not delivered.", found.oldest_delivery_s),
        ("workers", "Processes that work the queue.", found.workers),
        ("live_processes", "Processes that pass live updates on.", found.live),
        ("journal_waiting_events", "Events not in the journal.", found.journal_waiting),
        ("journal_lag_seconds", "Age of the oldest of them.", found.journal_oldest_s),
        ("database_connections", "Connections to the database.", found.connections),
        ("database_connections_most", "How many it takes.", found.most_connections),
    ):
        yield _gauge(name, told, value)
    failures = found.archive_failures
    yield CounterMetricFamily("madang_archive_failures", "Failed archivings.", value=failures)
    yield CounterMetricFamily("madang_archived", "Archived segments.", value=found.archived)


def _gauge(name: str, told: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"madang_{name}", told, value=value)
