"""Hearings, what was said in them, who took part, and every vote ever cast."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from madang.ground.address import ADDRESS


class Status(models.TextChoices):
    """The life of a hearing; it only goes forward."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    ANSWERED = "answered"


class Moderation(models.TextChoices):
    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class Origin(models.TextChoices):
    """Where a hearing's voices come from; what is not from residents says so on every page."""

    RESIDENTS = "residents"
    IMPORTED = "imported"
    SIMULATED = "simulated"


class HearingQuerySet(models.QuerySet["Hearing"]):
    def public(self) -> "HearingQuerySet":
        return self.exclude(status=Status.DRAFT)


class Hearing(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    title = models.JSONField()  # {language: text}, as all words that people wrote
    introduction = models.JSONField(default=dict)
    question = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    origin = models.CharField(max_length=20, choices=Origin.choices, default=Origin.RESIDENTS)
    source = models.CharField(max_length=300, blank=True)  # where an import came from
    input_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 null = no import
    answer = models.JSONField(default=dict)  # the city's answer
    opened_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ballot = models.CharField(max_length=80, blank=True)  # slug of the ballot that decided it
    created_at = models.DateTimeField(db_default=Now())

    objects = HearingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slug__regex=ADDRESS), name="a_hearing_has_an_address"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="hearing_status"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="hearing_origin"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(opened_at__isnull=False),
                name="an_open_hearing_was_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Statement(models.Model):
    """One sentence; `number` is its name within the hearing, from 0."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="statements")
    number = models.PositiveBigIntegerField()
    words = models.JSONField()
    theme = models.CharField(max_length=60, blank=True)
    author = models.CharField(max_length=64, blank=True)  # pseudonym; "" for seeds and imports
    moderation = models.CharField(
        max_length=20, choices=Moderation.choices, default=Moderation.WAITING
    )
    reason = models.CharField(max_length=300, blank=True)  # why it is hidden
    written_at = models.DateTimeField()
    moderated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hearing", "number"], name="one_number_a_statement"),
            models.CheckConstraint(
                condition=Q(moderation__in=Moderation.values), name="statement_moderation"
            ),
        ]
        indexes = [
            models.Index(
                fields=["hearing", "author"], condition=~Q(author=""), name="sentences_of_an_author"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hearing_id}/{self.number}"


class Participant(models.Model):
    """Someone who voted in one hearing: a resident by pseudonym, or an imported voter by number."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="participants")
    number = models.PositiveBigIntegerField()
    pseudonym = models.CharField(max_length=64, null=True)  # noqa: DJ001 null = not a resident
    is_on_hold = models.BooleanField(db_default=False, default=False)  # they object: see rights.py

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hearing", "number"], name="one_number_a_participant"),
            models.UniqueConstraint(
                fields=["hearing", "pseudonym"], name="one_participant_a_resident"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hearing_id}/{self.number}"


class Vote(models.Model):
    """A vote as it was cast. The newest of a participant on a statement counts, all are kept."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="votes")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="votes")
    value = models.SmallIntegerField()  # 1 agree, 0 pass, -1 disagree
    cast_at = models.DateTimeField()
    is_newest = models.BooleanField(default=True)
    event = models.BigIntegerField(null=True)  # in the outbox, for the receipt; None: imported

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "statement"],
                condition=Q(is_newest=True),
                name="one_vote_that_counts",
            ),
            models.CheckConstraint(condition=Q(value__in=[-1, 0, 1]), name="a_vote_is_a_vote"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.value} {self.statement_id}"


class DrawnMap(models.Model):
    """An opinion map as it was drawn: with its input's hash, the core's version and parameters."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="maps")
    input_hash = models.CharField(max_length=64)
    core_version = models.CharField(max_length=20)
    seed = models.BigIntegerField(null=True)  # null = no random number was drawn
    votes = models.PositiveIntegerField()  # how many counted
    result: "models.JSONField[Any, Any]" = models.JSONField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hearing", "input_hash", "core_version"], name="one_map_an_input"
            )
        ]
        indexes = [models.Index(fields=["hearing", "-drawn_at"])]

    def __str__(self) -> str:
        return f"{self.hearing_id} {self.input_hash[:8]}"


class Outcome(models.Model):
    """What became of a statement: a commitment in the plan, as its events told it."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="outcomes")
    commitment = models.PositiveBigIntegerField(unique=True)
    words = models.JSONField()
    ballot = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.statement_id} → {self.commitment}"
