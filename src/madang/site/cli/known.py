"""What an import says of votes that are in the city already."""

from collections.abc import Sequence

from madang.ground.words import marked
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

NAMES = {
    "slug": marked("its address"),
    "title": marked("its title"),
    "texts": marked("its texts"),
    "hearing": marked("its hearing"),
}


def say_it_is_here(slug: str, differing: Sequence[str]) -> None:
    """Say that the votes are here. Raises Refusal where this import wanted them otherwise."""
    if not differing:
        print(_("These votes are here already, as {slug}; nothing was changed.").format(slug=slug))
        return
    sentence = _("These votes are here already, as {slug}; this was not changed: {what}.")
    what = ", ".join(_(NAMES[each]) for each in differing)
    raise Refusal(sentence.format(slug=slug, what=what), exit_code=3)
