"""What people are asked to agree to, each in a numbered version. Free of Django.

Whoever asks declares the text beside its own code. A text that changes gets a new version, and the
old one stays here for the receipts that tell of it; a test holds the words to their versions.
The four things of Article 15 (2) of Korea's Personal Information Protection Act are told each time:
why, what, how long, and what follows from saying no.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ConsentText:
    """One text, in one version; every text is an English catalogue key.

    purpose: by which it is known, as in "identity.residency"; fields: the declared personal fields
    that it is about; is_needed: whether something cannot be had without it.
    """

    purpose: str
    version: int
    title: str
    asks: str  # what stands beside the box to tick
    why: str
    what: str
    until: str
    refusal: str
    fields: tuple[str, ...]
    is_needed: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What is shown to whoever is asked, in this order."""
        return (self.title, self.why, self.what, self.until, self.refusal, self.asks)


_texts: dict[tuple[str, int], ConsentText] = {}


def asked(text: ConsentText) -> ConsentText:
    """Declare a text; return it."""
    name = (text.purpose, text.version)
    assert name not in _texts, f"two texts are {text.purpose} version {text.version}"
    _texts[name] = text
    return text


def text_of(purpose: str, version: int) -> ConsentText:
    """Return a text as it was asked once. Raises KeyError for one that nobody declares."""
    return _texts[purpose, version]


def newest_texts() -> list[ConsentText]:
    """Return what is asked today: of each purpose its newest version, by purpose."""
    newest = dict(sorted(_texts))
    return [_texts[name] for name in newest.items()]


def newest_text(purpose: str) -> ConsentText:
    """Return what is asked for a purpose today. Raises KeyError for an unknown one."""
    return {text.purpose: text for text in newest_texts()}[purpose]


def all_texts() -> list[ConsentText]:
    """Return every version of every text."""
    return [_texts[name] for name in sorted(_texts)]
