"""What a release costs in privacy, in whole millionths of epsilon and billionths of a thousandth.

Free of Django. Whole numbers add up exactly; a ledger of floats would drift.
"""

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from madang.core.bad_input import BadInput

MICRO, PICO = 10**6, 10**12
MOST_EPSILON = 100 * MICRO  # beyond it nothing is protected


@dataclass(frozen=True, slots=True)
class Price:
    """epsilon in millionths; delta in 10^-12."""

    micro_epsilon: int = 0
    pico_delta: int = 0

    def __post_init__(self) -> None:
        assert self.micro_epsilon >= 0 <= self.pico_delta

    @property
    def epsilon(self) -> Decimal:
        return Decimal(self.micro_epsilon) / MICRO

    @property
    def delta(self) -> Decimal:
        return Decimal(self.pico_delta) / PICO

    def halves(self) -> tuple["Price", "Price"]:
        """Return two prices that together are this one."""
        first = Price(self.micro_epsilon // 2, self.pico_delta // 2)
        rest = Price(self.micro_epsilon - first.micro_epsilon, self.pico_delta - first.pico_delta)
        return first, rest


def price_of(epsilon: str, delta: str = "0") -> Price:
    """Return the price that two decimal numbers say. Raises BadInput for what cannot be meant."""
    micro, pico = _whole("epsilon", epsilon, MICRO), _whole("delta", delta, PICO)
    if not 0 < micro <= MOST_EPSILON:
        raise BadInput("epsilon", None, "epsilon must be more than 0 and at most 100.")
    if not 0 <= pico < PICO // 1000:
        raise BadInput("delta", None, "delta must be 0 or more, and less than 0.001.")
    return Price(micro, pico)


def _whole(name: str, text: str, parts: int) -> int:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise BadInput(name, None, "“{value}” is no number.", value=text) from None
    if not number.is_finite() or abs(number.adjusted()) > 15:
        raise BadInput(name, None, "“{value}” is no number.", value=text)
    exact = Fraction(number) * parts
    if exact.denominator != 1:
        raise BadInput(name, None, "{value} has too many decimal places.", value=text)
    return int(exact)


def as_float_at_most(part: Decimal) -> float:
    """Return the largest float that is no larger: noise made for it never spends more."""
    near = float(part)
    return near if Fraction(near) <= Fraction(part) else math.nextafter(near, 0.0)
