"""What every request goes through: only text that can be kept, only whole pages for browsers."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.ground.block import Block
from madang.ground.processes import FRONT, RIGHTS
from madang.ground.walls.queries import paused
from madang.ground.words import said

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def only_plain_text(get_response: GetResponse) -> GetResponse:
    """Refuse what is no text before a page has to: PostgreSQL keeps no NUL.

    Everything is read as UTF-8, whatever charset a request claims for itself.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.encoding = "utf-8"
        sent = [
            value for data in (request.GET, request.POST) for _, v in data.lists() for value in v
        ]
        if any("\0" in text for text in (request.path, *request.GET, *request.POST, *sent)):
            raise SuspiciousOperation("a request with NUL in it")
        return get_response(request)

    return middleware


def vary_on_htmx(get_response: GetResponse) -> GetResponse:
    """Keep a part of a page apart from the whole page at the same address in every cache.

    Without it the browser's Back button shows the part alone. Where a part cannot be had (the
    session has ended), the whole browser is sent where the answer leads.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.headers.get("HX-Request") and response.status_code in {301, 302, 303}:
            # A part of a page was asked for; a whole other page must not be put into its place.
            target = response["Location"]
            response = HttpResponse(headers={"HX-Redirect": target})
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware


def only_what_is_on(get_response: GetResponse) -> GetResponse:
    """Say of a block that it is switched off, or that its own process does not answer.

    A process behind a wall has no pages but its own. One that does not answer is spoken for by the
    front, to which the proxy turns then.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in _FOR_ALL:  # of the process, whatever it serves
            return get_response(request)
        wall, block = wall_at(request.path_info), block_of(request.path_info)
        if wall in paused():
            return _unavailable(request, block)
        here = settings.MADANG_BLOCK
        if here not in {"", wall}:
            return _unavailable(request, block)
        return get_response(request)

    return middleware


_FOR_ALL = ("/healthz", "/readyz")


def wall_at(path: str) -> str:
    """Return behind which wall the page or data at this address is."""
    block = block_of(path)
    return block.name if block else RIGHTS if _room_at(path) == RIGHTS else FRONT


def block_of(path: str) -> Block | None:
    """Return whose page or data is at this address; None for what is the ground's."""
    room = _room_at(path)
    return next((each.block for each in settings.BLOCKS if each.block.name == room), None)


def _room_at(path: str) -> str:
    first, *rest = path.strip("/").split("/")
    if first == "api":
        return rest[1] if len(rest) > 1 else ""
    return rest[0] if rest and first in dict(settings.LANGUAGES) else first


def _unavailable(request: HttpRequest, block: Block | None) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    pause = paused().get(block.name) if block else None
    if request.path_info.startswith("/api/"):
        why = said(pause.reason, language) if pause else _("This part does not answer.")
        return JsonResponse({"detail": why}, status=503)
    name = block and (block.korean if language.startswith("ko") else block.english)
    page = {"name": name, "pause": pause, "reason": pause and said(pause.reason, language)}
    return render(request, "503_part.html", page, status=503)
