"""The first page, and what is said about the house itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from madang.decide.ballots.public import BallotCard, list_ballots
from madang.decide.plan.public import newest_commitments
from madang.ground.block import Block
from madang.ground.identity.access import May, Request, may
from madang.ground.keeping.personal import Personal
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
    """Every personal field that the models declare: what, why, by which right, how long."""
    rooms = [
        (_name(block), [_told(each.personal) for each in held]) for block, held in declarations()
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


def _told(personal: Personal) -> dict[str, str]:
    return {
        "holds": _(personal.holds),
        "purpose": _(personal.purpose),
        "ground": _(personal.ground.words),
        "articles": personal.ground.articles,
        "keep": _(personal.keep.words),
    }


def _name(block: Block) -> str:
    return block.korean if (get_language() or "ko").startswith("ko") else block.english
