"""The signed heads of the log, and a note of every row that was written."""

from uuid import uuid4

from django.db import models

from madang.ground.keeping.personal import LegalGround, Personal, declares, with_account
from madang.ground.words import marked as _


@declares(impersonal="size note signed_at")
class SignedHead(models.Model):
    """What the city committed to: so many entries, this root. Never changed, never removed."""

    size = models.BigIntegerField(primary_key=True)  # entries
    note = models.TextField()  # the checkpoint with its signatures
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size} entries"


@declares(
    Personal(
        field="hash",
        holds=_("A sealed note of each row about you, and the key of that row"),
        purpose=_("So that a row which somebody changed behind the city's programs is found"),
        ground=LegalGround.TASK,
        keep=with_account(_("As long as the row; without its key and salt the note says nothing")),
    ),
    impersonal="table row salt batch",
)
class RowNote(models.Model):
    """That a row of a watched table was written, noted by a trigger in the same statement.

    table, row: where; row is the primary key as text, or "" once it was erased. hash: SHA-256 of
    the salt and the row as JSON, or of the salt and the key where the row was deleted. batch: which
    entry of the log speaks of it; None until one does.
    """

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=100)
    row = models.TextField()
    salt = models.UUIDField(default=uuid4)
    is_gone = models.BooleanField(default=False)
    hash = models.BinaryField()
    batch = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["table", "row", "-id"], name="newest_note_of_a_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


@declares(impersonal="name columns")
class WatchedTable(models.Model):
    """A table whose rows are noted, with the columns it had when all of them were noted last."""

    name = models.CharField(max_length=100, primary_key=True)
    columns = models.TextField()

    def __str__(self) -> str:
        return self.name


@declares(impersonal="witness line cosigned_at")
class Cosignature(models.Model):
    """That a witness countersigned a head of the log."""

    head = models.ForeignKey(SignedHead, on_delete=models.PROTECT)
    witness = models.CharField(max_length=300)  # its public key
    line = models.TextField()  # the signature, as it stands below the checkpoint
    cosigned_at = models.DateTimeField()  # as the witness says

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["head", "witness"], name="one_cosignature_a_witness")
        ]

    def __str__(self) -> str:
        return f"{self.witness} {self.head_id}"


@declares(impersonal="witness seen tried_at trouble failures")
class WitnessState(models.Model):
    """What the city knows of a witness: how far it saw the log, and what was wrong last.

    seen: entries. trouble: "" where nothing is; failures: how many times in a row.
    """

    witness = models.CharField(max_length=300, primary_key=True)  # its public key
    seen = models.BigIntegerField(default=0)
    tried_at = models.DateTimeField()
    trouble = models.CharField(max_length=20, blank=True)
    failures = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.witness
