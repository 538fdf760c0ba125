"""Texts that people wrote in one language or more, kept as {"ko": …, "en": …}."""

import unicodedata
from collections.abc import Mapping

Words = Mapping[str, str]
UNKNOWN = "und"  # of BCP 47: a language that nobody noted


class Said(str):
    """A text that knows its language."""

    language: str

    def __new__(cls, text: str, language: str = UNKNOWN) -> "Said":
        said = super().__new__(cls, text)
        said.language = language
        return said


def said(words: Words, language: str) -> Said:
    """Return the text in `language`, else in the language it was first written in.

    Raises ValueError where there is no text at all.
    """
    for code in (language[:2], *words):
        if text := words.get(code):
            return as_written(text) if code == UNKNOWN else Said(text, code)
    raise ValueError("a text without words")


def is_language(code: str) -> bool:
    """Return whether this may be a language's code: "ko", "en", "yue"."""
    return code.isascii() and code.isalpha() and code.islower() and len(code) in (2, 3)


def as_written(text: str) -> Said:
    """Return a text whose language nobody noted with the one that its letters tell."""
    return Said(text, language_of(text))


def language_of(text: str, *, otherwise: str = UNKNOWN) -> str:
    """Return the language that the letters of a text tell, `otherwise` where they tell none.

    "ko" with Korean letters in it, else "ja" with Japanese ones, "zh" with Chinese ones, "en" with
    Latin ones. A guess, good enough to break lines and read aloud by, where nobody noted it.
    """
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in text}
    if "HANGUL" in names:
        return "ko"
    if names & {"HIRAGANA", "KATAKANA"}:
        return "ja"
    if "CJK" in names:
        return "zh"
    return "en" if "LATIN" in names and not names & {"CYRILLIC", "ARABIC"} else otherwise


_TURNS_DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
# Letters by their category, but nothing to see: Hangul fillers and the empty Braille cell.
_BLANK = {0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800}


def is_readable(text: str) -> bool:
    """Return whether the text holds anything to read, and not only spaces and invisible marks."""
    return any(
        unicodedata.category(letter)[0] not in "ZCM" and ord(letter) not in _BLANK
        for letter in text
    )


def turns_direction(text: str) -> bool:
    """Return whether marks in the text could make its letters show in another order."""
    return any(ord(letter) in _TURNS_DIRECTION for letter in text)


def marked(text: str) -> str:
    """Return the text itself; marks it for the message catalogue where Django is not at hand."""
    return text


def marked_plural(one: str, many: str) -> tuple[str, str]:
    """Return the two texts themselves; marks them as the forms of one message."""
    return one, many
