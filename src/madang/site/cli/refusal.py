"""A command cannot go on; the message is a whole sentence in the user's language."""


class Refusal(Exception):
    """exit_code: 2 where the call or its input is wrong, 3 where the city's state forbids it."""

    def __init__(self, sentence: str, *, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
