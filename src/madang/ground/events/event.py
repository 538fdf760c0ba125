"""The shape of an event, and the register by which a stored one is read again.

Free of Django: blocks declare their events without a database.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from pydantic import TypeAdapter

EVENTS: dict[str, type["Event"]] = {}


@dataclass(frozen=True)
class Event:
    """Something that happened: past tense, versioned, never changed once it is out.

    A subclass is a frozen keyword-only dataclass that names itself on the wire:
    `class HearingClosed(Event, wire="hearings.hearing-closed.v1", told=_("A hearing closed"))`,
    where `told` says in plain words what happened (an English catalogue key). One that speaks of a
    person adds `sealed=True`: the journal then shows that it happened, and none of its facts.
    """

    wire: ClassVar[str]
    told: ClassVar[str]
    sealed: ClassVar[bool]

    def __init_subclass__(cls, wire: str, *, told: str = "", sealed: bool = False) -> None:
        assert wire not in EVENTS, f"two events are called {wire}"
        assert wire.rpartition(".v")[2].isdigit(), f"{wire} carries no version"
        cls.wire, cls.told, cls.sealed = wire, told, sealed
        EVENTS[wire] = cls


def to_payload(event: Event) -> dict[str, Any]:
    """Return the event as plain JSON values."""
    payload: dict[str, Any] = _adapter(event.wire).dump_python(event, mode="json")
    return payload


def from_payload(wire: str, payload: dict[str, Any]) -> Event:
    """Return the event that `to_payload` made. Raises KeyError for a name nobody declares."""
    return _adapter(wire).validate_python(payload)


@cache
def _adapter(wire: str) -> TypeAdapter[Event]:
    return TypeAdapter(EVENTS[wire])  # costs more to make than all it will ever do
