"""A text field that the database cannot read: AES-256-GCM under a key of the key store.

The key is of the month in which the text is due to be erased. When that month is over the key is
destroyed, and with it the text, in every backup of the database and in every log of it.
"""

import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from madang.ground.keeping.keystore import KeyName, UnableToUseKey, make_key, read_key
from madang.ground.keeping.personal import Keep

NONCE = 12  # bytes, as NIST SP 800-38D has them for AES-GCM
BATCH = 2000  # rows that are sealed at once

logger = logging.getLogger(__name__)


class Erased(str):
    """What is read where the key is gone: empty, and told from "" by `is ERASED`."""


ERASED = Erased()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text as the database has it: `period:nonce and ciphertext in base64`."""

    token: str

    @property
    def period(self) -> str:
        return self.token.partition(":")[0]


class _Opening(DeferredAttribute):
    """Opens the field when somebody reads it on a row, and not before."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        kept = super().__get__(instance, cls)
        assert isinstance(self.field, EncryptedTextField)
        return self.field.open_on(instance, kept) if isinstance(kept, Sealed) else kept

    def __set__(self, instance: Any, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # takes and gives str
    """A text that is sealed when its row is saved and opened when it is read on a row.

    purpose: of its keys. keep: when it is due; its moment is a field of the same row. bound_to:
    fields of the row to which a sealed text is tied, so that it says nothing in another row.
    Rows are written by `save` or `bulk_create`, for what is sealed depends on the whole row, and
    no query can look for a text. "" is kept as it is.
    """

    descriptor_class = _Opening

    def __init__(
        self,
        *args: Any,
        purpose: str = "",
        keep: Keep | None = None,
        bound_to: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.purpose, self.keep, self.bound_to = purpose, keep, bound_to

    def get_internal_type(self) -> str:
        return "TextField"

    def deconstruct(self) -> Any:
        """To migrations it is a plain text: they can read what lies in the database."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value: str | None, *_: object) -> Sealed | str | None:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 Django's own signature
        kept = model_instance.__dict__.get(self.attname)
        return self.seal_on(model_instance, kept) if isinstance(kept, str) and kept else kept

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.token
        if value:
            self._refuse()
        return value

    def seal_on(self, row: models.Model, text: str) -> Sealed | Erased:
        """Return the text sealed for this row; ERASED where it was due before it came."""
        assert self.keep is not None, "an encrypted field says when it is due"
        period = period_of(getattr(row, self.keep.since) + self.keep.lasting)
        try:
            cipher = AESGCM(make_key(KeyName(self.purpose, period)))
        except UnableToUseKey:
            return ERASED
        nonce = token_bytes(NONCE)
        sealed = nonce + cipher.encrypt(nonce, text.encode(), self._bound(row, period))
        return Sealed(f"{period}:{urlsafe_b64encode(sealed).decode()}")

    def open_on(self, row: models.Model, sealed: Sealed) -> str:
        """Return the text, ERASED where its key is gone or it was not sealed for this row."""
        period, _, packed = sealed.token.partition(":")
        try:
            key = read_key(KeyName(self.purpose, period))
            said = urlsafe_b64decode(packed)
            return (
                AESGCM(key).decrypt(said[:NONCE], said[NONCE:], self._bound(row, period)).decode()
            )
        except UnableToUseKey as gone:
            if str(gone) != "destroyed":
                logger.error("%s: the key of %s is not in the key store", self, period)
        except (AssertionError, ValueError, InvalidTag):
            logger.error("%s of row %s was not sealed by the city's own programs", self, row.pk)
        return ERASED

    def _bound(self, row: models.Model, period: str) -> bytes:
        """What the seal also speaks of: where the text stands, and in whose row."""
        there = [self.purpose, period, row._meta.db_table, self.attname]
        return "\n".join(
            [*there, *(_spelled(getattr(row, name)) for name in self.bound_to)]
        ).encode()

    def _refuse(self) -> NoReturn:
        raise TypeError(
            f"{self} is sealed with its row: write it by save(), and do not look for it"
        )


def encrypted_fields(model: type[models.Model]) -> list[EncryptedTextField]:
    return [each for each in model._meta.concrete_fields if isinstance(each, EncryptedTextField)]


def seal_rows(rows: "models.QuerySet[Any]", name: str, field: EncryptedTextField) -> None:
    """Seal what lies in a column of these rows as plain text: for migrations."""
    field.set_attributes_from_name(name)
    for first in range(0, rows.count(), BATCH):
        batch = list(rows.order_by("pk")[first : first + BATCH])
        for row in batch:
            if text := getattr(row, name):
                setattr(row, name, field.get_prep_value(field.seal_on(row, text)))
        rows.model._default_manager.bulk_update(batch, [name])


def period_of(due: datetime) -> str:
    """Return the month in which something is due, in UTC: the period of its key."""
    return due.astimezone(UTC).strftime("%Y-%m")


def is_over(period: str, *, at: datetime) -> bool:
    """Return whether the month is past."""
    return period < period_of(at)


def _spelled(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
