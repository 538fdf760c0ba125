"""The key with which the city signs its log, and how a signature is checked (Ed25519)."""

from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from madang.core.tlog.note import Key, Kind, Note, signed


def city_key(origin: str) -> Key:
    """Return the public key of the city's log."""
    return Key(origin, Kind.NOTE, _secret().public_key().public_bytes_raw())


def sign(text: str, origin: str) -> Note:
    """Return the text signed by the city."""
    return signed(Note(text), city_key(origin), _secret().sign)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _secret() -> Ed25519PrivateKey:
    if not (key := settings.MADANG_JOURNAL_KEY):
        raise ImproperlyConfigured("MADANG_JOURNAL_KEY is not set: nobody could sign the journal.")
    return Ed25519PrivateKey.from_private_bytes(sha256(key.encode()).digest())
