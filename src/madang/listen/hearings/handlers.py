"""What hearings do when other blocks report; each makes one service call."""

from madang.decide.ballots.events import BallotCounted
from madang.decide.plan.events import CommitmentMade, CommitmentProgressed
from madang.ground.events.outbox import handles
from madang.listen.hearings.events import HearingClosed, VoicesChanged
from madang.listen.hearings.jobs import draw_current_map
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


@handles(VoicesChanged)
def draw_map_anew(event: VoicesChanged) -> None:
    draw_current_map.defer(slug=event.hearing)
