"""Reads of consents: what somebody agreed to, and who agrees to something."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext, override

from madang.ground.consent.models import Consent
from madang.ground.consent.texts import ConsentText, text_of


@dataclass(frozen=True)
class GivenConsent:
    """A consent, with the words that were shown."""

    id: UUID
    text: ConsentText
    language: str
    words_sha256: str
    method: str
    given_at: datetime
    withdrawn_at: datetime | None
    event: int
    withdrawal: int | None

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None


def words_shown(text: ConsentText, language: str) -> str:
    """Return a text as it is shown in a language, a line for each of its parts."""
    with override(language):
        return "\n".join(gettext(words) for words in text.words)


def hash_of_words(text: ConsentText, language: str) -> str:
    """Return the SHA-256 of the words as they are shown, in 64 hexadecimal digits."""
    return sha256(words_shown(text, language).encode()).hexdigest()


def consents_of(*, person_id: UUID) -> list[GivenConsent]:
    """Return what a person agreed to, the newest first. One SQL query."""
    rows = Consent.objects.filter(person_id=person_id).order_by("-given_at", "id")
    return [_given(row) for row in rows]


def find_consent(*, person_id: UUID, consent_id: UUID) -> GivenConsent | None:
    """Return one consent of this person, None where it is no such one. One SQL query."""
    row = Consent.objects.filter(person_id=person_id, id=consent_id).first()
    return None if row is None else _given(row)


def agrees(*, person_id: UUID, purpose: str) -> bool:
    """Return whether a consent of this person holds for the purpose. One SQL query."""
    return Consent.objects.filter(person_id=person_id, purpose=purpose, withdrawn_at=None).exists()


def people_who_agree(*, purpose: str) -> list[tuple[UUID, str]]:
    """Return whose consent holds for a purpose, and in which language they gave it. One query."""
    rows = Consent.objects.filter(purpose=purpose, withdrawn_at=None).order_by("given_at", "id")
    return list(rows.values_list("person_id", "language"))


def _given(row: Consent) -> GivenConsent:
    return GivenConsent(
        id=row.id,
        text=text_of(row.purpose, row.version),
        language=row.language,
        words_sha256=row.words_sha256,
        method=row.method,
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
        event=row.event,
        withdrawal=row.withdrawal,
    )
