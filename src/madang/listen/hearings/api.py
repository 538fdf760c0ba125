"""Open data of hearings for programs: read-only, no key."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from ninja.errors import HttpError

from madang.listen.hearings import queries
from madang.listen.hearings.models import Hearing

router = Router(tags=["hearings"])


class HearingOut(Schema):
    """A hearing. Texts stand under their language's code."""

    slug: str
    title: dict[str, str]
    question: dict[str, str]
    status: str
    origin: str
    source: str
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None


class StatementOut(Schema):
    """A sentence on show with the votes that count."""

    number: int
    text: str
    language: str
    agree: int
    disagree: int
    passed: int


@router.get("/", response=list[HearingOut], summary="All public hearings, newest first")
def list_hearings(request: Any) -> Any:
    return Hearing.objects.public().order_by("-opened_at")


@router.get("/{slug}", response=HearingOut, summary="One hearing")
def get_hearing(request: Any, slug: str) -> Any:
    return _found(slug)


@router.get("/{slug}/statements", response=list[StatementOut], summary="Its sentences with votes")
def list_statements(request: Any, slug: str, language: str = "ko") -> Any:
    return queries.list_statements(slug=_found(slug).slug, language=language)


@router.get("/{slug}/map", response=dict[str, Any], summary="Its newest opinion map, as drawn")
def get_map(request: Any, slug: str) -> Any:
    told = queries.published_map(slug=_found(slug).slug)
    if told is None:
        raise HttpError(404, "This hearing has no map yet.")
    return told


def _found(slug: str) -> Hearing:
    hearing = Hearing.objects.public().filter(slug=slug).first()
    if hearing is None:
        raise HttpError(404, "There is no such hearing.")
    return hearing
