"""The rights room's work in the queue; one service call."""

from django.utils import timezone

from madang.ground.jobs.queue import periodic
from madang.ground.rights.services import forget_what_is_old


@periodic("51 3 * * *")
def forget_old_records() -> None:
    """Every night: erase requests, looks and withdrawn consents that were kept long enough."""
    forget_what_is_old(at=timezone.now())
