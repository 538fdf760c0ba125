"""What every request goes through: only text that can be kept, only whole pages for browsers."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

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
