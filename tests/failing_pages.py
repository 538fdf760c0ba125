"""Addresses whose pages fail in the ways in which pages fail, with a resident's data in the fault.

For tests alone: a root of addresses beside the site's own.
"""

from typing import Any

import psycopg
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from madang.site.operate.faults import unreadable as handler400  # noqa: F401
from madang.site.urls import handler404, handler500  # noqa: F401
from madang.site.urls import urlpatterns as site_urls

SECRET = "kim.minsu@daon.example"


def raise_with_values(request: HttpRequest, who: str) -> HttpResponse:
    local = request.POST.get("email", "")
    raise ValueError(f"{who} {local} {request.GET.get('q')} of {request.META['REMOTE_ADDR']}")


def break_a_constraint(request: HttpRequest, who: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE people (email text PRIMARY KEY)")
        try:
            for _ in range(2):
                cursor.execute("INSERT INTO people VALUES (%s)", [who])
        except IntegrityError:
            cursor.execute("SELECT 1")  # so that the second fault has the first as its context
            raise
    raise AssertionError("two of one key")


def lose_the_database(request: HttpRequest, who: str) -> HttpResponse:
    try:
        psycopg.connect("postgresql://nobody@/none?host=/nowhere")
    except psycopg.OperationalError as lost:
        raise OperationalError(f"{lost} {who}") from lost
    raise AssertionError("there is no such server")


def fill_the_disk(request: HttpRequest, who: str) -> HttpResponse:
    raise OSError(28, "No space left on device", f"/srv/{who}")


def say_a_code(request: HttpRequest, who: str) -> HttpResponse:
    from madang.listen.hearings.services import UnableToMove

    raise UnableToMove("not-open")


def _page(name: str, view: Any) -> Any:
    return path(f"{name}/<str:who>/", view, name=name)


urlpatterns = [
    _page("raise", raise_with_values),
    _page("constraint", break_a_constraint),
    _page("away", lose_the_database),
    _page("full", fill_the_disk),
    _page("unable", say_a_code),
    path("en/raise/<str:who>/", raise_with_values),
    path("api/v1/away/<str:who>/", lose_the_database),
    path("api/v1/raise/<str:who>/", raise_with_values),
    *site_urls,
]
