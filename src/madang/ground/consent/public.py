"""The door: ask for a consent, look whether it holds, and take it back."""

from madang.ground.consent.queries import agrees, people_who_agree
from madang.ground.consent.services import give_consent, withdraw_consent
from madang.ground.consent.texts import ConsentText, asked, newest_text

__all__ = [
    "ConsentText",
    "agrees",
    "asked",
    "give_consent",
    "newest_text",
    "people_who_agree",
    "withdraw_consent",
]
