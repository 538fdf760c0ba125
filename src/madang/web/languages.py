"""Texts on a page in another language: an element that names its language is read aloud in it."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from madang.ground.words import UNKNOWN


def foreign_language(text: object) -> str:
    """Return the language of a text where it is known and is not the page's, else ""."""
    language: str = getattr(text, "language", UNKNOWN)
    return "" if language in (UNKNOWN, (get_language() or "")[:2]) else language


def lang(text: object) -> SafeString:
    """The attribute for an element around the text: <h1{{ title|lang }}>{{ title }}</h1>."""
    language = foreign_language(text)
    return format_html(' lang="{}"', language) if language else SafeString()


def spoken(text: object) -> SafeString:
    """The text as part of another sentence, in an element of its own where it needs one."""
    return format_html("<span{}>{}</span>" if foreign_language(text) else "{1}", lang(text), text)


class SpokenSelect(forms.Select):
    """A list whose entries name their language."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if language := foreign_language(option["label"]):
            option["attrs"]["lang"] = language
        return option
