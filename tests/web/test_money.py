"""Amounts of money as people read them."""

from fractions import Fraction

import pytest

from madang.web.money import spell


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        (Fraction("869968.2"), "PLN 869,968.20"),
        (Fraction("286041.51"), "PLN 286,041.51"),
        (Fraction(500), "PLN 500"),
        (Fraction("0.125"), "PLN 0.125"),
    ],
)
def test_an_amount_has_two_decimals_where_it_has_any_and_is_exact(
    amount: Fraction, says: str
) -> None:
    assert spell(amount, "PLN", "en") == says
