"""Whether the city can serve, check by check, without changing anything."""

import smtplib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, InterfaceError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from madang.ground.words import marked
from madang.site.operate.figures import Figures, disk_free, figures
from madang.site.operate.logs import kind_of

FULL = 64 * 1024**2  # bytes; below it nothing can be trusted to be written
LOW = 1024**3
STUCK_S = 300
JOURNAL_STUCK_S = 300
MAIL_PATIENCE_S = 3
AHEAD_S = 60
NEARLY_ALL = 0.9  # of the connections that PostgreSQL takes


class State(StrEnum):
    """FAILING: the city should not be sent visitors. WARNING: it serves, and somebody must look."""

    OK = "ok"
    WARNING = "warning"
    FAILING = "failing"


@dataclass(frozen=True)
class Check:
    """said: an English sentence with places, a catalogue key; values: what stands in them."""

    name: str
    state: State
    said: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    checks: tuple[Check, ...]

    @property
    def is_ready(self) -> bool:
        return all(check.state is not State.FAILING for check in self.checks)


def look() -> Health:
    """Look at everything now. Never raises for what is wrong: that is what it tells."""
    return Health((*_database(), _disk(), *_mail()))


def _database() -> Iterator[Check]:
    try:
        connection.ensure_connection()
        plan = _not_applied()
        if plan:
            said = marked("{count} changes of the tables are not applied; restart `madang serve`.")
            yield Check("migrations", State.FAILING, said, {"count": plan})
            return
        found = figures()
    except ProgrammingError:
        # A block behind its wall may not look at the queue and the journal; the front does.
        yield Check("database", State.OK, marked("The database answers this block."))
        return
    except (DatabaseError, InterfaceError) as away:
        said = marked("The database does not answer ({why}).")
        yield Check("database", State.FAILING, said, {"why": kind_of(away.__cause__ or away)})
        return
    yield _connections(found)
    yield Check("migrations", State.OK, marked("All changes of the tables are applied."))
    yield _queue(found)
    yield _jobs(found)
    yield _journal(found)
    yield _live(found)
    yield _archive(found)
    yield _clock(found)


def _not_applied() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _connections(found: Figures) -> Check:
    values = {"count": found.connections, "most": found.most_connections}
    if found.connections > NEARLY_ALL * found.most_connections:
        said = marked("The database has {count} connections and takes {most} at most.")
        return Check("database", State.WARNING, said, values)
    said = marked("The database answers; {count} of {most} connections are in use.")
    return Check("database", State.OK, said, values)


def _queue(found: Figures) -> Check:
    values = {"count": found.waiting, "seconds": round(found.oldest_job_s)}
    if found.oldest_job_s > STUCK_S:
        said = marked("The queue is stuck: a job that is due has waited for {seconds} seconds.")
        return Check("queue", State.FAILING, said, values)
    said = marked("{count} jobs wait; the oldest that is due has waited for {seconds} seconds.")
    return Check("queue", State.OK, said, values)


def _jobs(found: Figures) -> Check:
    values = {"count": found.failed}
    if found.workers == 0:
        said = marked("No process works the queue; what pages promise happens later.")
        return Check("jobs", State.WARNING, said)
    if found.failed:
        said = marked("{count} jobs were given up after all retries; the log says why.")
        return Check("jobs", State.WARNING, said, values)
    return Check("jobs", State.OK, marked("The queue is worked, and no job was given up."))


def _journal(found: Figures) -> Check:
    values = {"count": found.journal_waiting, "seconds": round(found.journal_oldest_s)}
    if found.journal_oldest_s > JOURNAL_STUCK_S:
        said = marked("The journal does not grow: {count} events wait, one for {seconds} seconds.")
        return Check("journal", State.FAILING, said, values)
    return Check("journal", State.OK, marked("The journal grows; {count} events wait."), values)


def _live(found: Figures) -> Check:
    if found.live == 0:
        said = marked("No process listens for live updates; open pages change on reload only.")
        return Check("live", State.WARNING, said)
    return Check("live", State.OK, marked("Live updates listen."))


def _archive(found: Figures) -> Check:
    values = {"count": found.archive_failures}
    if found.is_archiving_failing:
        said = marked("PostgreSQL cannot archive its log; it failed {count} times.")
        return Check("archive", State.WARNING, said, values)
    return Check("archive", State.OK, marked("No archiving of the database's log is failing."))


def _clock(found: Figures) -> Check:
    values = {"seconds": round(found.ahead_s)}
    if found.ahead_s > AHEAD_S:
        said = marked("The clock was wrong: the journal was signed {seconds} seconds from now.")
        return Check("clock", State.WARNING, said, values)
    return Check("clock", State.OK, marked("Nothing was signed in the future."))


def _disk() -> Check:
    try:
        free, _ = disk_free(settings.MADANG_DATA)
    except OSError as lost:
        said = marked("The data folder cannot be read ({why}).")
        return Check("disk", State.FAILING, said, {"why": kind_of(lost)})
    values = {"free": free // 1024**2}
    if free < FULL:
        said = marked("The disk of the data folder is full: {free} MB are free.")
        return Check("disk", State.FAILING, said, values)
    if free < LOW:
        said = marked("The disk of the data folder is nearly full: {free} MB are free.")
        return Check("disk", State.WARNING, said, values)
    return Check("disk", State.OK, marked("{free} MB are free in the data folder."), values)


def _mail() -> Iterator[Check]:
    if not settings.EMAIL_CONFIG:
        return
    try:
        server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=MAIL_PATIENCE_S)
        server.close()
    except (OSError, smtplib.SMTPException) as silent:
        said = marked("The mail server does not answer ({why}).")
        yield Check("mail", State.WARNING, said, {"why": kind_of(silent)})
    else:
        yield Check("mail", State.OK, marked("The mail server answers."))
