"""Blocks that are switched off, and those that were."""

from django.db import models
from django.db.models import F, Q


class Pause(models.Model):
    """A block was switched off for a reason that everybody reads, until it was switched on."""

    block = models.CharField(max_length=40)
    reason = models.JSONField()  # {language: text}
    paused_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["block"], condition=Q(resumed_at=None), name="one_pause_a_block"
            ),
            models.CheckConstraint(
                condition=Q(resumed_at=None) | Q(resumed_at__gte=F("paused_at")),
                name="a_pause_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.block} {self.paused_at}"
