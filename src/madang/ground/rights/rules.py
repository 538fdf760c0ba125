"""By when a request must be answered, and which kinds there are.

Source: Korea's Personal Information Protection Act, Articles 35 to 38, and its Enforcement Decree,
Articles 41 (access), 43 (correction and erasure) and 44 (suspension): within ten days of receipt.
The day of receipt is not counted (Civil Act, Article 157). A last day on a weekend or a holiday
would move to the next working day (Article 161); we do not move it: rather early than late.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

JURISDICTION = "KR"
DAYS_TO_ANSWER = 10
LONGEST_WORDS = 1000
MOST_OPEN = 20  # requests of one person at once
# How long these records are kept themselves. The law asks for a year or two of access records
# (standard of safety measures, Article 8); a consent and a request are kept as long as one may
# still be argued about.
KEEP_LOOKS = timedelta(days=2 * 365)
KEEP_ANSWERED = timedelta(days=3 * 365)


class Kind(StrEnum):
    """What is asked for. To see and to take along need no request: the page does both at once."""

    CORRECT = "correct"
    ERASE = "erase"
    RESTRICT = "restrict"


class State(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"


def due_on(asked_at: datetime, *, zone: str) -> date:
    """Return the last day on which the request can be answered in time, in the city's own days."""
    return asked_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=DAYS_TO_ANSWER)


def days_left(due: date, *, at: datetime, zone: str) -> int:
    """Return how many days are left; 0 on the last day, below that where it is too late."""
    return (due - at.astimezone(ZoneInfo(zone)).date()).days
