"""Consents as they were given."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from madang.ground.keeping.personal import LegalGround, Personal, declares, with_account
from madang.ground.words import marked as _


@declares(
    Personal(
        field="purpose",
        holds=_("What you agreed to, in which version and language, and when"),
        purpose=_("To show you and the city what was agreed, and to stop when you say so"),
        ground=LegalGround.DUTY,
        keep=with_account(_("Three years after you take it back, or until you leave")),
    ),
    Personal(
        field="person",
        holds=_("Whose consent it is"),
        purpose=_("To show you and the city what was agreed, and to stop when you say so"),
        ground=LegalGround.DUTY,
        keep=with_account(_("Three years after you take it back, or until you leave")),
    ),
    impersonal="id version language words_sha256 method given_at withdrawn_at event withdrawal",
)
class Consent(models.Model):
    """One consent of one person: to which words, when, and when it was taken back.

    event, withdrawal: in the outbox, for the proofs that the journal gives.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    purpose = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=8)  # in which the words were shown
    words_sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=20)  # "page"
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    event = models.BigIntegerField()
    withdrawal = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at=None),
                name="one_consent_that_holds",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="a_consent_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(
                fields=["purpose"], condition=Q(withdrawn_at=None), name="consents_that_hold"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose} v{self.version}"
