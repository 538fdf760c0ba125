"""The first page, what is said about the house itself, and the health check."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_from_path, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from madang.decide.ballots.public import BallotCard, list_ballots
from madang.decide.plan.public import newest_commitments
from madang.ground.block import Block
from madang.ground.identity.access import May, Request, may
from madang.ground.rights.held import declarations
from madang.ground.rights.public import tally
from madang.ground.words import said
from madang.listen.hearings.public import HearingCard, list_hearings, list_waiting


@may(May.EVERYONE)
@require_safe
def home(request: Request) -> HttpResponse:
    """What is open now, what was decided, what is being done because of it."""
    language = get_language() or "ko"
    cards: list[HearingCard | BallotCard] = [*list_hearings(), *list_ballots()]
    is_official = request.who is not None and request.who.is_official
    waiting = list_waiting() if is_official else []
    page = {
        "waiting": [(each, said(each.words, language), n) for each, n in waiting],
        "open": [(each, said(each.words, language)) for each in cards if each.is_running],
        "past": [(each, said(each.words, language)) for each in cards if not each.is_running],
        "commitments": [(each, said(each.words, language)) for each in newest_commitments(most=6)],
    }
    return render(request, "site/home.html", page)


@may(May.EVERYONE)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Every personal field that ground and blocks declare: what, why, how long."""
    rooms = [
        (
            _name(block),
            [
                {"holds": _(each.holds), "purpose": _(each.purpose), "keep": _(each.keep)}
                for each in personal
            ],
        )
        for block, personal in declarations()
    ]
    counted = tally(at=timezone.now())
    return render(request, "site/privacy.html", {"rooms": rooms, "tally": counted})


@may(May.EVERYONE)
@require_safe
def blocks(request: HttpRequest) -> HttpResponse:
    """The blocks of this city, by stage."""
    rows = [
        {
            "label": _name(placed.block),
            "summary": _(placed.block.summary),
            "stage": placed.stage.value,
            "url": placed.block.home and reverse(placed.block.home),
        }
        for placed in settings.BLOCKS
    ]
    return render(request, "site/blocks.html", {"blocks": rows})


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


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that was refused before any page or even its language was looked for."""
    language = get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    with override(language):
        text = render_to_string("400.html", {"home": reverse("home")})
    return HttpResponseBadRequest(text)


def _name(block: Block) -> str:
    return block.korean if (get_language() or "ko").startswith("ko") else block.english
