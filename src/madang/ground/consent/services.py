"""Give a consent, and take it back. One function: one transaction, one event."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from madang.ground.consent.events import ConsentGiven, ConsentWithdrawn
from madang.ground.consent.models import Consent
from madang.ground.consent.queries import hash_of_words
from madang.ground.consent.texts import ConsentText, newest_text
from madang.ground.events.outbox import record
from madang.ground.locks import Turn, take_turns


class UnableToConsent(Exception):
    """The consent cannot be kept: "no-such-purpose"."""


@transaction.atomic
def give_consent(
    *, person_id: UUID, purpose: str, language: str, at: datetime, method: str = "page"
) -> Consent:
    """Keep that a person agreed to the words that are asked today, and record ConsentGiven.

    Safe to repeat: who agreed to these words already gets the first consent back. One to an older
    version ends with the new one.

    Raises UnableToConsent: "no-such-purpose".
    """
    try:
        text = newest_text(purpose)
    except KeyError:
        raise UnableToConsent("no-such-purpose") from None
    take_turns(Turn.CONSENTS, person_id.int & 0x7FFF_FFFF)
    earlier = Consent.objects.filter(
        person_id=person_id, purpose=purpose, withdrawn_at=None
    ).first()
    if earlier and earlier.version == text.version:
        return earlier
    if earlier:
        _end(earlier, at)
    return _keep(person_id, text, language, method, at)


def _keep(person_id: UUID, text: ConsentText, language: str, method: str, at: datetime) -> Consent:
    consent_id, shown = uuid4(), hash_of_words(text, language)
    event = record(
        ConsentGiven(
            person_id=person_id,
            consent_id=consent_id,
            purpose=text.purpose,
            version=text.version,
            language=language,
            words_sha256=shown,
            given_at=at,
        )
    )
    return Consent.objects.create(
        id=consent_id,
        person_id=person_id,
        purpose=text.purpose,
        version=text.version,
        language=language,
        words_sha256=shown,
        method=method,
        given_at=at,
        event=event,
    )


@transaction.atomic
def withdraw_consent(*, person_id: UUID, purpose: str, at: datetime) -> bool:
    """Take back what a person agreed to and record ConsentWithdrawn; return whether it held.

    Safe to repeat.
    """
    take_turns(Turn.CONSENTS, person_id.int & 0x7FFF_FFFF)
    consent = Consent.objects.filter(
        person_id=person_id, purpose=purpose, withdrawn_at=None
    ).first()
    if consent is None:
        return False
    _end(consent, at)
    return True


def _end(consent: Consent, at: datetime) -> None:
    consent.withdrawn_at = at
    consent.withdrawal = record(
        ConsentWithdrawn(
            person_id=consent.person_id,
            consent_id=consent.id,
            purpose=consent.purpose,
            withdrawn_at=at,
        )
    )
    consent.save(update_fields=["withdrawn_at", "withdrawal"])
