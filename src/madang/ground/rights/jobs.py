"""The rights room's work in the queue; one service call each."""

from uuid import UUID

from django.utils import timezone

from madang.ground.jobs.queue import job, periodic
from madang.ground.rights.services import forget_what_is_old, write_that_it_is_answered


@job(retries=5)
def tell_of_answer(*, request_id: str) -> None:
    """Write to somebody that their request is answered."""
    write_that_it_is_answered(request_id=UUID(request_id))


@periodic("51 3 * * *")
def forget_old_records() -> None:
    """Every night: erase requests, looks and withdrawn consents that were kept long enough."""
    forget_what_is_old(at=timezone.now())
