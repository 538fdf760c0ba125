"""Every declaration of personal fields, gathered from the models themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import models

from madang.ground.identity.models import Person
from madang.ground.keeping.personal import (
    Declared,
    LegalGround,
    Personal,
    declares,
    with_account,
)
from madang.ground.words import marked as _

# The ground's own apps, and those of others that hold something of people.
GROUND = ("identity", "account", "events", "journal", "privacy")
NOTHING = Declared((), frozenset())


@declares(
    Personal(
        field="email",
        holds=_("Your e-mail address once more, and whether you confirmed it"),
        purpose=_("To sign you in and to write to you about your account"),
        ground=LegalGround.CONSENT,
        keep=with_account(_("As long as you have an account")),
    ),
    Personal(
        field="user",
        holds=_("To which account the address belongs"),
        purpose=_("To sign you in and to write to you about your account"),
        ground=LegalGround.CONSENT,
        keep=with_account(_("As long as you have an account")),
    ),
)
class OfEmailAddress:
    """What we say of the table in which django-allauth keeps addresses."""


@declares(impersonal="created sent key")
class OfEmailConfirmation:
    """Confirmations are by code, which the sign-in holds; this table stays empty."""


BORROWED: dict[str, type] = {
    "account.emailaddress": OfEmailAddress,
    "account.emailconfirmation": OfEmailConfirmation,
}


@dataclass(frozen=True)
class Held:
    """A personal field and the model that has it."""

    model: type[models.Model]
    personal: Personal

    @property
    def name(self) -> str:
        """As in "Participant.pseudonym"."""
        return f"{self.model.__name__}.{self.personal.field}"

    @property
    def path(self) -> str:
        """As in "hearings.Participant.pseudonym": the name under which an erasure is certified."""
        return f"{self.model._meta.app_label}.{self.name}"


def declaring_models() -> Iterator[type[models.Model]]:
    """Yield the models that must declare: those of the ground, of blocks, and borrowed ones."""
    ours = {placed.package for placed in settings.BLOCKS}
    for config in apps.get_app_configs():
        if config.label in GROUND or config.name in ours or config.name.startswith("madang."):
            yield from (model for model in config.get_models() if model._meta.managed)


def declared_of(model: type[models.Model]) -> Declared:
    """Return what the model says of its own fields, nothing where it says nothing."""
    source = BORROWED.get(model._meta.label_lower, model)
    found: Declared = source.__dict__.get("declared", NOTHING)
    return found


def held_by(*labels: str) -> list[Held]:
    """Return the personal fields of these apps in this order, or of all."""
    held = [
        Held(model, personal)
        for model in declaring_models()
        for personal in declared_of(model).personal
    ]
    if not labels:
        return held
    own = [each for each in held if each.model._meta.app_label in labels]
    return sorted(own, key=lambda each: labels.index(each.model._meta.app_label))


def held_in_room(room: str) -> list[Held]:
    """Return what a block's room holds; identity speaks for all of the ground."""
    return held_by(*GROUND) if room == "identity" else held_by(room)


def undeclared(model: type[models.Model]) -> list[str]:
    """Return the fields that are declared neither personal nor impersonal, or both.

    Keys that the database counts, switches and references to rows need no word, except references
    to a person: what they may tell of somebody stands in the row that they lead to.
    """
    said = declared_of(model)
    personal = {each.field for each in said.personal}
    wanted = {field.name for field in model._meta.concrete_fields if _needs_a_word(field)}
    there = {field.name for field in model._meta.concrete_fields}
    unknown = (personal | said.impersonal) - there
    return sorted((wanted - personal - said.impersonal) | unknown | (personal & said.impersonal))


def _needs_a_word(field: "models.Field[object, object]") -> bool:
    if isinstance(field, models.ForeignKey):
        return issubclass(field.related_model, Person)
    return not isinstance(field, models.AutoField | models.BigAutoField | models.BooleanField)
