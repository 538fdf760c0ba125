"""What every answer of the site needs because htmx asks for parts of pages."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def vary_on_htmx(get_response: GetResponse) -> GetResponse:
    """Keep a part of a page apart from the whole page at the same address in every cache.

    Without it the browser's Back button shows the part alone.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware
