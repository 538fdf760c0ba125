"""What the walls tell: that a block was switched off or on, which everybody may know."""

from dataclasses import dataclass
from datetime import datetime

from madang.ground.events.event import Event
from madang.ground.words import Words
from madang.ground.words import marked as _


@dataclass(frozen=True, kw_only=True)
class BlockPaused(Event, wire="walls.block-paused.v1", told=_("A block was switched off")):
    block: str
    reason: Words
    paused_at: datetime


@dataclass(frozen=True, kw_only=True)
class BlockResumed(Event, wire="walls.block-resumed.v1", told=_("A block was switched on again")):
    block: str
    resumed_at: datetime
