"""How the city stands, in numbers: queue, outbox, journal, connections, disk. Two SQL queries."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from madang.site.environment import LIVE_CONNECTION

DELIVERY = "madang.ground.events.outbox.deliver"
# procrastinate notes when a job was queued beside the job; the oldest thousand tell enough.
QUEUE = """
WITH due AS (
    SELECT task_name, extract(epoch FROM now() - coalesce(scheduled_at, (
        SELECT min(at) FROM procrastinate_events noted WHERE noted.job_id = queued.id
    ))) AS waited
    FROM procrastinate_jobs queued
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
    ORDER BY id LIMIT 1000
)
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'),
       (SELECT coalesce(max(waited), 0) FROM due),
       (SELECT coalesce(max(waited), 0) FROM due WHERE task_name = %s),
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 min'),
       (SELECT count(*) FROM events_outboxevent WHERE leaf IS NULL),
       (SELECT coalesce(extract(epoch FROM now() - min(recorded_at)), 0)
        FROM events_outboxevent WHERE leaf IS NULL)
"""
SERVER = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
       current_setting('max_connections')::int,
       (SELECT count(*) FROM pg_stat_activity WHERE application_name = %s
        AND datname = current_database()),
       archived_count, failed_count, coalesce(last_failed_time > last_archived_time,
                                              last_failed_time IS NOT NULL),
       (SELECT extract(epoch FROM greatest(max(signed_at), now()) - now())::float8
        FROM journal_signedhead)
FROM pg_stat_archiver
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Ages in seconds. failed: jobs that were given up. is_archiving_failing: the newest try.

    ahead_s: how far the newest signed head of the journal lies in the future.
    """

    waiting: int
    running: int
    failed: int
    oldest_job_s: float
    oldest_delivery_s: float
    workers: int
    journal_waiting: int
    journal_oldest_s: float
    connections: int
    most_connections: int
    live: int
    archived: int
    archive_failures: int
    is_archiving_failing: bool
    ahead_s: float


def figures() -> Figures:
    """Return the numbers of now. A clock that was put back makes no age negative."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [DELIVERY])
        *counts, journal_waiting, journal_oldest = cursor.fetchone()
        cursor.execute(SERVER, [LIVE_CONNECTION])
        server = cursor.fetchone()
    waiting, running, failed, oldest_job, oldest_delivery, workers = counts
    return Figures(
        waiting,
        running,
        failed,
        max(0.0, float(oldest_job)),
        max(0.0, float(oldest_delivery)),
        workers,
        journal_waiting,
        max(0.0, float(journal_oldest)),
        *server,
    )


def disk_free(folder: Path) -> tuple[int, int]:
    """Return how many bytes are free where the folder lies, and how many there are."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
