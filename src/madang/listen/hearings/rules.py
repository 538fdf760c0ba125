"""Pure decisions of a hearing: what a sentence must be like."""

LONGEST_STATEMENT = 200  # characters, as a voter still reads at one glance


def check_statement(text: str) -> str | None:
    """Return why the sentence cannot be taken, as a stable code; None where it can."""
    if not text.strip():
        return "empty"
    if len(text) > LONGEST_STATEMENT:
        return "too-long"
    return None
