"""The outbox, and which handler has taken which event."""

from django.db import models
from django.db.models.functions import Now


class OutboxEvent(models.Model):
    """One event, written in the transaction of the act that it tells of.

    leaf: its place in the journal, from 0; None until it has one.
    is_sealed: whether the journal keeps its facts to itself; salt: what its seal is made with.
    """

    id = models.BigAutoField(primary_key=True)
    wire = models.CharField(max_length=100)
    payload = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())
    leaf = models.BigIntegerField(null=True, unique=True)
    is_sealed = models.BooleanField(default=False)
    salt = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="not_in_the_journal", condition=models.Q(leaf=None))
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.wire}"


class Delivery(models.Model):
    """A handler took an event; written in the transaction of what the handler did."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE)
    handler = models.CharField(max_length=200)
    delivered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="one_delivery_a_handler")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.handler}"


class Recorder(models.Model):
    """A role of the database that may record events of this kind; see ground/walls."""

    role = models.CharField(max_length=63)
    wire = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "wire"], name="a_recorder_is_named_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.wire}"
