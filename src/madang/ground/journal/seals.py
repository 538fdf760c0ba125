"""How an entry is spelled, how one is sealed, and how its owner opens it. Free of Django.

An entry is canonical JSON (RFC 8785), so that anybody who is told the facts makes the same bytes:
`{"act": …, "at": …, "facts": {…}}`, or `{"act": …, "seal": …}` where the facts speak of a person.
The seal is HMAC-SHA256 of the former under a random salt: without the salt nobody can try who it
might be, and once the salt is erased nobody ever can.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from hmac import new as hmac_new
from typing import Any

import rfc8785

from madang.core.tlog.tiles import LONGEST_ENTRY


def statement(*, act: str, at: datetime, facts: dict[str, Any]) -> bytes:
    """Return what happened as canonical JSON. The time is UTC, in microseconds."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return rfc8785.dumps({"act": act, "at": moment, "facts": facts})


def open_entry(act: str, said: bytes) -> bytes:
    """Return a statement as an entry: itself, or its hash where it is too long for one."""
    if len(said) <= LONGEST_ENTRY:
        return said
    return rfc8785.dumps({"act": act, "sha256": sha256(said).hexdigest()})


def sealed_entry(act: str, said: bytes, salt: bytes | None) -> bytes:
    """Return the entry of a statement that is not told. Without a salt it is nobody's any more."""
    seal = None if salt is None else hmac_new(salt, said, sha256).hexdigest()
    return rfc8785.dumps({"act": act, "seal": seal})


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
