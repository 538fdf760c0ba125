"""Noise is what the theory says it is, costs what it says, and sees nothing it should not."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from madang.core.bad_input import BadInput
from madang.ground.release.candidate import table_in
from madang.ground.release.noise import draw, noise_for, spent
from madang.ground.release.noisy import Statistic, add_up, consider, publishable
from madang.ground.release.price import Price, price_of
from worlds_of_release import COUNTS, PEOPLE

DRAWS = 40_000
# Dvoretzky, Kiefer, Wolfowitz, with Massart's constant: draws of the right distribution are farther
# from it than this with a probability below 10^-9.
FARTHEST = math.sqrt(math.log(2 / 1e-9) / (2 * DRAWS))
MEANS = replace(
    COUNTS, statistic=Statistic.MEAN, group="", categories=(), number="age", low=0, high=100
)
AGES = replace(
    COUNTS, statistic=Statistic.HISTOGRAM, group="", categories=(), number="age", bands=(0, 40, 100)
)


def farthest_from(distribution, drawn):
    """The largest distance between the distribution's and the draws' cumulative shares."""
    values, counts = np.unique(drawn, return_counts=True)
    return np.abs(np.cumsum(counts) / len(drawn) - distribution.cdf(values)).max()


def test_laplace_noise_is_discrete_laplace_of_sensitivity_over_epsilon():
    noise = noise_for(sensitivity=3, price=price_of("0.75"))
    assert noise.scale == pytest.approx(3 / 0.75)
    drawn = draw([0] * DRAWS, noise)
    assert farthest_from(stats.dlaplace(0.75 / 3), drawn) < FARTHEST
    # The test would see a scale that is a fifth off.
    assert farthest_from(stats.dlaplace(0.75 / 3 * 1.2), drawn) > FARTHEST
    assert np.mean(np.abs(drawn) <= noise.within) > 0.95 - FARTHEST


def test_gaussian_noise_is_discrete_gaussian_of_the_scale_it_names():
    noise = noise_for(sensitivity=1, price=price_of("1", "1e-6"))
    at = np.arange(-200, 201)
    mass = np.exp(-(at**2) / (2 * noise.scale**2))
    exact = stats.rv_discrete(values=(at, mass / mass.sum()))
    drawn = draw([0] * DRAWS, noise)
    assert farthest_from(exact, drawn) < FARTHEST
    assert np.mean(np.abs(drawn) <= noise.within) > 0.95 - FARTHEST


def test_gaussian_scale_lies_below_the_bound_of_the_textbook():
    # Bun and Steinke (2016), proposition 1.3: epsilon = rho + 2 sqrt(rho ln(1/delta)).
    noise = noise_for(sensitivity=1, price=price_of("1", "1e-6"))
    rho = (math.sqrt(math.log(1e6) + 1) - math.sqrt(math.log(1e6))) ** 2
    assert noise.scale < math.sqrt(1 / (2 * rho))
    assert noise.scale > 3  # the exact curve needs 3.7 or so; a scale of nothing protects nobody


@settings(max_examples=8)
@given(st.integers(1, 1000), st.integers(1, 5_000_000), st.sampled_from([0, 10**3, 10**6]))
def test_noise_never_costs_more_than_its_price(sensitivity, micro, pico):
    price = Price(micro, pico)
    epsilon, delta = spent(noise_for(sensitivity=sensitivity, price=price), price)
    assert Fraction(epsilon) <= Fraction(micro, 10**6)
    assert Fraction(delta) <= Fraction(pico, 10**12)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_two_halves_cost_the_whole(micro, pico):
    one, other = Price(micro, pico).halves()
    assert one.micro_epsilon + other.micro_epsilon == micro
    assert one.pico_delta + other.pico_delta == pico


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 50)), max_size=25),
    st.integers(0, 3),
    st.integers(1, 3),
)
def test_one_person_changes_the_totals_by_no_more_than_the_sensitivity(rows, gone, most):
    asked = replace(MEANS, rows_a_person=most, low=-20, high=30)
    sums = replace(asked, statistic=Statistic.SUM)

    def totals(asked, kept):
        lines = "".join(f"p{who},{number},x\n" for who, number in kept)
        return add_up(asked, table_in("file", f"person,age,x\n{lines}".encode()))

    without = [row for row in rows if row[0] != gone]
    for each, reach in ((asked, most * 50), (sums, most * 30)):
        one, other = totals(each, rows), totals(each, without)
        assert abs(one.counts[0] - other.counts[0]) <= most
        assert abs(one.sums[0] - other.sums[0]) <= reach


def table(content=PEOPLE):
    return table_in("people.csv", content.encode())


def test_exact_totals_by_hand():
    assert add_up(COUNTS, table()).counts == [4, 4, 0]
    assert add_up(AGES, table()).counts == [4, 4]
    assert AGES.labels == ("0–39", "40–99")
    # The ages add up to 341; for a mean each counts twice, from the middle of 0 to 100.
    assert add_up(MEANS, table()).sums == [2 * 341 - 800]
    again = PEOPLE + "p1,99,f,north,yes\n"
    assert add_up(COUNTS, table(again)).left_out == 1


def test_a_mean_is_drawn_from_both_halves_and_stays_within_its_bounds():
    told = consider(MEANS, table()).facts["noise"]
    assert told["count"]["scale"] == pytest.approx(1 / 0.25)
    assert told["sum"]["scale"] == pytest.approx(100 / 0.25)
    rich = replace(MEANS, micro_epsilon=100_000_000)
    ((label, mean),) = publishable(rich, table())
    assert label == "everyone"
    assert abs(float(mean) - 341 / 8) < 15


def test_much_budget_gives_almost_the_exact_counts():
    rich = replace(COUNTS, micro_epsilon=100_000_000)
    assert publishable(rich, table()) == [
        ("north", "4", "1"), ("south", "4", "1"), ("west", "0", "1")]  # fmt: skip


def test_an_unknown_category_is_refused_with_its_line():
    with pytest.raises(BadInput, match=r"people.csv:6: “south” is no category of district"):
        consider(replace(COUNTS, categories=("north",)), table())


@pytest.mark.parametrize(
    "wrong",
    [
        replace(COUNTS, rows_a_person=0),
        replace(COUNTS, micro_epsilon=0),
        replace(COUNTS, categories=("north", "north")),
        replace(COUNTS, person="name"),
        replace(AGES, bands=(40,)),
        replace(AGES, bands=(40, 20)),
        replace(MEANS, low=5, high=5),
        replace(MEANS, number=""),
        replace(MEANS, number="sex"),
    ],
)
def test_a_wish_that_does_not_fit_together_is_refused(wrong):
    with pytest.raises(BadInput):
        consider(wrong, table())


@pytest.mark.parametrize("text", ["0", "-1", "101", "0.0000001", "one", "NaN", "Infinity", "1e99"])
def test_an_epsilon_that_cannot_be_meant_is_refused(text):
    with pytest.raises(BadInput):
        price_of(text)


def test_prices_are_exact():
    assert price_of("0.1") == Price(100_000, 0)
    assert price_of("2.5", "1e-9") == Price(2_500_000, 1000)
    with pytest.raises(BadInput, match="delta"):
        price_of("1", "0.5")
