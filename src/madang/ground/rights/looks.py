"""For what the city's people look at somebody's data. Each look is declared, noted and shown.

A view or a command that shows or uses data of a named person declares so with `@looks_at_people`,
and calls a service that notes the look in the same transaction (`note_look`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from madang.ground.words import marked as _

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Look:
    """code: by which it is noted for good; purpose and what: English catalogue keys."""

    code: str
    purpose: str
    what: str

    def __post_init__(self) -> None:
        assert self.code not in LOOKS, f"two looks are called {self.code}"
        LOOKS[self.code] = self


class By(StrEnum):
    """As what somebody looked. An operator is whoever may use the city's shell."""

    OFFICIAL = "official"
    COMMITTEE = "committee"
    OPERATOR = "operator"


LOOKS: dict[str, Look] = {}
DECLARED: dict[str, Look] = {}  # by the name of the view or command

REQUEST = Look(
    code="rights.request",
    purpose=_("To answer your request"),
    what=_("Your e-mail address, your request, and what it is about"),
)
ACCOUNT = Look(
    code="identity.account",
    purpose=_("To add an account for you"),
    what=_("Your e-mail address"),
)
ROLE = Look(
    code="identity.role",
    purpose=_("To give you a role or take one back"),
    what=_("Your e-mail address and your roles"),
)
RESIDENCY = Look(
    code="identity.residency",
    purpose=_("To record at a counter where you live"),
    what=_("Your e-mail address and your district"),
)


def looks_at_people(look: Look) -> Callable[[F], F]:
    """Declare that a view or command looks at people for this, and notes it."""

    def declare(looking: F) -> F:
        looking.look = look  # type: ignore[attr-defined]  # read by tests and the reference
        DECLARED[f"{looking.__module__}.{looking.__qualname__}"] = look
        return looking

    return declare
