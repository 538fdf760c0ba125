"""The sweeper's work in the queue."""

from django.utils import timezone

from madang.ground.jobs.queue import periodic
from madang.ground.privacy.sweeper import sweep


@periodic("41 3 * * *")
def sweep_what_is_due() -> None:
    """Every night: erase what has been kept long enough."""
    for _ in sweep(at=timezone.now()):
        pass
