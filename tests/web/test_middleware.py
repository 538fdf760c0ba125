"""Parts and whole pages stay apart in caches."""

from django.http import HttpResponse
from django.test import RequestFactory

from madang.web.middleware import vary_on_htmx


def test_a_part_and_its_page_are_kept_apart_in_caches() -> None:
    answer = vary_on_htmx(lambda request: HttpResponse(headers={"Vary": "Cookie"}))
    assert answer(RequestFactory().get("/")).headers["Vary"] == "Cookie, HX-Request"
