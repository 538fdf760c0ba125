"""Texts of the commands in the language of the shell; the one catalogue, without Django."""

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def shell_language() -> str:
    """Return "ko" or "en": MADANG_LANGUAGE first, then what the shell speaks."""
    for name in ("MADANG_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if spoken := os.environ.get(name, ""):
            return "ko" if spoken.lower().startswith("ko") else "en"
    return "en"


_catalogue = gettext.translation("django", LOCALE, [shell_language()], fallback=True)
_ = _catalogue.gettext
