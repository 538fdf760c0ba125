"""Put work into queues, in the caller's transaction, and work it off.

Each block has a queue of its own name, the ground has one together.

procrastinate defers on Django's own connection: a rolled-back act leaves no job. The worker is a
second procrastinate app over the same tasks with connections of its own, so that what a running
job defers still goes through Django's connection, in that job's transaction.
"""

import logging
from collections.abc import Callable
from typing import Any, Generic, ParamSpec

from django.db import connection
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.periodic import PeriodicRegistry

from madang.ground.processes import GROUND

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
HELD_S = 60  # after which a job that was held back asks again

logger = logging.getLogger(__name__)


_is_held: Callable[[str], bool] = lambda queue: False  # noqa: E731 told by who knows, see below


def hold_back(when: Callable[[str], bool]) -> None:
    """Let jobs of a queue wait as long as `when(queue)` is true."""
    global _is_held
    _is_held = when


def queue_of(place: str) -> str:
    """Return the queue of a function: that of its block, or the ground's.

    The ground also does what a block's `rights.py` does, for it follows people to their stand-ins.
    """
    _, stage, room, module, *_ = place.split(".")
    return GROUND if stage == "ground" or module == "rights" else room


class Job(Generic[P]):
    """A function that can be called now, or deferred to the worker."""

    def __init__(self, work: Callable[P, None], *, retries: int) -> None:
        retry = RetryStrategy(max_attempts=retries, exponential_wait=2) if retries else False
        name = f"{work.__module__}.{work.__qualname__}"

        def run(context: JobContext, /, **told: Any) -> None:
            if _is_held(context.job.queue):
                _put_off(context, told)
            else:
                work(**told)  # type: ignore[call-arg]  # P's arguments, all by name

        self._work = work
        register = app.task(name=name, queue=queue_of(name), retry=retry, pass_context=True)
        self._task = register(run)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self._work(*args, **kwargs)

    def defer(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Queue the call; it runs after the surrounding transaction commits."""
        assert not args, "jobs take their arguments by name"
        self._task.defer(**kwargs)


def job(*, retries: int = 0) -> Callable[[Callable[P, None]], Job[P]]:
    """Make a function a job: keyword arguments only, JSON values only.

    retries: how often a failed run is tried again, waiting 2, 4, 8 … seconds.
    """
    return lambda work: Job(work, retries=retries)


def periodic(cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let the worker run a function on a cron line (with seconds, if wanted, as a sixth field).

    A run that falls into a time when its queue is held back is left out.
    """

    def declare(work: Callable[[], None]) -> Callable[[], None]:
        name = f"{work.__module__}.{work.__qualname__}"

        @app.periodic(cron=cron)
        @app.task(name=name, queue=queue_of(name), queueing_lock=name, lock=name)
        def run(timestamp: int) -> None:  # procrastinate says when it was due
            if not _is_held(queue_of(name)):
                work()

        return work

    return declare


def _put_off(context: JobContext, told: dict[str, Any]) -> None:
    task, queue = context.task, context.job.queue
    assert task is not None, "it is running"
    task.configure(queue=queue, schedule_in={"seconds": HELD_S}).defer(**told)


def take_up(queue: str) -> None:
    """Let jobs that were put off run now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL"
            " WHERE queue_name = %s AND status = 'todo' AND attempts = 0",
            [queue],
        )


@app.periodic(cron="* * * * *")
@app.task(name="madang.ground.jobs.requeue_stalled", queue=GROUND, pass_context=True)
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


def work_forever(queue: str | None = None) -> None:
    """Run jobs as they come, those of all queues or of one, until SIGTERM or SIGINT.

    The running job is let finish.
    """
    worker = _worker()
    if queue is not None:
        whole, own = worker.periodic_registry, PeriodicRegistry()  # type: ignore[no-untyped-call]  # theirs
        for key, each in whole.periodic_tasks.items():
            if each.task.queue == queue:
                own.periodic_tasks[key] = each
        worker.periodic_registry = own
    queues = None if queue is None else [queue]
    worker.run_worker(queues=queues, wait=True, shutdown_graceful_timeout=30, **KEEP)


def _worker() -> App:
    assert isinstance(app.connector, DjangoConnector)
    return app.with_connector(app.connector.get_worker_connector())
