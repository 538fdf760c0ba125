"""What every page shows around itself: the city, the way through the blocks, the languages."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.ground.block import Block, PlacedBlock
from madang.ground.city.card import city
from madang.ground.walls.queries import paused
from madang.ground.words import said


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool
    stage: str = ""


@dataclass(frozen=True)
class LanguageLink:
    code: str
    name: str
    url: str
    current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html asks for. No SQL, but for `paused`."""
    language = get_language() or settings.LANGUAGE_CODE
    navigation = [_block_link(each, request.path, language) for each in _with_pages()]
    notice, contact = city().notice, city().contact
    return {
        "city": {"name": said(city().words, language)},
        "navigation": navigation,
        "stage": next((link.stage for link in navigation if link.current), ""),
        "site_notice": notice and said(notice, language),
        "contact": contact and said(contact, language),
        "footer_links": [
            Link(_("What is kept about you"), reverse("privacy"), current=False),
            Link(_("The blocks of this city"), reverse("blocks"), current=False),
            Link(_("The journal, for you to check"), reverse("journal"), current=False),
            Link(_("What was published, and how"), reverse("release:list"), current=False),
            Link(_("Open data for programs (OpenAPI)"), reverse("api:openapi-json"), current=False),
        ],
        "language_links": [
            LanguageLink(code, name, translate_url(request.get_full_path(), code), code == language)
            for code, name in settings.LANGUAGES
        ],
        "live_url": settings.MADANG_LIVE_URL,
        "switched_off": _switched_off(language),
    }


def _switched_off(language: str) -> list[tuple[str, str]]:
    """Return the names of blocks that are switched off, each with the reason."""
    off = paused()
    return [
        (_label(placed.block, language), said(off[placed.block.name].reason, language))
        for placed in settings.BLOCKS
        if placed.block.name in off
    ]


def _with_pages() -> list[PlacedBlock]:
    return [placed for placed in settings.BLOCKS if placed.block.home]


def _block_link(placed: PlacedBlock, path: str, language: str) -> Link:
    block = placed.block
    assert block.home is not None
    url = reverse(block.home)
    return Link(_label(block, language), url, path.startswith(url), stage=placed.stage.value)


def _label(block: Block, language: str) -> str:
    return block.korean if language.startswith("ko") else block.english
