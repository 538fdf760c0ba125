"""The door: what other blocks may know of hearings. Frozen values, no rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext

from madang.ground.words import Words
from madang.listen.hearings.models import Hearing, Moderation, Statement
from madang.listen.hearings.rules import takes_voices


@dataclass(frozen=True)
class HearingCard:
    slug: str
    words: Words  # the title
    status: str
    origin: str

    @property
    def kind(self) -> str:
        return gettext("Hearing")

    @property
    def url(self) -> str:
        return reverse("hearings:hearing", args=[self.slug])

    @property
    def is_running(self) -> bool:
        return takes_voices(status=self.status, origin=self.origin)

    @property
    def desk_url(self) -> str:
        return reverse("hearings:run", args=[self.slug])


@dataclass(frozen=True)
class StatementCard:
    hearing: str  # slug
    number: int
    words: Words

    @property
    def url(self) -> str:
        return reverse("hearings:statement", args=[self.hearing, self.number])


def find_hearing(*, slug: str) -> HearingCard | None:
    """Return a hearing that is public, None for any other. One SQL query."""
    hearing = Hearing.objects.public().filter(slug=slug).first()
    return None if hearing is None else _card(hearing)


def list_hearings() -> list[HearingCard]:
    """Return every public hearing, newest first. One SQL query."""
    rows = Hearing.objects.public().order_by("-opened_at")
    return [_card(row) for row in rows]


def list_waiting() -> list[tuple[HearingCard, int]]:
    """Return the hearings where sentences wait for a moderator, and how many. One SQL query."""
    waiting = Q(statements__moderation=Moderation.WAITING)
    rows: Any = Hearing.objects.annotate(waiting=Count("statements", filter=waiting))
    return [(_card(row), row.waiting) for row in rows.filter(waiting__gt=0).order_by("-opened_at")]


def find_statement(*, hearing: str, number: int) -> StatementCard | None:
    """Return a statement that everyone may read, None for any other. One SQL query."""
    return next(iter(find_statements(hearing=hearing, numbers=[number])), None)


def find_statements(*, hearing: str, numbers: list[int] | None = None) -> list[StatementCard]:
    """Return the shown statements of a public hearing, all or those numbered. One SQL query."""
    rows = Statement.objects.filter(
        hearing__in=Hearing.objects.public().filter(slug=hearing), moderation=Moderation.SHOWN
    ).order_by("number")
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    return [StatementCard(hearing, row.number, row.words) for row in rows]


def _card(hearing: Hearing) -> HearingCard:
    return HearingCard(hearing.slug, hearing.title, hearing.status, hearing.origin)
