"""What the rights room does when something happened; one service call, from the queue."""

from madang.ground.events.outbox import handles
from madang.ground.rights.events import RequestAnswered
from madang.ground.rights.jobs import tell_of_answer


@handles(RequestAnswered)
def tell_who_asked(event: RequestAnswered) -> None:
    """Mail goes out from the queue, for a mail server may be slow."""
    tell_of_answer.defer(request_id=str(event.request_id))
