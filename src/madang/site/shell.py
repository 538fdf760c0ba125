"""What every page shows around itself: the city, the way through the blocks, the languages."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language

from madang.ground.block import PlacedBlock
from madang.ground.city.card import city
from madang.ground.words import said


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool
    code: str = ""
    stage: str = ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html asks for. No SQL."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "city": {"name": said(city().words, language)},
        "navigation": [_block_link(each, request.path, language) for each in _with_pages()],
        "language_links": [
            Link(name, translate_url(request.get_full_path(), code), code == language, code)
            for code, name in settings.LANGUAGES
        ],
        "live_url": settings.MADANG_LIVE_URL,
    }


def _with_pages() -> list[PlacedBlock]:
    return [placed for placed in settings.BLOCKS if placed.block.home]


def _block_link(placed: PlacedBlock, path: str, language: str) -> Link:
    block = placed.block
    assert block.home is not None
    url = reverse(block.home)
    label = block.korean if language.startswith("ko") else block.english
    return Link(label, url, path.startswith(url), stage=placed.stage.value)
