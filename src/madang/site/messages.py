"""Gather every text to translate into the one catalogue: `make messages`.

Babel reads and writes the catalogue; Django's own templatize turns templates into something
that Babel's Python extractor reads. No gettext programs are needed.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = ("ko", "en")
# BadInput's third argument is its sentence, the first one that of what is wrong with a log, and
# the title of a level of a hierarchy;
# `marked` names texts where Django is not at hand.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "marked": None,
    "marked_plural": (1, 2),
    "BadInput": (3,),
    "NotProved": (1,),
    "BadNote": (1,),
    "Level": (1,),
}


def gather() -> Catalog:
    """Return every text in the package's modules and templates, by place."""
    found = Catalog(project="madang", charset="utf-8", fuzzy=False)
    for path, source in _sources():
        place = str(path.relative_to(PACKAGE))
        for _line, function, arguments, _comments in extract_python(
            BytesIO(source.encode()), KEYWORDS, [], {"encoding": "utf-8"}
        ):
            assert isinstance(function, str), "Babel names the function by the keyword found"
            _add(found, KEYWORDS[function], arguments, place)
    return found


def catalogue(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    with catalogue(language).open("rb") as stream:
        return read_po(stream, locale=language)


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield path, path.read_text("utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield path, templatize(path.read_text("utf-8"), origin=str(path))


def _add(found: Catalog, keyword: object, arguments: object, place: str) -> None:
    """Put one call's text in; a call whose text is no literal has none."""
    given = arguments if isinstance(arguments, tuple) else (arguments,)
    wanted = keyword if isinstance(keyword, tuple) else (1,)
    context, texts = None, []
    for each in wanted:
        position = each[0] if isinstance(each, tuple) else each
        text = given[position - 1] if len(given) >= position else None
        if not isinstance(text, str) or not text:
            return
        if isinstance(each, tuple):
            context = text
        else:
            texts.append(text)
    found.add(
        texts[0] if len(texts) == 1 else tuple(texts), locations=[(place, 0)], context=context
    )


def main() -> int:
    """Update both catalogues; say what lacks a translation."""
    gathered = gather()
    for language in LANGUAGES:
        known = load(language)
        known.update(gathered, no_fuzzy_matching=True, update_header_comment=False)
        known.obsolete.clear()
        with catalogue(language).open("wb") as stream:
            write_po(
                stream,
                known,
                width=100,
                omit_header=True,  # its dates would change at every run
                sort_output=True,
                ignore_obsolete=True,
                include_lineno=False,
            )
    missing = [message.id for message in load("ko") if message.id and not message.string]
    for text in missing:
        sys.stdout.write(f"ko lacks: {text!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
