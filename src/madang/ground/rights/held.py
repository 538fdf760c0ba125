"""Everything that is held about one person, told by the rooms that hold it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from madang.ground.block import Block, ground_rooms
from madang.ground.keeping.personal import Personal
from madang.ground.privacy import declared

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Held:
    """One value that is held about the person who asks.

    field: as the room declares it, "Vote.value"; shows: the value in words, in the reader's
    language; value: as JSON, for programs; about, url: what it belongs to, as a hearing; thing: by
    which the person can ask for something to be done with just this; at: since when.
    """

    field: str
    shows: str
    value: Any
    about: str = ""
    url: str = ""
    thing: str = ""
    at: datetime | None = None


class Teller(Protocol):
    def __call__(self, *, person_id: UUID, language: str) -> Iterable[Held]: ...


@dataclass(frozen=True)
class HeldField:
    """A declared field with what it holds of the person."""

    name: str  # with its room: "hearings.Vote.value"
    declared: Personal
    values: tuple[Held, ...]
    is_told: bool  # False where the room does not answer for itself yet
    pauses: str  # what stops while an objection is open, an English catalogue key; "" for nothing


@dataclass(frozen=True)
class HeldRoom:
    block: Block
    fields: tuple[HeldField, ...]

    @property
    def filled(self) -> list[HeldField]:
        """The fields that hold something of the person, or may do so."""
        return [field for field in self.fields if field.values or not field.is_told]

    @property
    def empty(self) -> list[HeldField]:
        return [field for field in self.fields if field.is_told and not field.values]


_tellers: dict[str, Teller] = {}
_along: dict[str, str] = {}
_pauses: dict[str, str] = {}


def tells(room: str, *, along: Mapping[str, str] = NOTHING) -> Callable[[Teller], Teller]:
    """Let a room answer for what it holds: `held_about(person_id=, language=)` in its rights.py.

    along: fields that are told with another and have no part of their own on the page, as when
    something was done.
    """

    def hang_in(teller: Teller) -> Teller:
        assert room not in _tellers, f"two tell about {room}"
        _tellers[room] = teller
        _along.update({f"{room}.{field}": main for field, main in along.items()})
        return teller

    return hang_in


def pauses(field: str, sentence: str) -> None:
    """Say that an open objection to a field stops something, and what, in one sentence."""
    _pauses[field] = sentence


def declarations() -> list[tuple[Block, list[declared.Held]]]:
    """Return what each room declares that it keeps of people; the one place that reads it."""
    rooms = [block for block, _ in ground_rooms()] + [placed.block for placed in settings.BLOCKS]
    held = [(block, declared.held_in_room(block.name)) for block in rooms]
    return [(block, fields) for block, fields in held if fields]


def rooms_that_tell() -> frozenset[str]:
    return frozenset(_tellers)


def held_about_person(*, person_id: UUID, language: str) -> list[HeldRoom]:
    """Return all that is held, by room and field, with the fields that hold nothing.

    As many SQL queries as the rooms need, whatever the number of values.
    """
    found = []
    for block, kept in declarations():
        values = defaultdict(list)
        teller = _tellers.get(block.name, _nothing)
        for each in teller(person_id=person_id, language=language):
            values[each.field].append(each)
        assert set(values) <= {each.name for each in kept}, "only what is declared is kept"
        fields = tuple(
            _field(block.name, each, values[each.name])
            for each in kept
            if f"{block.name}.{each.name}" not in _along
        )
        found.append(HeldRoom(block, fields))
    return found


def _field(room: str, kept: declared.Held, values: list[Held]) -> HeldField:
    name = f"{room}.{kept.name}"
    return HeldField(name, kept.personal, tuple(values), room in _tellers, _pauses.get(name, ""))


def _nothing(*, person_id: UUID, language: str) -> Iterable[Held]:
    return ()


def find_held(
    *, person_id: UUID, language: str, field: str, thing: str
) -> tuple[HeldField, Held] | None:
    """Return what is held of this person under a field and thing; None for what is not theirs."""
    for room in held_about_person(person_id=person_id, language=language):
        for each in room.fields:
            if each.name == field:
                return next(((each, held) for held in each.values if held.thing == thing), None)
    return None
