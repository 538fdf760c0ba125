"""The plan from its vision down to commitments, and because of what each was made."""

from typing import Any

from django.db import models
from django.db.models import F, Q


class Status(models.TextChoices):
    """How a commitment goes. "verified" is said by a measurement, not by its own office."""

    PROMISED = "promised"
    UNDERWAY = "underway"
    DONE = "done"
    VERIFIED = "verified"
    DROPPED = "dropped"


class Plan(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    title = models.JSONField()  # {language: text}, as all words that people wrote
    vision = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class Goal(models.Model):
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="goals")
    code = models.CharField(max_length=40)
    words = models.JSONField()
    description = models.JSONField(default=dict)
    place = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="one_goal_a_code"),
            models.UniqueConstraint(fields=["plan", "place"], name="one_goal_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.code}"


class Project(models.Model):
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="projects")
    code = models.CharField(max_length=40)
    words = models.JSONField()
    description = models.JSONField(default=dict)
    office = models.CharField(max_length=40, blank=True)  # code on the city's card
    place = models.PositiveIntegerField()
    takes_winners = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "code"], name="one_plan_project_a_code"),
            models.UniqueConstraint(
                fields=["goal"], condition=Q(takes_winners=True), name="one_intake_a_goal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id}/{self.code}"


class Commitment(models.Model):
    """What the city has promised to do."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="commitments")
    words = models.JSONField()
    summary = models.JSONField(default=dict)
    office = models.CharField(max_length=40, blank=True)
    partners = models.CharField(max_length=500, blank=True)
    budget = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PROMISED)
    supporters = models.PositiveIntegerField(null=True)  # on the ballot; null = nobody said
    # Of the votes that made it: "simulated", "imported"; "" for residents' own.
    origin = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="commitment_status"),
            models.CheckConstraint(condition=Q(budget__gt=0), name="a_promise_costs_something"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="an_end_is_not_before_its_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"


class Change(models.Model):
    """What an official changed on a commitment, and why; nothing is ever taken out of here."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="changes")
    changed_at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True)
    status_before = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    fields: "models.JSONField[Any, Any]" = models.JSONField(default=dict)  # {name: [before, after]}

    class Meta:
        indexes = [models.Index(fields=["commitment", "-changed_at"])]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.status_before} → {self.status}"


class Kind(models.TextChoices):
    BALLOT = "ballot"
    STATEMENT = "statement"
    ADVICE = "advice"


class Because(models.Model):
    """One reason why a commitment was made."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="because")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    words = models.JSONField()  # what to call it: the ballot's title, the sentence, the advice
    ballot = models.CharField(max_length=80, blank=True)  # slug
    project = models.CharField(max_length=80, blank=True)  # code on that ballot
    hearing = models.CharField(max_length=80, blank=True)  # slug
    statement = models.PositiveBigIntegerField(null=True)  # number in that hearing

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=Kind.BALLOT) & ~Q(ballot="") & ~Q(project=""))
                | (Q(kind=Kind.STATEMENT) & ~Q(hearing="") & Q(statement__isnull=False))
                | Q(kind=Kind.ADVICE),
                name="a_reason_says_where_it_is",
            ),
            models.UniqueConstraint(
                fields=["ballot", "project"],
                condition=Q(kind=Kind.BALLOT),
                name="a_winner_makes_one_commitment",
            ),
            models.UniqueConstraint(
                fields=["commitment", "hearing", "statement"],
                condition=Q(kind=Kind.STATEMENT),
                name="a_sentence_is_one_reason",
            ),
        ]
        indexes = [models.Index(fields=["hearing", "statement"])]

    def __str__(self) -> str:
        return f"{self.commitment_id} because {self.kind}"


class Verdict(models.Model):
    """What a ballot decided on one of its projects, so that the lost ones are found as well."""

    ballot = models.CharField(max_length=80)
    ballot_words = models.JSONField()
    project = models.CharField(max_length=80)
    words = models.JSONField()
    hearing = models.CharField(max_length=80, blank=True)
    statement = models.PositiveBigIntegerField(null=True)
    funded = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "project"], name="one_verdict_a_project")
        ]
        indexes = [models.Index(fields=["hearing", "statement"])]

    def __str__(self) -> str:
        return f"{self.ballot}/{self.project} {'won' if self.funded else 'lost'}"


class PublicCommitment(models.Model):
    """A view for the door: what a commitment is called and how far it is."""

    words = models.JSONField()
    status = models.CharField(max_length=20)
    origin = models.CharField(max_length=20)
    made_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "plan_public_commitment"

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"
