"""The first page, what is said about the house itself, and the health check."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from madang.ground.identity.access import May, may


@may(May.EVERYONE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is open now, what was decided, what is being done."""
    return render(request, "site/home.html", {})


@may(May.EVERYONE)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Every personal field that the blocks declare: what, why, how long."""
    return render(request, "site/privacy.html", {"blocks": settings.BLOCKS})


@may(May.EVERYONE)
@require_safe
def blocks(request: HttpRequest) -> HttpResponse:
    """The blocks of this city, by stage."""
    return render(request, "site/blocks.html", {"blocks": settings.BLOCKS})


@may(May.EVERYONE)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "robots.txt", content_type="text/plain")


@may(May.EVERYONE)
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" where pages and database work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
