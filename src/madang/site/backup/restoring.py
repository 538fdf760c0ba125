"""Bring a city back to a moment, and rehearse that: the same way, into a folder that goes again."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from pyrage.x25519 import Identity

from madang.site.archiving import system_of
from madang.site.backup.recovery import Say, UnableToRecover, recovered
from madang.site.backup.shelf import Base
from madang.site.backup.taking import FOLDERS

DRAFT = ".restoring"
KEYS = (
    "secrets",
    "keys",
)  # kept apart from backups; lent to what is restored while it is looked at


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands in a restored database. findings: sentences of the journal's audit."""

    tables: int
    events: int
    journal: int
    newest_event: datetime | None
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """newest: time of the last commit; aside: where what was there before lies now."""

    base: Base
    newest: datetime | None
    seen: Seen
    into: Path
    aside: Path | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Drill:
    """A rehearsal: what a loss of the machine at `lost_at` would have cost.

    rpo_s: seconds from the last commit that came back to the loss, so at most that much work is
    gone; rto_s: seconds from the first step to a city that was looked at.
    """

    base: Base
    lost_at: datetime
    newest: datetime | None
    rpo_s: float
    rto_s: float
    steps: dict[str, float]
    segments: int
    tables_lost: int
    seen: Seen

    @property
    def is_good(self) -> bool:
        return not self.seen.findings and not self.tables_lost


def what_is_in_the_way(into: Path) -> list[Path]:
    """Return what a restore would move aside."""
    return [into / name for name in ("postgres", *FOLDERS) if (into / name).exists()]


def restore_city(
    base: Base,
    *,
    into: Path,
    keys_of: Path,
    moment: datetime | None,
    identities: Sequence[Identity],
    language: str,
    at: datetime,
    say: Say,
) -> Restored:
    """Restore into this data folder. Nothing in it is touched until the restored city stands.

    keys_of: the data folder with the keys; language: of what the audit finds. Raises as
    `recovered` does.
    """
    began = time.monotonic()
    older = into / "postgres" / "pg_wal"
    draft = into / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    try:
        _lend_keys(keys_of, draft)
        with recovered(
            base,
            into=draft,
            moment=moment,
            identities=identities,
            older=older if _is_of(base, into) else None,
            say=say,
        ) as city:
            say("looking")
            seen = _settle(draft, city.address, "restore", language)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    aside = _move_in(draft, into, at)
    shutil.rmtree(draft, ignore_errors=True)
    return Restored(base, city.newest, seen, into, aside, time.monotonic() - began)


def drill(
    base: Base,
    *,
    live: str,
    data: Path,
    identities: Sequence[Identity],
    language: str,
    say: Say,
) -> Drill:
    """Restore beside the running city into a folder that goes again, and measure.

    live: address of the running database. Raises as `recovered` does.
    """
    lost_at, tables = _mark(live)
    began = time.monotonic()
    steps: dict[str, float] = {}
    with _stopwatch(steps, began) as next_step, _folder_beside(data) as draft:
        _lend_keys(data, draft)

        def hear(step: str) -> None:
            next_step(step)
            say(step)

        with recovered(base, into=draft, moment=None, identities=identities, say=hear) as city:
            hear("looking")
            seen = _settle(draft, city.address, "drill", language)
            rto_s = time.monotonic() - began
            next_step("clearing")
    newest = city.newest or base.finished_at
    return Drill(
        base=base,
        lost_at=lost_at,
        newest=city.newest,
        rpo_s=max(0.0, (lost_at - newest).total_seconds()),
        rto_s=rto_s,
        steps=steps,
        segments=city.segments,
        tables_lost=max(0, tables - seen.tables),
        seen=seen,
    )


@contextmanager
def _folder_beside(data: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".drill-", dir=data))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stopwatch(steps: dict[str, float], began: float) -> Iterator[Say]:
    """Note how many seconds each step took."""
    current: list[tuple[str, float]] = [("finding", began)]

    def next_step(name: str) -> None:
        (last, since), now = current.pop(), time.monotonic()
        steps[last] = now - since
        current.append((name, now))

    yield next_step
    next_step("")


def _mark(live: str) -> tuple[datetime, int]:
    """Commit something in the living city; return when, and how many tables it has."""
    with psycopg.connect(live, autocommit=True) as link:
        link.execute("SELECT pg_current_xact_id()")
        row = link.execute(
            "SELECT clock_timestamp(), count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def _lend_keys(data: Path, draft: Path) -> None:
    for name in KEYS:
        if (data / name).is_dir():
            (draft / name).symlink_to(data / name)


def _settle(draft: Path, address: str, purpose: str, language: str) -> Seen:
    """Let the city's own code come up on the restored database; return what it saw."""
    env = {**os.environ, "MADANG_DATA": str(draft), "MADANG_DATABASE_URL": address}
    done = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", "madang.site.backup.settle", purpose, language],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UnableToRecover("not-looked-at", (done.stderr.strip().splitlines() or ["?"])[-1])
    told: dict[str, Any] = json.loads(done.stdout)
    newest = told["newest_event"]
    return Seen(
        tables=told["tables"],
        events=told["events"],
        journal=told["journal"],
        newest_event=datetime.fromisoformat(newest) if newest else None,
        findings=tuple(told["findings"]),
    )


def _is_of(base: Base, into: Path) -> bool:
    """Return whether the database that lies there is the one that was backed up."""
    try:
        return system_of(into / "postgres") == base.system
    except OSError:
        return False


def _move_in(draft: Path, into: Path, at: datetime) -> Path | None:
    """Put what was restored in its place, and what was there beside it."""
    aside = into / f"before-restore-{at:%Y%m%dT%H%M%SZ}"
    old = what_is_in_the_way(into)
    if old:
        aside.mkdir(mode=0o700)
        for path in old:
            path.rename(aside / path.name)
    for name in ("postgres", *FOLDERS):
        if (draft / name).exists():
            (draft / name).rename(into / name)
    return aside if old else None
