"""Stand-ins for people: the same person and purpose give the same one, nobody can go back.

HMAC-SHA256 (RFC 2104) under a key that lives outside the database. Two purposes never share a
pseudonym, so tables of two hearings cannot be joined on it.
"""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def pseudonym(*, person_id: UUID, purpose: str) -> str:
    """Return 64 hexadecimal digits that stand for the person in this purpose alone."""
    key: str = settings.MADANG_PSEUDONYM_KEY
    if not key:
        raise ImproperlyConfigured("MADANG_PSEUDONYM_KEY is not set: nobody could be told apart.")
    return hmac.new(key.encode(), f"{purpose}\n{person_id}".encode(), hashlib.sha256).hexdigest()
