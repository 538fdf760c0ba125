"""The one error a core raises for input that came from outside: what, where, why, what to do."""

LONGEST_VALUE = 40  # characters of a value that a sentence repeats


def shortened(text: str) -> str:
    """Return the text, or its beginning and an ellipsis where it is long."""
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


class BadInput(ValueError):
    """A file or a value that cannot be used. Nothing was repaired, nothing was kept.

    source: the file (or field) as the user knows it.
    line:   line in it, from 1; None where the whole file is meant.
    reason: an English sentence with `{name}` places, the key of the message catalogue.
    values: what stands in those places; a long one is shortened, for the line finds it.

    `str()` gives the whole sentence in English; pages and commands put `reason` through the
    catalogue first. Messages are gathered from the literal third argument of the call.
    """

    def __init__(self, source: str, line: int | None, reason: str, **values: object) -> None:
        self.source, self.line, self.reason = source, line, reason
        self.values = {name: shortened(str(value)) for name, value in values.items()}
        super().__init__(source, line, reason)

    @property
    def place(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.reason.format(**self.values)}"
