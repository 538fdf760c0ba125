"""Which blocks are switched off: asked on every page, and so kept in mind for a second."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from madang.ground.walls.models import Pause
from madang.ground.words import Words


@dataclass(frozen=True, slots=True)
class Paused:
    """A block that is switched off, why, and since when."""

    block: str
    reason: Words
    since: datetime


_kept: tuple[float, dict[str, Paused]] | None = None


def paused() -> dict[str, Paused]:
    """Return the blocks that are switched off, as they were a second ago at most.

    One SQL query a second and process.
    """
    global _kept
    now, kept = time.monotonic(), _kept
    if kept is None or now - kept[0] > settings.MADANG_PAUSES_KEPT_S:
        rows = Pause.objects.filter(resumed_at=None).order_by("block")
        kept = now, {row.block: Paused(row.block, row.reason, row.paused_at) for row in rows}
        _kept = kept
    return kept[1]


def look_again() -> None:
    """Let the next question go to the database."""
    global _kept
    _kept = None


def is_paused(block: str) -> bool:
    """Return whether a block is switched off, as `paused` does."""
    return block in paused()
