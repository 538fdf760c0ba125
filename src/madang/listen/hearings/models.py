"""Hearings, what was said in them, who took part, and every vote ever cast."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from madang.ground.address import ADDRESS
from madang.ground.keeping.personal import (
    Erase,
    LegalGround,
    Personal,
    after,
    declares,
    public_record,
)
from madang.ground.words import marked as _

RECORD = public_record(_("As long as the hearing is kept as a public record"))
YEAR = after(
    "hearing__closed_at",
    _("A year after the hearing closed; then a random stand-in takes its place"),
    days=365,
)


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


@declares(
    impersonal="slug title introduction question status origin source input_hash answer opened_at"
    " closes_at closed_at answered_at ballot created_at"
)
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


@declares(
    Personal(
        field="author",
        holds=_("The stand-in of who wrote a sentence"),
        purpose=_("So that nobody floods a hearing and nothing is kept twice"),
        ground=LegalGround.TASK,
        keep=YEAR,
        erase=Erase.STAND_IN,
        stand_in="hearings.{hearing__slug}",
    ),
    Personal(
        field="words",
        holds=_("The sentence you wrote, without your name"),
        purpose=_("So that others can vote on it and the city can answer it"),
        ground=LegalGround.TASK,
        keep=RECORD,
    ),
    Personal(
        field="written_at",
        holds=_("When the sentence was written"),
        purpose=_("So that sentences are read in the order in which they came"),
        ground=LegalGround.TASK,
        keep=RECORD,
    ),
    impersonal="number theme moderation reason moderated_at",
)
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


@declares(
    Personal(
        field="pseudonym",
        holds=_("A stand-in for you in one hearing"),
        purpose=_(
            "One vote a resident on each sentence; only the city's key leads from it back to you"
        ),
        ground=LegalGround.TASK,
        keep=YEAR,
        erase=Erase.STAND_IN,
        stand_in="hearings.{hearing__slug}",
    ),
    impersonal="number",
)
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


@declares(
    Personal(
        field="value",
        holds=_("How the stand-in voted"),
        purpose=_("To draw the map of opinions, which anyone can draw again"),
        ground=LegalGround.TASK,
        keep=RECORD,
    ),
    Personal(
        field="cast_at",
        holds=_("When the stand-in voted"),
        purpose=_("To show how opinions moved, and to prove each vote by a receipt"),
        ground=LegalGround.TASK,
        keep=RECORD,
    ),
    impersonal="event",
)
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


@declares(
    Personal(
        field="result",
        holds=_("Where each stand-in stands on the map of opinions, under a number"),
        purpose=_("So that everyone sees who agrees with whom, and can draw it again"),
        ground=LegalGround.TASK,
        keep=RECORD,
    ),
    impersonal="input_hash core_version seed votes drawn_at",
)
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


@declares(impersonal="commitment words ballot status")
class Outcome(models.Model):
    """What became of a statement: a commitment in the plan, as its events told it."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="outcomes")
    commitment = models.PositiveBigIntegerField(unique=True)
    words = models.JSONField()
    ballot = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.statement_id} → {self.commitment}"


class PublicHearing(models.Model):
    """A view for the door: a hearing that everyone may see, and no more of it than its card."""

    slug = models.CharField(max_length=80)
    title = models.JSONField()
    status = models.CharField(max_length=20)
    origin = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    waiting = models.PositiveIntegerField()  # sentences that a moderator has not read

    class Meta:
        managed = False
        db_table = "hearings_public_hearing"

    def __str__(self) -> str:
        return self.slug


class PublicStatement(models.Model):
    """A view for the door: a sentence that everyone may read, without who wrote it."""

    hearing = models.CharField(max_length=80)  # slug
    number = models.PositiveBigIntegerField()
    words = models.JSONField()

    class Meta:
        managed = False
        db_table = "hearings_public_statement"

    def __str__(self) -> str:
        return f"{self.hearing}/{self.number}"
