"""Ballots, the projects on them, who cast one, and what was chosen."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from madang.core.ballot.election import VoteType
from madang.decide.ballots.rules import DIGITS, PLACES, Eligibility
from madang.ground.address import ADDRESS


class Status(models.TextChoices):
    """The life of a ballot; it only goes forward."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"


class BallotQuerySet(models.QuerySet["Ballot"]):
    def public(self) -> "BallotQuerySet":
        return self.exclude(status=Status.DRAFT)


class Ballot(models.Model):
    """A question with a budget; once it is open, triggers keep its rule and projects."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.JSONField()  # {language: text}, as all words that people wrote
    introduction = models.JSONField(default=dict, blank=True)
    hearing = models.CharField(max_length=80, blank=True)  # slug of the hearing it grew from
    vote_type = models.CharField(max_length=20, default=VoteType.APPROVAL.value)
    currency = models.CharField(max_length=3)
    budget = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    rule: "models.JSONField[Any, Any]" = models.JSONField()  # core Rule.manifest()
    eligibility = models.CharField(max_length=20, default=Eligibility.DECLARED.value)
    district = models.CharField(max_length=20, blank=True)  # "" = the whole city
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    opens_at = models.DateTimeField(null=True)  # no ballot is taken before …
    closes_at = models.DateTimeField(null=True)  # … nor from this moment on
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    simulated = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)  # "import: FILE"; "" for our own
    input_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 null = no import
    core_version = models.CharField(max_length=20, blank=True)  # of the count
    certificate_hash = models.CharField(max_length=64, blank=True)
    result: "models.JSONField[Any, Any]" = models.JSONField(null=True)  # the core's own report
    created_at = models.DateTimeField(db_default=Now())

    objects = BallotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slug__regex=ADDRESS), name="a_ballot_has_an_address"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="ballot_status"),
            models.CheckConstraint(condition=Q(budget__gt=0), name="a_budget_is_more_than_zero"),
            models.CheckConstraint(
                condition=Q(eligibility__in=list(Eligibility)), name="ballot_eligibility"
            ),
            models.CheckConstraint(
                condition=Q(vote_type=VoteType.APPROVAL) | Q(eligibility=Eligibility.NOBODY),
                name="residents_approve_and_no_more",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(opened_at__isnull=False),
                name="an_open_ballot_was_opened",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.COUNTED)
                | Q(result__isnull=False, counted_at__isnull=False),
                name="a_counted_ballot_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True)
                | Q(opens_at__isnull=True)
                | Q(closes_at__gt=models.F("opens_at")),
                name="a_ballot_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def origin(self) -> str:
        """Whose votes are on it: "simulated", "imported", or "" for residents' own."""
        return "simulated" if self.simulated else "imported" if self.source else ""


class BallotProject(models.Model):
    """What the budget could pay for; `code` is its name on the ballot."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="projects")
    code = models.CharField(max_length=80)
    place = models.PositiveIntegerField()  # in the order in which they were put on the ballot
    words = models.JSONField()
    summary = models.JSONField(default=dict, blank=True)
    cost = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    goal = models.CharField(max_length=40, blank=True)  # code of a policy goal
    statement = models.PositiveBigIntegerField(null=True)  # number in the ballot's hearing
    commitment = models.PositiveBigIntegerField(null=True)  # in the plan, as its events told it
    commitment_status = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "code"], name="one_project_a_code"),
            models.CheckConstraint(condition=Q(cost__gt=0), name="a_cost_is_more_than_zero"),
            # A target for Choice's composite keys.
            models.UniqueConstraint(fields=["id", "ballot"], name="project_of_a_ballot"),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id}/{self.code}"


class PolicyGoal(models.Model):
    """What the plan calls a policy goal, as its events told it."""

    code = models.CharField(max_length=40, unique=True)
    words = models.JSONField()

    def __str__(self) -> str:
        return self.code


class Cast(models.Model):
    """A ballot that somebody cast: a resident by pseudonym, or an imported voter by id."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="casts")
    voter = models.CharField(max_length=200)
    district = models.CharField(max_length=200, blank=True)
    cast_at = models.DateTimeField()
    channel = models.CharField(max_length=20)  # "page" or "import"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "voter"], name="one_ballot_a_voter"),
            models.UniqueConstraint(fields=["id", "ballot"], name="cast_of_a_ballot"),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.voter[:8]}"


class Choice(models.Model):
    """One project on one cast ballot.

    The migration ties (cast, ballot) and (project, ballot) to their tables by composite foreign
    keys, so that nobody can choose a project of another ballot.
    """

    ballot = models.ForeignKey(
        Ballot, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    cast = models.ForeignKey(
        Cast, on_delete=models.CASCADE, related_name="choices", db_constraint=False, db_index=False
    )
    project = models.ForeignKey(
        BallotProject, on_delete=models.PROTECT, related_name="choices", db_constraint=False
    )
    # 1 in an approval ballot; else as given, or in a ranked one the number of projects below.
    points = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cast", "project"], name="a_project_is_chosen_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="points_are_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.cast_id} → {self.project_id}"


class PublicBallot(models.Model):
    """A view for the door: a ballot that everyone may see, and no more of it than its card."""

    slug = models.CharField(max_length=80)
    title = models.JSONField()
    status = models.CharField(max_length=20)
    hearing = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    budget = models.DecimalField(max_digits=24, decimal_places=6)
    eligibility = models.CharField(max_length=20)
    origin = models.CharField(max_length=20)
    opened_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ballots_public_ballot"

    def __str__(self) -> str:
        return self.slug
