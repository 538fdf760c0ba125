"""What hearings do when other blocks report; each makes one service call."""

from datetime import datetime
from uuid import UUID

from madang.decide.ballots.events import BallotCounted
from madang.decide.plan.events import CommitmentMade, CommitmentProgressed
from madang.ground.events.outbox import handles
from madang.ground.rights.events import RequestAnswered, RequestMade, RequestTakenBack
from madang.listen.hearings.events import HearingAnswered, HearingClosed
from madang.listen.hearings.jobs import draw_current_map, tell_participants
from madang.listen.hearings.rights import follow_request
from madang.listen.hearings.services import mark_decided, note_outcome, note_progress


@handles(HearingClosed)
def draw_map_of_closed_hearing(event: HearingClosed) -> None:
    """The final map waits in the queue, for drawing may take longer than an event should."""
    draw_current_map.defer(slug=event.hearing)


@handles(BallotCounted)
def decide_hearing(event: BallotCounted) -> None:
    if event.hearing:
        mark_decided(slug=event.hearing, ballot=event.ballot, at=event.counted_at)


@handles(CommitmentMade)
def keep_outcome(event: CommitmentMade) -> None:
    if event.hearing is not None and event.statement is not None:
        note_outcome(
            slug=event.hearing,
            number=event.statement,
            commitment=event.commitment,
            words=event.words,
            ballot=event.ballot or "",
            status=event.status,
        )


@handles(CommitmentProgressed)
def follow_outcome(event: CommitmentProgressed) -> None:
    note_progress(commitment=event.commitment, status=event.status)


@handles(HearingAnswered)
def tell_who_agreed(event: HearingAnswered) -> None:
    """Letters go out from the queue, one job each, for a mail server may be slow."""
    tell_participants.defer(slug=event.hearing)


@handles(RequestMade)
def leave_out_who_objects(event: RequestMade) -> None:
    _follow(event.request_id, event.asked_at)


@handles(RequestTakenBack)
def take_in_again(event: RequestTakenBack) -> None:
    _follow(event.request_id, event.taken_back_at)


@handles(RequestAnswered)
def do_what_was_granted(event: RequestAnswered) -> None:
    _follow(event.request_id, event.answered_at)


def _follow(request_id: UUID, at: datetime) -> None:
    if slug := follow_request(request_id=request_id, at=at):
        draw_current_map.defer(slug=slug)
