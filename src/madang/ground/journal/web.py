"""The log for programs, as C2SP's tlog-tiles lays it out, and one page that tells people of it."""

import re

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.ground.identity.access import May, Request, may
from madang.ground.journal import files, queries
from madang.ground.journal.witnesses import health_of_witnesses

TILE = re.compile(r"tile/(?:\d{1,2}|entries)/(?:x\d{3}/)*\d{3}(?:\.p/\d{1,3})?", re.ASCII)
NEWEST = 20


@may(May.EVERYONE)
@require_safe
@cache_control(max_age=5)
def checkpoint(request: Request) -> HttpResponse:
    """The newest signed head."""
    return HttpResponse(_file("checkpoint"), content_type="text/plain; charset=utf-8")


@may(May.EVERYONE)
@require_safe
@cache_control(max_age=3600)
def key(request: Request) -> HttpResponse:
    """The public key by which the head is checked."""
    return HttpResponse(_file("key"), content_type="text/plain; charset=utf-8")


@may(May.EVERYONE)
@require_safe
@cache_control(max_age=31_536_000, immutable=True)
def tile(request: Request, where: str) -> HttpResponse:
    """Hashes or entries; what a tile holds never changes."""
    return HttpResponse(_file(where), content_type="application/octet-stream")


@may(May.EVERYONE)
@require_safe
def proof(request: Request, place: int) -> HttpResponse:
    """The proof that one entry is in the log, to keep."""
    found = queries.proof_of(place)
    if found is None:
        raise Http404
    response = HttpResponse(str(found), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{place}.tlog-proof"'
    return response


@may(May.EVERYONE)
@require_safe
def journal(request: Request) -> HttpResponse:
    """What the journal is, where it stands, and how anybody checks it."""
    now = queries.standing()
    page = {
        "standing": now,
        "root": now and now.head.root.hex(),
        "key": now and _file("key").decode().strip(),
        "entries": [(_(entry.told), entry) for entry in queries.newest_entries(most=NEWEST)],
        "witnesses": [
            (witness, witness.fault and _(witness.fault.value)) for witness in health_of_witnesses()
        ],
        "address": request.build_absolute_uri("/journal"),
    }
    return render(request, "journal/journal.html", page)


def _file(where: str) -> bytes:
    try:
        return files.read(where)
    except FileNotFoundError:
        raise Http404 from None


app_name = "journal"
urlpatterns = [
    path("checkpoint", checkpoint, name="checkpoint"),
    path("key", key, name="key"),
    path("proof/<int:place>.tlog-proof", proof, name="proof"),
    re_path(rf"^(?P<where>{TILE.pattern})$", tile, name="tile"),
]
