"""The ballots block's work in the queue; each makes one service call."""

from django.utils import timezone

from madang.decide.ballots.queries import ballots_past_their_end
from madang.decide.ballots.services import UnableToClose, close_ballot, explain_losers
from madang.ground.jobs.queue import job, periodic


@job(retries=2)
def explain_counted_ballot(*, slug: str) -> None:
    """Say of each loser how much support it missed."""
    explain_losers(slug=slug)


@job(retries=3)
def close_due_ballot(*, slug: str) -> None:
    """Close a ballot whose time is over, unless somebody did meanwhile."""
    try:
        close_ballot(slug=slug, at=timezone.now())
    except UnableToClose as refusal:
        if str(refusal) != "closed-already":
            raise


@periodic("* * * * *")
def close_due_ballots() -> None:
    """Each minute: queue the closing of every open ballot whose time is over."""
    for slug in ballots_past_their_end(at=timezone.now()):
        close_due_ballot.defer(slug=slug)
