"""Under which generation of a block's key the stand-ins of each purpose are made."""

from django.db import models

from madang.ground.keeping.personal import declares


@declares(impersonal="purpose number")
class Generation(models.Model):
    """purpose: as in "hearings.after", or the block's name for all that have no row of their own.

    0: the city's key itself, as stand-ins were made at first; 1: the block's key derived from it;
    from 2: with a secret of the key store mixed in.
    """

    purpose = models.CharField(max_length=120, primary_key=True)
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"
