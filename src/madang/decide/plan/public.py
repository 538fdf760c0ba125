"""The door: what other blocks may know of the plan. Frozen values, no rows."""

from dataclasses import dataclass

from django.urls import reverse

from madang.decide.plan.models import PublicCommitment
from madang.ground.words import Words


@dataclass(frozen=True)
class CommitmentCard:
    id: int
    words: Words
    status: str
    origin: str  # of the votes that made it: "simulated", "imported", "" for residents' own

    @property
    def url(self) -> str:
        return reverse("plan:commitment", args=[self.id])


def find_commitment(*, commitment: int) -> CommitmentCard | None:
    """Return a commitment, None where there is none. One SQL query."""
    row = PublicCommitment.objects.filter(id=commitment).first()
    return None if row is None else _card(row)


def newest_commitments(*, most: int) -> list[CommitmentCard]:
    """Return the commitments made last, at most so many. One SQL query."""
    rows = PublicCommitment.objects.order_by("-made_at", "-id")[:most]
    return [_card(row) for row in rows]


def _card(row: PublicCommitment) -> CommitmentCard:
    return CommitmentCard(row.id, row.words, row.status, row.origin)
