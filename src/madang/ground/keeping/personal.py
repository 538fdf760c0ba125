"""What a model says of its personal fields: what each holds, why, by which right, for how long.

Free of Django. Every field of a table is either personal, and then it is declared with all of
that, or named as impersonal; `madang.ground.privacy.declared` finds the ones that are neither.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TypeVar

from madang.ground.words import marked as _

M = TypeVar("M", bound=type)


class LegalGround(Enum):
    """By which right a field is kept: words, GDPR article 6(1), Korean PIPA article 15(1)."""

    CONSENT = (_("You agreed to it"), "a", "1")
    CONTRACT = (_("A contract with you needs it"), "b", "4")
    DUTY = (_("A law obliges the city"), "c", "2")
    VITAL = (_("It protects somebody's life"), "d", "5")
    TASK = (_("A public task of the city needs it"), "e", "3")
    INTEREST = (_("The city's legitimate interest outweighs yours"), "f", "6")

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def articles(self) -> str:
        return f"GDPR 6(1)({self.value[1]}), PIPA 15(1)({self.value[2]})"


class Rule(Enum):
    """Until when a field is kept."""

    ACCOUNT = "while the account exists"
    NEEDED = "while its row is in use"
    AFTER = "so long after a moment"
    RECORD = "as a public record"


class Erase(Enum):
    """What erasing does when a field is due."""

    ROW = "deletes the row"
    BLANK = "empties the field"
    STAND_IN = "puts a random stand-in in its place"


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Until when, for programs and in words (an English catalogue key)."""

    words: str
    rule: Rule
    lasting: timedelta = timedelta(0)  # of AFTER
    since: str = ""  # of AFTER: the field of the moment, as in "hearing__closed_at"


def with_account(words: str) -> Keep:
    return Keep(words=words, rule=Rule.ACCOUNT)


def while_needed(words: str) -> Keep:
    return Keep(words=words, rule=Rule.NEEDED)


def public_record(words: str) -> Keep:
    return Keep(words=words, rule=Rule.RECORD)


def after(since: str, words: str, *, days: int) -> Keep:
    return Keep(words=words, rule=Rule.AFTER, lasting=timedelta(days=days), since=since)


@dataclass(frozen=True, kw_only=True)
class Personal:
    """One personal field of a model; texts are English catalogue keys.

    only: on which rows the field is somebody's, as a filter. stand_in: of a pseudonym, the purpose
    it was made for, as in "hearings.{hearing__slug}". facts: events about the row's person that
    say nothing any more once the field is erased, by name.
    """

    field: str
    holds: str
    purpose: str
    ground: LegalGround
    keep: Keep
    erase: Erase = Erase.ROW
    only: Mapping[str, str] = dataclasses.field(default_factory=dict)
    stand_in: str = ""
    facts: str = ""


@dataclass(frozen=True)
class Declared:
    """All that a model says of its fields."""

    personal: tuple[Personal, ...]
    impersonal: frozenset[str]


def declares(*personal: Personal, impersonal: str = "") -> Callable[[M], M]:
    """Say of a model which fields are personal, and which are nobody's (names with spaces)."""

    def declare(model: M) -> M:
        model.declared = Declared(personal, frozenset(impersonal.split()))  # type: ignore[attr-defined]  # read by privacy.declared
        return model

    return declare
