"""The door: what other blocks may know of hearings. Frozen values, no rows."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from madang.ground.words import Words
from madang.listen.hearings.models import PublicHearing, PublicStatement
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
    hearing = PublicHearing.objects.defer("waiting").filter(slug=slug).first()
    return None if hearing is None else _card(hearing)


def list_hearings() -> list[HearingCard]:
    """Return every public hearing, newest first. One SQL query."""
    return [_card(row) for row in PublicHearing.objects.defer("waiting").order_by("-opened_at")]


def list_waiting() -> list[tuple[HearingCard, int]]:
    """Return the hearings where sentences wait for a moderator, and how many. One SQL query."""
    rows = PublicHearing.objects.filter(waiting__gt=0).order_by("-opened_at")
    return [(_card(row), row.waiting) for row in rows]


def find_statement(*, hearing: str, number: int) -> StatementCard | None:
    """Return a statement that everyone may read, None for any other. One SQL query."""
    return next(iter(find_statements(hearing=hearing, numbers=[number])), None)


def find_statements(*, hearing: str, numbers: list[int] | None = None) -> list[StatementCard]:
    """Return the shown statements of a public hearing, all or those numbered. One SQL query."""
    rows = PublicStatement.objects.filter(hearing=hearing).order_by("number")
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    return [StatementCard(hearing, row.number, row.words) for row in rows]


def _card(hearing: PublicHearing) -> HearingCard:
    return HearingCard(hearing.slug, hearing.title, hearing.status, hearing.origin)
