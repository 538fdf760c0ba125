"""How the way into the backup folder fares: asked of PostgreSQL itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

SLOT = "madang_backup"  # through which another server keeps its log for us


@dataclass(frozen=True, slots=True)
class State:
    """is_on: pieces are put there at all; is_behind: the newest attempt failed.

    waiting_bytes: how much of the log is not on its way yet.
    """

    is_on: bool
    is_behind: bool
    kept_at: datetime | None
    failed_at: datetime | None
    failed: str | None
    waiting_bytes: int


def state_of(address: str, *, is_own: bool) -> State:
    """Return the state. Raises psycopg.OperationalError where the database does not answer."""
    with psycopg.connect(address, autocommit=True, connect_timeout=5) as link:
        return _own_state(link) if is_own else _slot_state(link)


def _own_state(link: psycopg.Connection[Any]) -> State:
    row = link.execute(
        "SELECT current_setting('archive_mode') = 'on', last_archived_time, last_failed_time,"
        " last_failed_wal, last_archived_wal, pg_walfile_name(pg_current_wal_lsn()),"
        " pg_size_bytes(current_setting('wal_segment_size')) FROM pg_stat_archiver"
    ).fetchone()
    assert row is not None
    is_on, kept_at, failed_at, failed, kept, current, segment_bytes = row
    is_behind = failed_at is not None and (kept_at is None or failed_at > kept_at)
    waiting = _segments_between(kept, current, segment_bytes) * segment_bytes
    return State(is_on, is_on and is_behind, kept_at, failed_at, failed, waiting)


def _segments_between(kept: str | None, current: str, segment_bytes: int) -> int:
    from madang.site.backup.shelf import number_of

    if kept is None or len(kept) < 24:
        return 1
    return max(0, number_of(current, segment_bytes) - number_of(kept, segment_bytes))


def _slot_state(link: psycopg.Connection[Any]) -> State:
    row = link.execute(
        "SELECT active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint"
        " FROM pg_replication_slots WHERE slot_name = %s",
        [SLOT],
    ).fetchone()
    is_active, waiting = row or (False, 0)
    return State(row is not None, not is_active, None, None, None, waiting or 0)
