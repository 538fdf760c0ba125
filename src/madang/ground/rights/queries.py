"""Reads of requests and looks: frozen values, ready to print."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from madang.ground.rights.looks import LOOKS, Look
from madang.ground.rights.models import LookNote, Request
from madang.ground.rights.rules import Kind, State


@dataclass(frozen=True)
class RequestCard:
    """A request as its owner sees it, and as an official does who opened it."""

    id: UUID
    person_id: UUID
    kind: Kind
    field: str
    thing: str
    words: str
    state: State
    asked_at: datetime
    due_on: date
    answer: str
    answered_at: datetime | None
    asked: int  # in the outbox
    answered: int | None

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN


@dataclass(frozen=True)
class WaitingRow:
    """An open request on the desk: nobody is named before it is opened."""

    id: UUID
    kind: Kind
    field: str
    asked_at: datetime
    due_on: date


@dataclass(frozen=True)
class LookRow:
    look: Look
    by: str
    looked_at: datetime
    event: int


@dataclass(frozen=True)
class Tally:
    """For everyone: what staff looked for, and how requests went; numbers alone."""

    looks: tuple[tuple[Look, int], ...]
    asked: int
    in_time: int
    late: int
    waiting: int


def requests_of(*, person_id: UUID) -> list[RequestCard]:
    """Return a person's requests, the newest first. One SQL query."""
    rows = Request.objects.filter(person_id=person_id).order_by("-asked_at", "id")
    return [_card(row) for row in rows]


def find_request(*, request_id: UUID, person_id: UUID | None = None) -> RequestCard | None:
    """Return a request, or only if it is this person's; None for any other. One SQL query."""
    rows = Request.objects.filter(id=request_id)
    row = (rows if person_id is None else rows.filter(person_id=person_id)).first()
    return None if row is None else _card(row)


def request_to_follow(*, request_id: UUID) -> RequestCard | None:
    """Return a request and let nobody change it before the transaction ends. One SQL query.

    For what a block does about one: whichever of its events comes last, the newest state counts.
    """
    row = Request.objects.select_for_update(no_key=True).filter(id=request_id).first()
    return None if row is None else _card(row)


def list_waiting() -> list[WaitingRow]:
    """Return the open requests, those due first on top. One SQL query."""
    rows = Request.objects.filter(state=State.OPEN).order_by("due_on", "asked_at")
    return [WaitingRow(r.id, Kind(r.kind), r.field, r.asked_at, r.due_on) for r in rows]


def looks_at(*, person_id: UUID) -> list[LookRow]:
    """Return who looked at a person's data, the newest first. One SQL query."""
    rows = LookNote.objects.filter(person_id=person_id).order_by("-looked_at", "-id")
    return [LookRow(LOOKS[row.look], row.by, row.looked_at, row.event) for row in rows]


def tally(*, at: datetime, days: int = 365) -> Tally:
    """Return what everyone may know of the last year. Two SQL queries."""
    since = at - timedelta(days=days)
    looks = LookNote.objects.filter(looked_at__gt=since).values_list("look")
    answered = Q(state__in=[State.GRANTED, State.REFUSED])
    counted = (
        Request.objects.filter(asked_at__gt=since)
        .annotate(answered_on=TruncDate("answered_at"))
        .aggregate(
            asked=Count("id"),
            in_time=Count("id", filter=answered & Q(answered_on__lte=F("due_on"))),
            late=Count("id", filter=answered & Q(answered_on__gt=F("due_on"))),
            waiting=Count("id", filter=Q(state=State.OPEN)),
        )
    )
    by_look = looks.annotate(n=Count("id")).order_by("-n", "look")
    return Tally(looks=tuple((LOOKS[code], n) for code, n in by_look), **counted)


def _card(row: Request) -> RequestCard:
    return RequestCard(
        id=row.id,
        person_id=row.person_id,
        kind=Kind(row.kind),
        field=row.field,
        thing=row.thing,
        words=row.words,
        state=State(row.state),
        asked_at=row.asked_at,
        due_on=row.due_on,
        answer=row.answer,
        answered_at=row.answered_at,
        asked=row.asked,
        answered=row.answered,
    )
