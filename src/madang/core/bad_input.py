"""The one error a core raises for input that came from outside: what, where, why, what to do."""


class BadInput(ValueError):
    """A file or a value that cannot be used. Nothing was repaired, nothing was kept.

    source: the file (or field) as the user knows it.
    line:   line in it, from 1; None where the whole file is meant.
    reason: an English sentence with `{name}` places, the key of the message catalogue.
    values: what stands in those places.

    `str()` gives the whole sentence in English; pages and commands put `reason` through the
    catalogue first. Messages are gathered from the literal third argument of the call.
    """

    def __init__(self, source: str, line: int | None, reason: str, **values: object) -> None:
        self.source, self.line, self.reason, self.values = source, line, reason, values
        super().__init__(source, line, reason)

    @property
    def place(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.reason.format(**self.values)}"
