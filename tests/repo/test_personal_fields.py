"""Every field of every table says whether it is somebody's; one that says nothing is found."""

import pytest
from django.apps import apps
from django.db import models

from madang.ground.identity.models import Person
from madang.ground.keeping.personal import (
    Erase,
    LegalGround,
    Personal,
    Rule,
    after,
    declares,
)
from madang.ground.privacy.declared import declaring_models, held_by, undeclared

KEEP = after("told_at", "A day", days=1)


@pytest.mark.parametrize("model", list(declaring_models()), ids=lambda model: model._meta.label)
def test_every_field_is_declared_personal_or_impersonal(model: type[models.Model]) -> None:
    assert undeclared(model) == [], "declare it: docs/how-to/add-a-block.md"


def test_the_walk_sees_people_blocks_and_what_is_borrowed() -> None:
    labels = {model._meta.label for model in declaring_models()}
    assert {"identity.Person", "hearings.Vote", "ballots.Cast", "identity.SignIn"} <= labels
    assert {"plan.Change", "events.OutboxEvent", "account.EmailAddress"} <= labels


@pytest.mark.parametrize("held", held_by(), ids=lambda held: held.path)
def test_a_keep_time_leads_to_a_moment_in_the_database(held: object) -> None:
    personal, model = held.personal, held.model  # type: ignore[attr-defined]
    if personal.keep.rule is Rule.AFTER:
        field = None
        for step in personal.keep.since.split("__"):
            field = (field.related_model if field else model)._meta.get_field(step)
        assert isinstance(field, models.DateTimeField)
        assert personal.keep.lasting.days > 0
    else:
        assert personal.erase is Erase.ROW


@pytest.fixture
def forgotten() -> type[models.Model]:
    """A model of which somebody forgot to declare most."""
    told = Personal(
        field="name", holds="", purpose="", ground=LegalGround.CONSENT, keep=KEEP
    )  # fmt: skip

    @declares(told, impersonal="told_at colour")
    class Visitor(models.Model):
        name = models.TextField()
        nickname = models.TextField()
        height_cm = models.IntegerField()
        income = models.DecimalField(max_digits=9, decimal_places=2)
        answers = models.JSONField()
        portrait = models.BinaryField()
        born_on = models.DateField()
        card = models.UUIDField()
        role = models.CharField(max_length=9, choices=[("a", "a")])
        person = models.ForeignKey(Person, on_delete=models.CASCADE)
        told_at = models.DateTimeField()
        is_late = models.BooleanField()

        class Meta:
            app_label = "forgotten"

        def __str__(self) -> str:
            return self.name

    try:
        yield Visitor
    finally:
        del apps.all_models["forgotten"]


def test_a_text_or_number_that_nobody_declared_is_named(forgotten: type[models.Model]) -> None:
    # "colour" is declared and is no field: a declaration that outlived its field.
    silent = ["answers", "born_on", "card", "colour", "height_cm", "income"]
    assert undeclared(forgotten) == [*silent, "nickname", "person", "portrait", "role"]


def test_a_model_that_declares_nothing_is_named_with_all_its_fields() -> None:
    class Silent(models.Model):
        name = models.TextField()

        class Meta:
            app_label = "forgotten"

        def __str__(self) -> str:
            return self.name

    try:
        assert undeclared(Silent) == ["name"]
    finally:
        del apps.all_models["forgotten"]
