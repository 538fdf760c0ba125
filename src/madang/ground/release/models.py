"""What was published, what it cost, and what each dataset may still spend."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from madang.ground.keeping.personal import LegalGround, Personal, declares, with_account
from madang.ground.release.method import Method
from madang.ground.release.price import Price
from madang.ground.words import marked as _


@declares(
    impersonal="dataset starts ends micro_epsilon pico_delta spent_micro_epsilon"
    " spent_pico_delta granted_at"
)
class Budget(models.Model):
    """The privacy budget of a dataset for a period. What is spent only grows; a trigger sees to it.

    ends: the first day on which it no longer holds.
    """

    dataset = models.CharField(max_length=100)
    starts = models.DateField()
    ends = models.DateField()
    micro_epsilon = models.BigIntegerField()
    pico_delta = models.BigIntegerField()
    spent_micro_epsilon = models.BigIntegerField(default=0)
    spent_pico_delta = models.BigIntegerField(default=0)
    granted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "starts"], name="one_budget_a_period"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="budget_has_days"),
            models.CheckConstraint(
                condition=Q(spent_micro_epsilon__gte=0, spent_pico_delta__gte=0)
                & Q(spent_micro_epsilon__lte=F("micro_epsilon"))
                & Q(spent_pico_delta__lte=F("pico_delta")),
                name="no_budget_is_overspent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.starts}–{self.ends}"

    @property
    def left(self) -> Price:
        return Price(
            self.micro_epsilon - self.spent_micro_epsilon, self.pico_delta - self.spent_pico_delta
        )


@declares(
    Personal(
        field="approved_by",
        holds=_("Which official approved a release"),
        purpose=_("So that somebody answers for what was published"),
        ground=LegalGround.TASK,
        keep=with_account(_("As long as the official has an account")),
    ),
    impersonal="key dataset title method parameters facts content sha256 published_at",
)
class Release(models.Model):
    """A published file. Never changed, never removed; a trigger sees to it.

    key: made by the page on which it was tried, so that a second click publishes nothing more.
    facts: what everybody may know of the protection.
    """

    key = models.UUIDField(unique=True)
    dataset = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    method = models.CharField(max_length=20)
    parameters = models.JSONField()
    facts = models.JSONField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(method__in=[each.value for each in Method]), name="known_method"
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.dataset}"


@declares(impersonal="micro_epsilon pico_delta")
class Spending(models.Model):
    """What one release took from a budget."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="spendings")
    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="spending")
    micro_epsilon = models.BigIntegerField()
    pico_delta = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(micro_epsilon__gt=0, pico_delta__gte=0), name="spending_costs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.release_id} from {self.budget_id}"
