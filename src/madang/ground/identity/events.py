"""What the ground tells of people: who it is stays inside, so people go by their id."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class ResidencyRecorded(
    Event,
    wire="identity.residency-recorded.v1",
    told=_("Somebody said where they live"),
    sealed=True,
):
    person_id: UUID
    proof: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class ResidencyForgotten(
    Event,
    wire="identity.residency-forgotten.v1",
    told=_("Somebody had their district erased"),
    sealed=True,
):
    person_id: UUID
    forgotten_at: datetime


@dataclass(frozen=True, kw_only=True)
class RoleGranted(
    Event, wire="identity.role-granted.v1", told=_("Somebody was given a role"), sealed=True
):
    person_id: UUID
    role: str
    granted_at: datetime


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(
    Event, wire="identity.role-withdrawn.v1", told=_("A role was taken back"), sealed=True
):
    person_id: UUID
    role: str
    withdrawn_at: datetime


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event, wire="identity.person-left.v1", told=_("Somebody left")):
    left_at: datetime  # nobody is named: who it was is erased
