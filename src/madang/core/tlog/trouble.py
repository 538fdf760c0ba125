"""What can be wrong with a log that came from outside, each in one sentence."""


class Untrue(ValueError):
    """reason: an English sentence with `{name}` places, the key of the message catalogue.

    values: what stands in those places.
    """

    def __init__(self, reason: str, **values: object) -> None:
        self.reason, self.values = reason, values
        super().__init__(reason)

    def __str__(self) -> str:
        return self.reason.format(**self.values)


class NotProved(Untrue):
    """The log, or a proof, does not show what it should."""


class BadNote(Untrue):
    """What should be a note, a key or a checkpoint is none, or is not signed as it should be."""
