"""The door: what other blocks may know of the plan. Frozen values, no rows."""

from dataclasses import dataclass

from django.urls import reverse

from madang.decide.plan.models import Commitment
from madang.ground.words import Words


@dataclass(frozen=True)
class CommitmentCard:
    id: int
    words: Words
    status: str

    @property
    def url(self) -> str:
        return reverse("plan:commitment", args=[self.id])


def find_commitment(*, commitment: int) -> CommitmentCard | None:
    """Return a commitment, None where there is none. One SQL query."""
    row = Commitment.objects.filter(id=commitment).first()
    return None if row is None else CommitmentCard(row.id, row.words, row.status)


def newest_commitments(*, most: int) -> list[CommitmentCard]:
    """Return the commitments made last, at most so many. One SQL query."""
    rows = Commitment.objects.order_by("-made_at", "-id")[:most]
    return [CommitmentCard(row.id, row.words, row.status) for row in rows]
