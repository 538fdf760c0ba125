"""Every write about people: residency, roles, sign-ins."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from madang.ground.city.card import city
from madang.ground.consent.public import give_consent
from madang.ground.events.outbox import record
from madang.ground.identity.consents import RESIDENCY
from madang.ground.identity.events import (
    ResidencyForgotten,
    ResidencyRecorded,
    RoleGranted,
    RoleWithdrawn,
)
from madang.ground.identity.models import Person, Proof, Residency, Role, RoleGrant, SignIn


class UnableToRecordResidency(Exception):
    """The residency cannot be recorded: "unknown-district"."""


@transaction.atomic
def record_residency(*, person_id: UUID, district: str, proof: Proof, at: datetime) -> Residency:
    """Say where a person lives and record ResidencyRecorded; safe to repeat.

    Declaring another district takes a counter's proof back, for nobody has seen that one.

    Raises UnableToRecordResidency: "unknown-district".
    """
    if district not in city().district_codes:
        raise UnableToRecordResidency("unknown-district")
    Person.objects.select_for_update(no_key=True).get(id=person_id)
    earlier = Residency.objects.filter(person_id=person_id).first()
    if earlier and earlier.district == district and proof in {earlier.proof, Proof.DECLARED}:
        return earlier
    residency, _ = Residency.objects.update_or_create(
        person_id=person_id, defaults={"district": district, "proof": proof, "proved_at": at}
    )
    record(ResidencyRecorded(person_id=person_id, proof=proof.value, recorded_at=at))
    return residency


@transaction.atomic
def declare_residency(*, person_id: UUID, district: str, language: str, at: datetime) -> None:
    """Keep where a person says they live, with their consent to the words in that language.

    Raises UnableToRecordResidency: "unknown-district".
    """
    record_residency(person_id=person_id, district=district, proof=Proof.DECLARED, at=at)
    give_consent(person_id=person_id, purpose=RESIDENCY.purpose, language=language, at=at)


@transaction.atomic
def forget_residency(*, person_id: UUID, at: datetime) -> None:
    """Erase where a person lives and record ResidencyForgotten; safe to repeat."""
    forgotten, _ = Residency.objects.filter(person_id=person_id).delete()
    if forgotten:
        record(ResidencyForgotten(person_id=person_id, forgotten_at=at))


@transaction.atomic
def grant_role(*, person_id: UUID, role: Role, at: datetime) -> None:
    """Give a person a role and record RoleGranted; safe to repeat."""
    _, is_new = RoleGrant.objects.get_or_create(
        person_id=person_id, role=role, defaults={"granted_at": at}
    )
    if is_new:
        record(RoleGranted(person_id=person_id, role=role.value, granted_at=at))


@transaction.atomic
def withdraw_role(*, person_id: UUID, role: Role, at: datetime) -> None:
    """Take a role back and record RoleWithdrawn; safe to repeat."""
    withdrawn, _ = RoleGrant.objects.filter(person_id=person_id, role=role).delete()
    if withdrawn:
        record(RoleWithdrawn(person_id=person_id, role=role.value, withdrawn_at=at))


def forget_sign_ins(*, at: datetime) -> None:
    """Erase sign-ins that are over."""
    SignIn.objects.filter(expire_date__lt=at).delete()
