"""What the journal keeps of an erasure: that it happened and what of, never what was erased."""

from dataclasses import dataclass
from datetime import datetime

from madang.ground.events.event import Event
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class DataErased(
    Event, wire="privacy.data-erased.v1", told=_("Data that were due were erased"), sealed=False
):
    """The certificate of a deletion. Which events and notes say nothing any more is told by
    FactsErased beside it."""

    declaration: str  # as in "hearings.Participant.pseudonym", or the name of an eraser
    kind: str  # row | blank | stand_in | other
    number: int  # of rows, files or jobs
    erased_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeyDestroyed(
    Event, wire="privacy.key-destroyed.v1", told=_("A key was destroyed for ever"), sealed=False
):
    """The certificate for all copies: what was sealed under this key can be read nowhere."""

    purpose: str  # as in "identity.residency"
    period: str  # of a field the month, as in "2028-05"; of stand-ins the generation
    certified_at: datetime


@dataclass(frozen=True, kw_only=True)
class StandInsRenewed(
    Event,
    wire="privacy.stand-ins-renewed.v1",
    told=_("The stand-ins of one hearing or ballot were made anew"),
):
    purpose: str
    generation: int
    renewed_at: datetime
