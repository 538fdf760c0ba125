"""Who may see a page: every view says so itself, and a test reads what they say."""

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase  # noqa: TID251 the gate itself speaks HTTP
from django.urls import reverse

from madang.ground.identity.models import Role
from madang.ground.identity.public import Who, who_is

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


class Request(HttpRequest):
    """A request that came through the gate: `who` is None for nobody."""

    who: Who | None


class May(Enum):
    """Who may use a view. Each includes what it needs: a resident is signed in."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed in"
    RESIDENT = "resident"
    OFFICIAL = "official"
    COMMITTEE = "committee"


def may(who: May) -> Callable[[V], V]:
    """Let only these people in. Others are asked to sign in, to say where they live, or refused."""

    def guard(view: V) -> V:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.who = who_is(request.user)
            if who is not May.EVERYONE and request.who is None:
                return redirect_to_login(_way_back(request))
            if who is May.RESIDENT and not _lives_here(request.who):
                return redirect_to_login(_way_back(request), reverse("identity:residency"))
            if not _is_let_in(who, request.who):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.may = who  # type: ignore[attr-defined]  # read by the test of all addresses
        return guarded  # type: ignore[return-value]  # wraps() keeps the view's own shape

    return guard


def _lives_here(who: Who | None) -> bool:
    return who is not None and who.is_resident


def _is_let_in(may: May, who: Who | None) -> bool:
    needed = {May.OFFICIAL: Role.OFFICIAL, May.COMMITTEE: Role.COMMITTEE}.get(may)
    return needed is None or (who is not None and needed in who.roles)


def _way_back(request: HttpRequest) -> str:
    """Where to go on after signing in: this page, or the page of ours a form was sent from."""
    if request.method != "POST":
        return request.get_full_path()
    try:
        sent_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all
        return reverse("home")
    return sent_from.path if sent_from.netloc == request.get_host() else reverse("home")
