"""The signed heads of the log. Its entries are the events of the outbox."""

from django.db import models


class SignedHead(models.Model):
    """What the city committed to: so many entries, this root. Never changed, never removed."""

    size = models.BigIntegerField(primary_key=True)  # entries
    note = models.TextField()  # the checkpoint with its signatures
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size} entries"
