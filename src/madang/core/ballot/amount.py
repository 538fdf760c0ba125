"""Exact amounts as text and back: decimals where they end, a/b where they do not. And to read."""

import re
from fractions import Fraction

DECIMAL = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
PERHAPS_THOUSANDS = re.compile(r"[+-]?\d+,\d{3}", re.ASCII)


def parse_amount(text: str) -> Fraction:
    """Return the exact value of a decimal number; a comma may stand for the point.

    Raises ValueError for anything else, also for spaces, exponents and thousands marks, and for
    a comma before just three digits, which may be one.
    """
    if not DECIMAL.fullmatch(text) or PERHAPS_THOUSANDS.fullmatch(text):
        raise ValueError(f"{text!r} is no decimal number")
    return Fraction(text.replace(",", "."))


def as_text(amount: Fraction | int) -> str:
    """Return the amount as a decimal string, or as "a/b" where the decimals never end."""
    amount = Fraction(amount)
    places, power = 0, 1
    while power % amount.denominator:
        if places == 64:
            return f"{amount.numerator}/{amount.denominator}"
        places, power = places + 1, power * 10
    digits = str(abs(amount.numerator) * (power // amount.denominator)).rjust(places + 1, "0")
    sign = "-" if amount < 0 else ""
    if not places:
        return sign + digits
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def to_read(exact: str) -> str:
    """Return an amount of `as_text` for a sentence: at most two decimals, "about" if rounded."""
    amount = Fraction(exact)
    rounded = round(amount * 100)
    text = as_text(Fraction(rounded, 100))
    return text if amount * 100 == rounded else f"about {text}"
