"""Commands about people: the first official is made here, not on a page."""

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from madang.ground.rights.looks import ACCOUNT, RESIDENCY, ROLE, By, Look, looks_at_people
from madang.site.cli.city import standing_city
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from datetime import datetime

    from madang.ground.identity.models import Person, Role

app = typer.Typer(help=_("People and their roles."), no_args_is_help=True)

Email = Annotated[str, typer.Argument(help=_("The person's e-mail address."))]
RoleName = Annotated[str, typer.Argument(help="official | committee")]


@app.command(help=_("Add a person; the password is asked for, or read from standard input."))
@looks_at_people(ACCOUNT)
def add(email: Email) -> None:
    with standing_city():
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email
        from django.db import transaction
        from django.utils import timezone

        from madang.ground.identity.models import Person

        if sys.stdin.isatty():
            password = getpass.getpass(_("Password: "))
        else:
            password = sys.stdin.readline().rstrip("\n")
        try:
            validate_email(email)
            validate_password(password)
        except ValidationError as wrong:
            raise Refusal(f"{email}: {' '.join(wrong.messages)}") from wrong
        if Person.objects.filter(email__iexact=email).exists():
            raise Refusal(_("{email} is here already.").format(email=email))
        with transaction.atomic():
            person = Person.objects.create_user(email, password)
            _note(person, ACCOUNT, timezone.now())
        print(_("{email} can sign in.").format(email=email))


@app.command(help=_("Give a person a role."))
@looks_at_people(ROLE)
def grant(email: Email, role: RoleName) -> None:
    with standing_city():
        from django.db import transaction
        from django.utils import timezone

        from madang.ground.identity.services import grant_role

        person, known = _person_and_role(email, role)
        now = timezone.now()
        with transaction.atomic():
            grant_role(person_id=person.id, role=known, at=now)
            _note(person, ROLE, now)
        print(_("{email} now has the role {role}.").format(email=email, role=role))


@app.command(help=_("Take a role back."))
@looks_at_people(ROLE)
def withdraw(email: Email, role: RoleName) -> None:
    with standing_city():
        from django.db import transaction
        from django.utils import timezone

        from madang.ground.identity.services import withdraw_role

        person, known = _person_and_role(email, role)
        now = timezone.now()
        with transaction.atomic():
            withdraw_role(person_id=person.id, role=known, at=now)
            _note(person, ROLE, now)
        print(_("{email} no longer has the role {role}.").format(email=email, role=role))


@app.command(help=_("Confirm at a counter that a person lives in a district."))
@looks_at_people(RESIDENCY)
def confirm(
    email: Email,
    district: Annotated[str, typer.Argument(help=_("Code of the district on the city's card."))],
) -> None:
    with standing_city():
        from django.db import transaction
        from django.utils import timezone

        from madang.ground.city.card import city
        from madang.ground.identity.models import Proof
        from madang.ground.identity.services import UnableToRecordResidency, record_residency

        person, now = _person(email), timezone.now()
        try:
            with transaction.atomic():
                record_residency(
                    person_id=person.id, district=district, proof=Proof.COUNTER, at=now
                )
                _note(person, RESIDENCY, now)
        except UnableToRecordResidency as unable:
            known = ", ".join(sorted(city().district_codes))
            raise Refusal(
                _("{district} is no district here; districts are {known}.").format(
                    district=district, known=known
                )
            ) from unable
        print(
            _("{email} is confirmed in district {district}.").format(email=email, district=district)
        )


def _note(person: "Person", look: Look, at: "datetime") -> None:
    """Note that an operator looked at the person, for them to see."""
    from madang.ground.rights.services import note_look

    note_look(person_id=person.id, by=By.OPERATOR, look=look, at=at)


def _person_and_role(email: str, role: str) -> "tuple[Person, Role]":
    from madang.ground.identity.models import Role

    if role not in Role.values:
        known = ", ".join(Role.values)
        raise Refusal(_("{role} is no role; roles are {known}.").format(role=role, known=known))
    return _person(email), Role(role)


def _person(email: str) -> "Person":
    from madang.ground.identity.models import Person

    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        raise Refusal(_("Nobody here has the address {email}.").format(email=email))
    return person
