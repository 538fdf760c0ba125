"""Which dates can be meant: a mistyped year is refused before anything is kept with it."""

from datetime import date, datetime, timedelta

LONGEST_OPEN = timedelta(days=3653)  # ten years
MOST_YEARS_AWAY = 30  # of the start or the end of what a city does


def why_not_until(closes_at: datetime | None, *, at: datetime) -> str | None:
    """Return a stable code for why nothing can be open from now (`at`) until then.

    "closes-in-the-past", "closes-too-late"; None where it can, or where no end is named.
    """
    if closes_at is None:
        return None
    if closes_at <= at:
        return "closes-in-the-past"
    return "closes-too-late" if closes_at > at + LONGEST_OPEN else None


def is_plausible(day: date, *, today: date) -> bool:
    """Return whether a city can mean this day when it plans."""
    return abs(day.year - today.year) <= MOST_YEARS_AWAY
