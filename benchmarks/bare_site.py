"""The site's settings and addresses plus one view that does nothing, to compare with."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from madang.site.settings import *  # noqa: F403
from madang.site.settings import MIDDLEWARE as MIDDLEWARE  # the bare view passes through it too

ROOT_URLCONF = "bare_site"


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def __getattr__(name: str) -> object:
    """Addresses are read after Django is up, settings before."""
    if name == "urlpatterns":
        from madang.site.urls import urlpatterns

        return [path("bare", bare), *urlpatterns]
    raise AttributeError(name)
