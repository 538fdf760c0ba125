"""Every write about requests and looks. One function: one transaction, one event."""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override

from madang.ground.consent.models import Consent
from madang.ground.consent.public import withdraw_consent
from madang.ground.events.outbox import record
from madang.ground.identity.consents import RESIDENCY
from madang.ground.identity.models import Person
from madang.ground.identity.public import Who
from madang.ground.identity.services import forget_residency
from madang.ground.links import absolute
from madang.ground.rights import events
from madang.ground.rights.held import find_held
from madang.ground.rights.looks import REQUEST, By, Look
from madang.ground.rights.models import LookNote, Request
from madang.ground.rights.queries import RequestCard, find_request
from madang.ground.rights.rules import (
    KEEP_ANSWERED,
    KEEP_LOOKS,
    LONGEST_WORDS,
    MOST_OPEN,
    Kind,
    State,
    due_on,
)
from madang.ground.words import is_readable


class UnableToAsk(Exception):
    """The request cannot be taken: "no-such-kind", "not-held" (not the person's own), "no-words",
    "too-long", "too-many-open"."""


class UnableToAnswer(Exception):
    """The request cannot be answered: "not-open", "no-reason", "too-long", "own-request"."""


@transaction.atomic
def note_look(
    *, person_id: UUID, by: By, look: Look, at: datetime, looker: UUID | None = None
) -> None:
    """Note that somebody of the city looks at a person's data, and record PersonLookedAt.

    Called in the transaction in which the data is read. looker: who it is, where that is known; to
    the person they are shown as what they are, never by name.
    """
    event = record(
        events.PersonLookedAt(person_id=person_id, by=by.value, look=look.code, looked_at=at)
    )
    LookNote.objects.create(
        person_id=person_id,
        looker_id=looker,
        by=by.value,
        look=look.code,
        looked_at=at,
        event=event,
    )


@transaction.atomic
def ask(
    *,
    person_id: UUID,
    kind: str,
    field: str,
    thing: str,
    words: str,
    at: datetime,
    language: str = "ko",
) -> Request:
    """Take a person's request and record RequestMade; they are told of the answer in `language`.

    Safe to repeat: while the same is asked already, that request is returned.

    Raises UnableToAsk: "no-such-kind", "not-held", "no-words" (for a correction or an objection),
    "too-long", "too-many-open".
    """
    if kind not in list(Kind):
        raise UnableToAsk("no-such-kind")
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise UnableToAsk("too-long")
    if kind != Kind.ERASE and not is_readable(words):
        raise UnableToAsk("no-words")
    Person.objects.select_for_update(no_key=True).get(id=person_id)
    waiting = Request.objects.filter(person_id=person_id, state=State.OPEN)
    if earlier := waiting.filter(kind=kind, field=field, thing=thing).first():
        return earlier
    if find_held(person_id=person_id, language="ko", field=field, thing=thing) is None:
        raise UnableToAsk("not-held")
    if waiting.count() >= MOST_OPEN:
        raise UnableToAsk("too-many-open")
    request_id, due = uuid4(), due_on(at, zone=settings.TIME_ZONE)
    made = events.RequestMade(
        person_id=person_id, request_id=request_id, kind=kind, due_on=due, asked_at=at
    )
    return Request.objects.create(
        id=request_id,
        person_id=person_id,
        kind=kind,
        field=field,
        thing=thing,
        words=words,
        language=language,
        asked_at=at,
        due_on=due,
        asked=record(made),
    )


@transaction.atomic
def take_back(*, person_id: UUID, request_id: UUID, at: datetime) -> None:
    """Close a person's own open request and record RequestTakenBack; safe to repeat.

    Raises Request.DoesNotExist for one that is not theirs.
    """
    request = Request.objects.select_for_update().get(id=request_id, person_id=person_id)
    if request.state != State.OPEN:
        return
    event = record(
        events.RequestTakenBack(
            person_id=person_id, request_id=request_id, kind=request.kind, taken_back_at=at
        )
    )
    _close(request, State.TAKEN_BACK, at, event)


@transaction.atomic
def open_request(
    *, request_id: UUID, who: Who, at: datetime, language: str
) -> tuple[RequestCard, str, str]:
    """Return a request with its person's address and what it is about, and note the look.

    Raises Request.DoesNotExist.
    """
    card = find_request(request_id=request_id)
    if card is None:
        raise Request.DoesNotExist
    note_look(person_id=card.person_id, by=By.OFFICIAL, look=REQUEST, at=at, looker=who.person_id)
    found = find_held(
        person_id=card.person_id, language=language, field=card.field, thing=card.thing
    )
    email = Person.objects.values_list("email", flat=True).get(id=card.person_id)
    return card, email, "" if found is None else found[1].shows


@transaction.atomic
def answer(*, request_id: UUID, who: Who, is_granted: bool, reason: str, at: datetime) -> Request:
    """Grant or refuse a request and record RequestAnswered; the same answer again changes nothing.

    Raises UnableToAnswer: "not-open", "no-reason" (for a refusal), "too-long", "own-request";
    Request.DoesNotExist.
    """
    request = Request.objects.select_for_update().get(id=request_id)
    state, reason = State.GRANTED if is_granted else State.REFUSED, reason.strip()
    if (request.state, request.answer) == (state, reason):
        return request
    if request.state != State.OPEN:
        raise UnableToAnswer("not-open")
    if request.person_id == who.person_id:
        raise UnableToAnswer("own-request")
    if not is_granted and not is_readable(reason):
        raise UnableToAnswer("no-reason")
    if len(reason) > LONGEST_WORDS:
        raise UnableToAnswer("too-long")
    told = events.RequestAnswered(
        person_id=request.person_id,
        request_id=request_id,
        kind=request.kind,
        is_granted=is_granted,
        answered_at=at,
    )
    request.answer, request.answered_by_id = reason, who.person_id
    _close(request, state, at, record(told))
    return request


def _close(request: Request, state: State, at: datetime, event: int) -> None:
    request.state, request.answered_at, request.answered = state.value, at, event
    request.save(update_fields=["state", "answered_at", "answered", "answer", "answered_by"])


@transaction.atomic
def end_consent(*, person_id: UUID, purpose: str, at: datetime) -> bool:
    """Take a person's consent back, with what stood on it alone; return whether it held.

    Without the consent to keep a district the district is erased.
    """
    held = withdraw_consent(person_id=person_id, purpose=purpose, at=at)
    if held and purpose == RESIDENCY.purpose:
        forget_residency(person_id=person_id, at=at)
    return held


@transaction.atomic
def forget_what_is_old(*, at: datetime) -> None:
    """Erase looks, closed requests and withdrawn consents that were kept long enough."""
    LookNote.objects.filter(looked_at__lt=at - KEEP_LOOKS).delete()
    Request.objects.filter(answered_at__lt=at - KEEP_ANSWERED).delete()
    Consent.objects.filter(withdrawn_at__lt=at - KEEP_ANSWERED).delete()


def write_that_it_is_answered(*, request_id: UUID) -> None:
    """Send the person word that the answer is there; what it says stays on their page."""
    request = Request.objects.select_related("person").filter(id=request_id).first()
    if request is None:  # they have left
        return
    with override(request.language):
        subject = gettext("Your request about your data is answered")
        text = gettext("The answer is on your page, for you alone:\n{address}")
        address = absolute(reverse("rights:request", args=[request_id]))
    send_mail(subject, text.format(address=address), None, [request.person.email])
