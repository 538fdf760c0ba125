"""The keys with which the city signs its log and witnesses countersign it (Ed25519)."""

from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from madang.core.tlog.note import Key, Kind, Note, signed


def city_key(origin: str) -> Key:
    """Return the public key of the city's log."""
    return Key(origin, Kind.NOTE, _public(_city_secret()))


def sign(text: str, origin: str) -> Note:
    """Return the text signed by the city."""
    return signed(Note(text), city_key(origin), _city_secret().sign)


def witness_key(name: str, secret: str) -> Key:
    """Return the public key of a witness with this secret, a long random text."""
    return Key(name, Kind.COSIGNATURE, _public(_private(secret)))


def countersign(note: Note, name: str, secret: str, *, unix_time: int) -> Note:
    """Return the note with the signature of a witness who saw it at this time."""
    return signed(note, witness_key(name, secret), _private(secret).sign, unix_time=unix_time)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _city_secret() -> Ed25519PrivateKey:
    if not (key := settings.MADANG_JOURNAL_KEY):
        raise ImproperlyConfigured("MADANG_JOURNAL_KEY is not set: nobody could sign the journal.")
    return _private(key)


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(secret.encode()).digest())


def _public(secret: Ed25519PrivateKey) -> bytes:
    return secret.public_key().public_bytes_raw()
