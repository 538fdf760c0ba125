"""Noise by OpenDP: discrete Laplace for epsilon alone, discrete Gaussian where a delta is allowed.

OpenDP draws whole numbers exactly, from the operating system's randomness: no bit of a float tells
anything, and no seed can be guessed. The distance is that of one person more or less.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import opendp.prelude as dp

from madang.ground.release.price import Price, as_float_at_most

dp.enable_features("contrib")
CONFIDENCE = 0.95
GAUSSIAN_95 = 1.959964
HALVINGS = 18


@dataclass(frozen=True)
class Noise:
    """How much is drawn. sensitivity: by how much one person can change all numbers together.

    scale: of the distribution. within: 95 of 100 numbers are off by at most so much.
    """

    name: str  # laplace or gaussian
    sensitivity: int
    scale: float
    within: int


def noise_for(*, sensitivity: int, price: Price) -> Noise:
    """Return the least noise that costs no more than the price, by OpenDP's own account."""
    assert sensitivity > 0 < price.micro_epsilon
    if price.pico_delta:
        scale = _gaussian_scale(sensitivity, price)
        return Noise("gaussian", sensitivity, scale, math.ceil(GAUSSIAN_95 * scale))
    scale = sensitivity / as_float_at_most(price.epsilon)
    while _laplace(scale).map(sensitivity) > as_float_at_most(price.epsilon):
        scale = math.nextafter(scale, math.inf)
    return Noise("laplace", sensitivity, scale, math.ceil(scale * -math.log(1 - CONFIDENCE)))


def draw(values: Sequence[int], noise: Noise) -> list[int]:
    """Return the numbers with noise, each drawn for itself."""
    make = _laplace if noise.name == "laplace" else _gaussian
    return list(make(noise.scale)(list(values)))


def spent(noise: Noise, price: Price) -> tuple[float, float]:
    """Return the epsilon and delta that OpenDP itself says this noise costs."""
    if noise.name == "laplace":
        return float(_laplace(noise.scale).map(noise.sensitivity)), 0.0
    return _gaussian_cost(noise.scale, noise.sensitivity, as_float_at_most(price.delta))


def _laplace(scale: float) -> Any:
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    return dp.m.make_laplace(*space, scale)


def _gaussian(scale: float) -> Any:
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
    return dp.m.make_gaussian(*space, scale)


def _gaussian_cost(scale: float, sensitivity: int, delta: float) -> tuple[float, float]:
    fixed: Any = dp.c.make_fix_delta(dp.c.make_zCDP_to_approxDP(_gaussian(scale)), delta)
    epsilon, delta = fixed.map(float(sensitivity))
    return float(epsilon), float(delta)


def _gaussian_scale(sensitivity: int, price: Price) -> float:
    """Return a scale that costs no more, at most a hundred-thousandth above the least.

    It starts from one that is enough (Bun and Steinke 2016, proposition 1.3) and halves the way.
    """
    epsilon, delta = as_float_at_most(price.epsilon), as_float_at_most(price.delta)
    needed = -math.log(delta)
    enough = sensitivity / (math.sqrt(2.0) * (math.sqrt(needed + epsilon) - math.sqrt(needed)))
    while _gaussian_cost(enough, sensitivity, delta)[0] > epsilon:
        enough *= 2.0
    too_little = 0.0
    for _ in range(HALVINGS):
        middle = (too_little + enough) / 2.0
        if _gaussian_cost(middle, sensitivity, delta)[0] <= epsilon:
            enough = middle
        else:
            too_little = middle
    return enough
