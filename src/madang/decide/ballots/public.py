"""The door: what other blocks may know of ballots. Frozen values, no rows."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from madang.decide.ballots.models import PublicBallot, Status
from madang.decide.ballots.rules import Eligibility
from madang.ground.words import Words


@dataclass(frozen=True)
class BallotCard:
    slug: str
    words: Words  # the title
    status: str
    hearing: str | None
    currency: str
    budget: Decimal
    eligibility: str
    origin: str  # of the votes: "simulated", "imported", "" for residents' own

    @property
    def kind(self) -> str:
        return gettext("Ballot")

    @property
    def is_running(self) -> bool:
        return self.status == Status.OPEN and self.eligibility != Eligibility.NOBODY

    @property
    def url(self) -> str:
        return reverse("ballots:ballot", args=[self.slug])


def find_ballot(*, slug: str) -> BallotCard | None:
    """Return a ballot that is public, None for any other. One SQL query."""
    ballot = PublicBallot.objects.filter(slug=slug).first()
    return None if ballot is None else _card(ballot)


def list_ballots(*, hearing: str | None = None) -> list[BallotCard]:
    """Return every public ballot, or those of one hearing, newest first. One SQL query."""
    rows = PublicBallot.objects.order_by("-opened_at")
    return [_card(row) for row in (rows.filter(hearing=hearing) if hearing else rows)]


def _card(ballot: PublicBallot) -> BallotCard:
    return BallotCard(
        slug=ballot.slug,
        words=ballot.title,
        status=ballot.status,
        hearing=ballot.hearing or None,
        currency=ballot.currency,
        budget=ballot.budget,
        eligibility=ballot.eligibility,
        origin=ballot.origin,
    )
