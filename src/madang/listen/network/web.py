"""The one page of the network block that is for everyone: that there is a register, and how large.

The map itself tells an attacker where to begin, so that only officials see it (desk.py).
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from madang.ground.identity.access import May, Request, may
from madang.listen.network import desk, queries


@may(May.EVERYONE)
@require_safe
def home(request: Request) -> HttpResponse:
    """How many systems the city keeps apart, and since when; officials see the versions."""
    is_official = request.who is not None and request.who.is_official
    versions = queries.list_versions() if is_official else []
    page = {"newest": queries.newest_version(), "versions": versions, "stage": "listen"}
    return render(request, "network/home.html", page)


app_name = "network"
urlpatterns = [path("", home, name="home"), *desk.urlpatterns]
