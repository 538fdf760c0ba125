"""Texts that people wrote in one language or more, kept as {"ko": …, "en": …}."""

from collections.abc import Mapping

Words = Mapping[str, str]


def said(words: Words, language: str) -> str:
    """Return the text in `language`, else in the language it was first written in.

    Raises ValueError where there is no text at all.
    """
    text = words.get(language[:2]) or next(filter(None, words.values()), None)
    if text is None:
        raise ValueError("a text without words")
    return text


def marked(text: str) -> str:
    """Return the text itself; marks it for the message catalogue where Django is not at hand."""
    return text


def marked_plural(one: str, many: str) -> tuple[str, str]:
    """Return the two texts themselves; marks them as the forms of one message."""
    return one, many
