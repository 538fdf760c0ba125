"""Two events for the tests of the journal: one that is told openly, one that speaks of a person."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from madang.ground.events import outbox
from madang.ground.events.event import Event

GUEST = UUID("12345678-1234-4678-8234-567812345678")


@dataclass(frozen=True, kw_only=True)
class GateOpened(Event, wire="tests.gate-opened.v1"):
    gate: str


@dataclass(frozen=True, kw_only=True)
class GuestCame(Event, wire="tests.guest-came.v1", sealed=True):
    guest: UUID


def open_gates(*gates: str) -> None:
    with transaction.atomic():
        for gate in gates:
            outbox.record(GateOpened(gate=gate))


def welcome(guest: UUID = GUEST) -> None:
    with transaction.atomic():
        outbox.record(GuestCame(guest=guest))
