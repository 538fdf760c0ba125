"""What the ground itself holds about a person: account, consents, requests, looks."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from madang.ground.city.card import city
from madang.ground.consent.queries import consents_of
from madang.ground.events.event import EVENTS
from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person
from madang.ground.journal.models import RowNote
from madang.ground.release.models import Release
from madang.ground.rights.held import Held, tells
from madang.ground.rights.looks import LOOKS
from madang.ground.rights.models import LookNote, Request
from madang.ground.rights.queries import looks_at, requests_of
from madang.ground.words import said


@tells(
    "identity",
    along={
        "Person.id": "Person.email",
        "Person.joined_at": "Person.email",
        "Person.last_login": "Person.email",
        "Person.warned_at": "Person.email",
        "EmailAddress.email": "Person.email",
        "EmailAddress.user": "Person.email",
        "RoleGrant.person": "RoleGrant.role",
        "Residency.proof": "Residency.district",
        "Residency.person": "Residency.district",
        "SignIn.person": "SignIn.session_data",
        "OutboxEvent.salt": "OutboxEvent.payload",
    },
)
def account(*, person_id: UUID, language: str) -> Iterator[Held]:
    """Seven SQL queries."""
    person = Person.objects.select_related("residency").get(id=person_id)
    account = {
        "address": person.email,
        "number": str(person.id),
        "last_sign_in": person.last_login and person.last_login.isoformat(),
        "warned_at": person.warned_at and person.warned_at.isoformat(),
    }
    yield Held(field="Person.email", shows=person.email, value=account, at=person.joined_at)
    yield Held(field="Person.password", shows=_("Kept; nobody can read it"), value=None)
    if residency := getattr(person, "residency", None):
        names = {each.code: said(each.words, language) for each in city().districts}
        yield Held(
            field="Residency.district",
            shows=names.get(residency.district, residency.district),
            value={"district": residency.district, "proof": residency.proof},
            at=residency.proved_at,
        )
    for grant in person.role_grants.order_by("granted_at"):
        yield Held(
            field="RoleGrant.role",
            shows=ROLES[grant.role](),
            value=grant.role,
            thing=grant.role,
            at=grant.granted_at,
        )
    yield from _traces(person)


def _traces(person: Person) -> Iterator[Held]:
    """What follows from using the account: sign-ins, and what the journal noted of its rows."""
    for sign_in in person.sign_ins.order_by("expire_date"):
        until = date_format(localtime(sign_in.expire_date), "SHORT_DATETIME_FORMAT")
        yield Held(
            field="SignIn.session_data",
            shows=_("Signed in until {until}").format(until=until),
            value={"until": sign_in.expire_date.isoformat()},
        )
    told = OutboxEvent.objects.filter(is_sealed=True, payload__person_id=str(person.id))
    for event in told.order_by("id"):
        known = EVENTS.get(event.wire)
        yield Held(
            field="OutboxEvent.payload",
            shows=_(known.told) if known and known.told else event.wire,
            value={"event": event.wire, "facts": event.payload},
            at=event.recorded_at,
        )
    if notes := RowNote.objects.filter(table=Person._meta.db_table, row=str(person.id)).count():
        yield Held(
            field="RowNote.hash",
            shows=_("Sealed notes of the row of your account: {number}").format(number=notes),
            value={"notes": notes},
        )


@tells("consent", along={"Consent.person": "Consent.purpose"})
def consents(*, person_id: UUID, language: str) -> Iterator[Held]:
    """One SQL query."""
    for each in consents_of(person_id=person_id):
        yield Held(
            field="Consent.purpose",
            shows=_(each.text.title),
            value={
                "id": str(each.id),
                "purpose": each.text.purpose,
                "version": each.text.version,
                "language": each.language,
                "words_sha256": each.words_sha256,
                "withdrawn_at": each.withdrawn_at and each.withdrawn_at.isoformat(),
            },
            thing=str(each.id),
            at=each.given_at,
        )


@tells("rights", along={"Request.person": "Request.words", "LookNote.person": "LookNote.look"})
def requests_and_looks(*, person_id: UUID, language: str) -> Iterator[Held]:
    """Four SQL queries."""
    for card in requests_of(person_id=person_id):
        yield Held(
            field="Request.words",
            shows=card.words or "–",
            value={
                "id": str(card.id),
                "kind": card.kind.value,
                "field": card.field,
                "thing": card.thing,
                "words": card.words,
                "state": card.state.value,
                "due_on": card.due_on.isoformat(),
                "answer": card.answer,
                "answered_at": card.answered_at and card.answered_at.isoformat(),
            },
            url=reverse("rights:request", args=[card.id]),
            thing=str(card.id),
            at=card.asked_at,
        )
    for row in looks_at(person_id=person_id):
        value = {"by": row.by, "look": row.look.code, "purpose": row.look.purpose}
        yield Held(field="LookNote.look", shows=_(row.look.purpose), value=value, at=row.looked_at)
    yield from _at_work(person_id)


def _at_work(person_id: UUID) -> Iterator[Held]:
    """What is held of somebody because they work for the city; whose data it was is not told."""
    taken = LookNote.objects.filter(looker_id=person_id).order_by("-looked_at", "-id")
    for note in taken:
        yield Held(
            field="LookNote.looker",
            shows=_(LOOKS[note.look].purpose),
            value={"look": note.look},
            at=note.looked_at,
        )
    answered = Request.objects.filter(answered_by_id=person_id).order_by("-answered_at", "id")
    for request in answered:
        yield Held(
            field="Request.answered_by",
            shows=request.answer or "–",
            value={"state": request.state, "answer": request.answer},
            at=request.answered_at,
        )


@tells("release")
def releases(*, person_id: UUID, language: str) -> Iterator[Held]:
    """One SQL query."""
    for release in Release.objects.filter(approved_by_id=person_id).order_by("published_at"):
        yield Held(
            field="Release.approved_by",
            shows=release.title,
            value={"release": release.id, "title": release.title},
            url=reverse("release:release", args=[release.id]),
            at=release.published_at,
        )


ROLES = {"official": lambda: _("Official"), "committee": lambda: _("Committee")}
