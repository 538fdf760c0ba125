"""The request that is being served: its id, its code, the name of its page.

Never its address, for addresses hold what people wrote and who they are; never where it came from.
"""

import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the live process logs too, and needs no Django
    from django.http import HttpRequest

# No two of these look or sound alike on paper and on the telephone.
LETTERS = "34679ACDEFHJKMNPQRTVWXY"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Served:
    """A request being served. id: as `K7M-4PX-9ACDEFHJ34`; it begins with the code people quote."""

    id: str
    http: "HttpRequest"

    @property
    def code(self) -> str:
        return self.id[:7]

    @property
    def method(self) -> str:
        return next((known for known in METHODS if known == self.http.method), NONE)

    @property
    def route(self) -> str:
        """The page's name, which holds nothing of its address; "none" where no page was found."""
        found = self.http.resolver_match
        return NONE if found is None else found.view_name


SERVED: ContextVar[Served | None] = ContextVar("served", default=None)


def new_id() -> str:
    signs = "".join(secrets.choice(LETTERS) for _ in range(16))
    return f"{signs[:3]}-{signs[3:6]}-{signs[6:]}"


def fault_code() -> str:
    """Return the code under which the log tells of the request being served."""
    served = SERVED.get()
    return new_id()[:7] if served is None else served.code
