"""Amounts of money as people read them, exact in every language."""

from decimal import Decimal
from fractions import Fraction

from madang.core.ballot.amount import as_text
from madang.web.korean import won_in_korean

NO_CURRENCY = "XXX"  # ISO 4217 for none


def spell(amount: Fraction | Decimal, currency: str, language: str) -> str:
    """Return an exact amount as it is read: 3억 2,000만 원, KRW 320,000,000, PLN 12.50."""
    exact = Fraction(amount)
    if currency == "KRW" and language.startswith("ko") and exact.denominator == 1:
        return won_in_korean(int(exact))
    number, _, rest = as_text(exact).partition(".")
    grouped = f"{int(number):,}" + (f".{rest:0<2}" if rest else "")
    return grouped if currency == NO_CURRENCY else f"{currency} {grouped}"
