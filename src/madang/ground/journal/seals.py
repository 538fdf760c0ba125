"""How an entry is spelled, how one is sealed, and how its owner opens it. Free of Django.

An entry is canonical JSON (RFC 8785), so that anybody who is told the facts makes the same bytes:
`{"act": …, "at": …, "facts": {…}}`, or `{"act": …, "seal": …}` where the facts speak of a person.
The seal is HMAC-SHA256 of the former under a random salt: without the salt nobody can try who it
might be, and once the salt is erased nobody ever can.
"""

import json
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from hmac import digest

import rfc8785

from madang.core.tlog.tiles import LONGEST_ENTRY

LONGEST_WHOLE = 15  # characters of a number that both ways of spelling surely know


class _Unusual(ValueError):
    """A number that Python's own JSON would spell in another way, or might."""


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_WHOLE:
        raise _Unusual
    return int(digits)


def _fraction(digits: str) -> float:
    raise _Unusual


_read = json.JSONDecoder(
    parse_int=_whole, parse_float=_fraction, parse_constant=_fraction
).raw_decode
_spell = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(text: str) -> bytes:
    """Return JSON in the one way in which RFC 8785 spells it. Raises ValueError.

    Python's own encoder does so too, and many times faster, but for fractions, for large numbers,
    and where keys are sorted that have characters of more than 16 bits.
    """
    try:
        spelled = _spell(_read(text)[0])
    except _Unusual:
        return rfc8785.dumps(json.loads(text))
    if spelled.isascii() or len(spelled.encode("utf-16-le")) == 2 * len(spelled):
        return spelled.encode()
    return rfc8785.dumps(json.loads(text))


def moment(at: datetime) -> str:
    """Return the time in UTC, in microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def statement(*, act: str, at: str, facts: str) -> bytes:
    """Return what happened as canonical JSON. at: as `moment` spells it; facts: as JSON."""
    return b'{"act":%b,"at":"%b","facts":%b}' % (_quoted(act), at.encode(), canonical(facts))


@cache
def _quoted(act: str) -> bytes:
    return rfc8785.dumps(act)


def open_entry(act: str, said: bytes) -> bytes:
    """Return a statement as an entry: itself, or its hash where it is too long for one."""
    if len(said) <= LONGEST_ENTRY:
        return said
    return rfc8785.dumps({"act": act, "sha256": sha256(said).hexdigest()})


def sealed_entry(act: str, said: bytes, salt: bytes | None) -> bytes:
    """Return the entry of a statement that is not told. Without a salt it is nobody's any more."""
    seal = b"null" if salt is None else b'"%b"' % digest(salt, said, "sha256").hex().encode()
    return b'{"act":%b,"seal":%b}' % (_quoted(act), seal)


def opening(said: bytes, salt: bytes) -> bytes:
    """Return what the owner of a sealed entry keeps, to show what it says."""
    return rfc8785.dumps({"opens": {"said": said.decode(), "salt": salt.hex()}})


def entry_shown(shown: bytes) -> tuple[bytes, str]:
    """Return the entry that a receipt is for, and what it says, from the data beside its proof.

    That is the entry itself, or an opening, which makes the entry again if it is true.
    """
    try:
        key = json.loads(shown)["opens"]
        said, salt = key["said"], bytes.fromhex(key["salt"])
        act = json.loads(said)["act"]
    except (ValueError, KeyError, TypeError):
        return shown, shown.decode("utf-8", "replace")
    return sealed_entry(act, said.encode(), salt), said
