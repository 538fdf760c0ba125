"""What ballots do when something happened; each makes one service call."""

from django.utils import timezone

from madang.decide.ballots.events import BallotClosed, BallotCounted
from madang.decide.ballots.jobs import explain_counted_ballot
from madang.decide.ballots.services import (
    count_ballot,
    note_commitment,
    note_goals,
    note_progress,
)
from madang.decide.plan.events import CommitmentMade, CommitmentProgressed, PlanMade
from madang.ground.events.outbox import handles


@handles(BallotClosed)
def count_closed_ballot(event: BallotClosed) -> None:
    count_ballot(slug=event.ballot, at=timezone.now())


@handles(BallotCounted)
def explain_later(event: BallotCounted) -> None:
    """What losers missed waits in the queue, for working it out takes many recounts."""
    explain_counted_ballot.defer(slug=event.ballot)


@handles(PlanMade)
def keep_goals(event: PlanMade) -> None:
    note_goals(goals={goal.code: goal.words for goal in event.goals})


@handles(CommitmentMade)
def keep_commitment(event: CommitmentMade) -> None:
    if event.ballot and event.project:
        note_commitment(
            slug=event.ballot,
            code=event.project,
            commitment=event.commitment,
            status=event.status,
        )


@handles(CommitmentProgressed)
def follow_commitment(event: CommitmentProgressed) -> None:
    note_progress(commitment=event.commitment, status=event.status)
