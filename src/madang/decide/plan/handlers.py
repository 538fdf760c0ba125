"""What the plan does when a ballot is counted."""

from madang.decide.ballots.events import BallotCounted
from madang.decide.plan.rules import Decided, DecidedBallot
from madang.decide.plan.services import make_commitments
from madang.ground.events.outbox import handles


@handles(BallotCounted)
def commit_to_winners(event: BallotCounted) -> None:
    make_commitments(decided=_decided(event), at=event.counted_at)


def _decided(event: BallotCounted) -> DecidedBallot:
    winners = [
        Decided(
            project=each.project,
            words=each.words,
            summary=each.summary,
            cost=each.cost,
            goal=each.goal,
            statement=each.statement,
            supporters=each.supporters,
            funded=True,
        )
        for each in event.winners
    ]
    losers = [
        Decided(
            project=each.project,
            words=each.words,
            statement=each.statement,
            funded=False,
        )
        for each in event.losers
    ]
    return DecidedBallot(
        ballot=event.ballot,
        words=event.words,
        hearing=event.hearing,
        currency=event.currency,
        projects=(*winners, *losers),
        origin=event.origin,
    )
