"""The ground's work about people in the queue; each makes one service call."""

from django.utils import timezone

from madang.ground.identity.services import forget_sign_ins
from madang.ground.jobs.queue import periodic


@periodic("41 3 * * *")
def forget_ended_sign_ins() -> None:
    """Every night: erase sign-ins that are over."""
    forget_sign_ins(at=timezone.now())
