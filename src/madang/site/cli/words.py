"""Texts of the commands in the language of the shell; the one catalogue, without Django."""

import gettext
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from madang.core.bad_input import BadInput
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


def say_wrong(wrong: BadInput | Refusal) -> int:
    """Say in one sentence on standard error what is wrong; return the exit code for it."""
    if isinstance(wrong, Refusal):
        sentence, code = str(wrong), wrong.exit_code
    else:
        sentence, code = sentence_of(wrong), 2
    print(sentence, file=sys.stderr)
    return code


def sentence_of(wrong: BadInput) -> str:
    """Return what is wrong in the language of the shell."""
    return f"{wrong.place}: {_(wrong.reason).format(**wrong.values)}"


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
