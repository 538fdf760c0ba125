"""The keys with which the city signs its log and witnesses countersign it (Ed25519)."""

from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from madang.core.tlog.note import NAME, Key, Kind, Note, signed


def city_key(origin: str) -> Key:
    """Return the public key of the city's log."""
    return Key(origin, Kind.NOTE, _public(_city_secret()))


def name_of_new_log() -> str:
    """Return what the settings call the log, or the first host that is one of the city's own.

    Raises ImproperlyConfigured where there is none, or it cannot be a name.
    """
    hosts = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    name = str(settings.MADANG_JOURNAL_NAME) or (f"{hosts[0]}/journal" if hosts else "")
    if not name:
        raise ImproperlyConfigured(
            "MADANG_HOSTS names no single host that the journal could be called after: say with"
            " MADANG_JOURNAL_NAME what it is called, as in madang.city.example/journal."
        )
    if not NAME.fullmatch(name):
        raise ImproperlyConfigured(
            f"The journal cannot be called {name!r}: MADANG_JOURNAL_NAME takes a name without"
            " spaces and plus signs, as in madang.city.example/journal."
        )
    return name


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
