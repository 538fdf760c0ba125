"""Stand-ins for people: the same person and purpose give the same one, nobody can go back.

HMAC-SHA256 (RFC 2104) under a key of the block, which is derived from the city's key by HKDF
(RFC 5869) and lives outside the database. Two purposes never share a pseudonym, so tables of two
hearings cannot be joined on it; and a block makes pseudonyms for its own purposes alone.
"""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from madang.ground.keeping.keystore import KeyName, UnableToUseKey, keys_of, read_key
from madang.ground.privacy.models import Generation

FIRST = 1  # the generation of a city that has renewed none


class UnableToLink(Exception):
    """A stand-in was asked for a purpose of another block: "another-block", "no-key"."""


def pseudonym(*, block: str, person_id: UUID, purpose: str) -> str:
    """Return 64 hexadecimal digits that stand for the person in this purpose alone.

    purpose: the block's name, a dot, and what for, as in "hearings.after". One SQL query.
    Raises UnableToLink: "another-block", for what one block holds must not lead to what another
    does; "no-key" in a process that was given the keys of other blocks only. Raises UnableToUseKey
    where the database is older than a renewal whose secret is destroyed.
    """
    if purpose.partition(".")[0] != block:
        raise UnableToLink("another-block")
    try:
        key = generation_key(block, generation_of(purpose))
    except UnableToUseKey:  # renewed since we asked for the generation
        key = generation_key(block, generation_of(purpose))
    return stand_in(key, person_id, purpose)


def pseudonyms(*, block: str, asked: Sequence[tuple[UUID, str]]) -> list[str]:
    """Return what `pseudonym` does for each person and purpose, in this order. One SQL query.

    Raises UnableToLink and UnableToUseKey as it does.
    """
    purposes = {purpose for _, purpose in asked}
    if any(purpose.partition(".")[0] != block for purpose in purposes):
        raise UnableToLink("another-block")
    known = dict(
        Generation.objects.filter(purpose__in={block, *purposes}).values_list("purpose", "number")
    )
    of = {purpose: known.get(purpose, known.get(block, FIRST)) for purpose in purposes}
    keys = {number: generation_key(block, number) for number in set(of.values())}
    return [stand_in(keys[of[purpose]], person_id, purpose) for person_id, purpose in asked]


def stand_in(key: bytes, person_id: UUID, purpose: str) -> str:
    return hmac.new(key, f"{purpose}\n{person_id}".encode(), hashlib.sha256).hexdigest()


def generation_of(purpose: str) -> int:
    """Return the generation under which this purpose's stand-ins are made now."""
    block = purpose.partition(".")[0]
    known = dict(
        Generation.objects.filter(purpose__in=(purpose, block)).values_list("purpose", "number")
    )
    return known.get(purpose, known.get(block, FIRST))


def generation_key(block: str, generation: int) -> bytes:
    """Return the block's key of a generation. Raises UnableToLink; UnableToUseKey."""
    if given := settings.MADANG_PSEUDONYM_KEYS:
        try:
            return _unpacked(given[block])[generation]
        except (KeyError, ValueError):
            raise UnableToLink("no-key") from None
    city: str = settings.MADANG_PSEUDONYM_KEY
    if not city:
        raise ImproperlyConfigured("MADANG_PSEUDONYM_KEY is not set: nobody could be told apart.")
    if generation == 0:
        return city.encode()
    salt = None if generation == FIRST else read_key(salt_name(block, generation))
    info = f"madang pseudonyms of {block}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(city.encode())


def key_for(block: str) -> str:
    """Return what a process that runs this block alone needs to make its stand-ins.

    It goes into MADANG_PSEUDONYM_KEY_ and the block's name in capitals: each generation in use
    with its key, and nothing from which another block's could be made. Not generation 0, whose key
    is the city's own: `madang privacy rotate-pseudonyms` leads out of it.
    """
    generations = {FIRST, *(int(name.period) for name in keys_of(salt_purpose(block)))}
    return " ".join(f"{n}:{generation_key(block, n).hex()}" for n in sorted(generations))


def salt_purpose(block: str) -> str:
    return f"pseudonyms.{block}"


def salt_name(block: str, generation: int) -> KeyName:
    return KeyName(salt_purpose(block), f"{generation:04}")


def _unpacked(given: str) -> dict[int, bytes]:
    pairs = (each.partition(":") for each in given.split())
    return {int(number): bytes.fromhex(key) for number, _, key in pairs}
