"""What people take home: all that is held about them, and the receipt of a consent, as JSON.

Both shapes have a name and a version, and are described in docs/how-to/answer-a-request.md. The
receipt takes its names from the Kantara Consent Receipt Specification 1.1, and beyond it follows
ISO/IEC TS 27560:2023 in what it tells: the words shown, their version, and each change of state.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from madang.ground.city.card import city
from madang.ground.consent.queries import GivenConsent, words_shown
from madang.ground.rights.held import Held, HeldField, HeldRoom
from madang.ground.rights.rules import JURISDICTION
from madang.ground.words import said

HELD_FORMAT = {"format": "madang.held-about-you", "version": 1}
RECEIPT_FORMAT = {"format": "madang.consent-receipt", "version": 1}


def held_paper(rooms: Iterable[HeldRoom], *, at: datetime, language: str) -> dict[str, Any]:
    """Return everything that is held about somebody as JSON values."""
    return {
        **HELD_FORMAT,
        "city": said(city().words, language),
        "made_at": at.isoformat(),
        "language": language,
        "rooms": [
            {"room": each.block.name, "fields": [_field(field) for field in each.fields]}
            for each in rooms
        ],
    }


def _field(field: HeldField) -> dict[str, Any]:
    return {
        "field": field.name,
        "holds": _(field.declared.holds),
        "purpose": _(field.declared.purpose),
        "keep": _(field.declared.keep.words),
        "ground": _(field.declared.ground.words),
        "values": [_value(held) for held in field.values] if field.is_told else None,
    }


def _value(held: Held) -> dict[str, Any]:
    return {
        "value": held.value,
        "shows": str(held.shows),
        "about": str(held.about),
        "thing": held.thing,
        "at": held.at and held.at.isoformat(),
    }


def consent_receipt(
    consent: GivenConsent, *, email: str, policy_url: str, proofs: dict[str, str]
) -> dict[str, Any]:
    """Return the receipt of a consent as JSON values, in the language in which it was given.

    proofs: by what happened, "given" or "withdrawn", the proof that the journal holds it.
    """
    text = consent.text
    with override(consent.language):
        controller = {"piiController": said(city().words, consent.language)}
        if contact := city().contact:
            controller["contact"] = said(contact, consent.language)
        purpose = {
            "purpose": _(text.why),
            "consentType": "EXPLICIT",
            "piiCategory": list(text.fields),
            "primaryPurpose": text.is_needed,
            "termination": _(text.until),
            "thirdPartyDisclosure": False,
        }
        return {
            "version": "KI-CR-v1.1.0",
            "jurisdiction": JURISDICTION,
            "consentTimestamp": int(consent.given_at.timestamp()),
            "collectionMethod": consent.method,
            "consentReceiptID": str(consent.id),
            "language": consent.language,
            "piiPrincipalId": email,
            "piiControllers": [controller],
            "policyUrl": policy_url,
            "services": [{"service": _(text.title), "purposes": [purpose]}],
            "sensitive": False,
            "spiCat": [],
            "madang": {**RECEIPT_FORMAT, **_beyond(consent), "proofs": proofs},
        }


def _beyond(consent: GivenConsent) -> dict[str, Any]:
    """What the specification has no name for: the words, and how it went on."""
    states = [{"state": "given", "at": consent.given_at.isoformat()}]
    if consent.withdrawn_at is not None:
        states.append({"state": "withdrawn", "at": consent.withdrawn_at.isoformat()})
    return {
        "purpose": consent.text.purpose,
        "text_version": consent.text.version,
        "words": words_shown(consent.text, consent.language),
        "words_sha256": consent.words_sha256,
        "states": states,
    }
