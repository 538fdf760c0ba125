"""Texts of the commands in the language of the shell; the one catalogue, without Django."""

import gettext
import os
from pathlib import Path
from typing import Annotated

import typer

from madang.ground.words import is_language
from madang.site.cli.refusal import Refusal

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def shell_language() -> str:
    """Return "ko" or "en": MADANG_LANGUAGE first, then what the shell speaks."""
    for name in ("MADANG_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if spoken := os.environ.get(name, ""):
            return "ko" if spoken.lower().startswith("ko") else "en"
    return "en"


_catalogue = gettext.translation("django", LOCALE, [shell_language()], fallback=True)
_ = _catalogue.gettext


def _checked(code: str) -> str:
    if code and not is_language(code):
        sentence = _("{code}: not the code of a language, as ko, en and de are.")
        raise Refusal(sentence.format(code=code))
    return code


Language = Annotated[
    str,
    typer.Option(
        help=_("Code of the language the texts are in, as in ko, en or de."), callback=_checked
    ),
]
