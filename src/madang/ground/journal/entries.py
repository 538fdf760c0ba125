"""What the log says of an event: its facts, or a seal that only its owner can open.

An entry is canonical JSON (RFC 8785), so that anybody who is told the facts makes the same bytes:
`{"act": …, "at": …, "facts": {…}}`, or `{"act": …, "seal": …}` where the facts speak of a person.
The seal is HMAC-SHA256 of the former under a random salt: without the salt nobody can try who it
might be, and once the salt is erased nobody ever can.
"""

from datetime import UTC, datetime
from hashlib import sha256
from hmac import new as hmac_new
from typing import Any

import rfc8785

from madang.core.tlog.tiles import LONGEST_ENTRY
from madang.ground.events.models import OutboxEvent


def entry_of(event: OutboxEvent) -> bytes:
    """Return the event as an entry of the log, at most 65,535 bytes long."""
    said = statement(act=event.wire, at=event.recorded_at, facts=event.payload)
    if event.is_sealed:
        # Without its salt it is nobody's any more, and never told openly.
        stands_for = None if event.salt is None else seal(bytes(event.salt), said)
        return rfc8785.dumps({"act": event.wire, "seal": stands_for})
    if len(said) > LONGEST_ENTRY:
        return rfc8785.dumps({"act": event.wire, "sha256": sha256(said).hexdigest()})
    return said


def statement(*, act: str, at: datetime, facts: dict[str, Any]) -> bytes:
    """Return what happened as canonical JSON. The time is UTC, in microseconds."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return rfc8785.dumps({"act": act, "at": moment, "facts": facts})


def seal(salt: bytes, said: bytes) -> str:
    """Return what stands for a statement whose facts are not told, in 64 hexadecimal digits."""
    return hmac_new(salt, said, sha256).hexdigest()
