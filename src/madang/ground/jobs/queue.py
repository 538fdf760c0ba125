"""Put work into the queue, in the caller's transaction, and work it off.

procrastinate defers on Django's own connection: a rolled-back act leaves no job. The worker is a
second procrastinate app over the same tasks with connections of its own, so that what a running
job defers still goes through Django's connection, in that job's transaction.
"""

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.periodic import PeriodicRegistry

P = ParamSpec("P")

# A clock that ran ahead and was put right leaves times to come: no retry waits for an hour, and no
# worker is alive in the future.
MEND_AFTER_A_WRONG_CLOCK = (
    "UPDATE procrastinate_jobs SET scheduled_at = now()"
    " WHERE status = 'todo' AND scheduled_at > now() + interval '1 hour'",
    "UPDATE procrastinate_workers SET last_heartbeat = now()"
    " WHERE last_heartbeat > now() + interval '1 minute'",
)
KEEP = {"delete_jobs": "successful"}  # failed ones stay, to be looked into

logger = logging.getLogger(__name__)


class Job(Generic[P]):
    """A function that can be called now, or deferred to the worker."""

    def __init__(self, work: Callable[P, None], *, retries: int) -> None:
        retry = RetryStrategy(max_attempts=retries, exponential_wait=2) if retries else False
        self._work = work
        self._task = app.task(name=f"{work.__module__}.{work.__qualname__}", retry=retry)(work)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self._work(*args, **kwargs)

    def defer(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Queue the call; it runs after the surrounding transaction commits."""
        assert not args, "jobs take their arguments by name"
        self._task.defer(**kwargs)  # type: ignore[call-arg]  # P's arguments, all by name


def job(*, retries: int = 0) -> Callable[[Callable[P, None]], Job[P]]:
    """Make a function a job: keyword arguments only, JSON values only.

    retries: how often a failed run is tried again, waiting 2, 4, 8 … seconds.
    """
    return lambda work: Job(work, retries=retries)


def periodic(cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let the worker run a function on a cron line (with seconds, if wanted, as a sixth field)."""

    def declare(work: Callable[[], None]) -> Callable[[], None]:
        name = f"{work.__module__}.{work.__qualname__}"

        @app.periodic(cron=cron)
        @app.task(name=name, queueing_lock=name, lock=name)
        def run(timestamp: int) -> None:  # procrastinate says when it was due
            work()

        return work

    return declare


@app.periodic(cron="* * * * *")
@app.task(name="madang.ground.jobs.requeue_stalled", pass_context=True)
async def requeue_stalled(context: JobContext, timestamp: int) -> None:
    """Each minute: put back the jobs whose worker died with them, or that a wrong clock put off."""
    manager = context.app.job_manager
    for mend in MEND_AFTER_A_WRONG_CLOCK:
        await context.app.connector.execute_query_async(mend)
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=60):
        logger.warning("job %s was left by a dead worker; it runs again", stalled.id)
        await manager.retry_job(stalled)


def work_off() -> None:
    """Run every queued job that is due, then return: for commands with no worker beside them."""
    worker = _worker()
    worker.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]  # nothing is due
    worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False, **KEEP)


def work_forever() -> None:
    """Run jobs as they come until SIGTERM or SIGINT, which lets the running job finish."""
    _worker().run_worker(wait=True, shutdown_graceful_timeout=30, **KEEP)


def _worker() -> App:
    assert isinstance(app.connector, DjangoConnector)
    return app.with_connector(app.connector.get_worker_connector())
