"""What a file of records must keep to before it may leave."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.disclosure.classes import (
    Spread,
    distinct_l,
    entropy_l,
    equal_t,
    ordered_t,
    recursive_parts,
)

# exp of a logarithm may miss a whole number by the last few of sixteen digits.
SLACK = 1e-9


class Diversity(StrEnum):
    """How the variety of sensitive values in a class is measured."""

    DISTINCT = "distinct"
    ENTROPY = "entropy"
    RECURSIVE = "recursive"


class Distance(StrEnum):
    """How far apart two sensitive values are, for t-closeness."""

    EQUAL = "equal"
    ORDERED = "ordered"


@dataclass(frozen=True)
class Requirement:
    """k: people a class must have. l: variety of each sensitive column in a class, by `diversity`.

    c: for recursive diversity, r_1 < c * (r_l + … + r_m). t: the largest distance of a class from
    the whole, by `distance`; None where none is asked for.
    """

    k: int
    l: int = 1  # noqa: E741 the literature's name
    diversity: Diversity = Diversity.DISTINCT
    c: float = 1.0
    t: float | None = None
    distance: Distance = Distance.EQUAL

    def __post_init__(self) -> None:
        if self.k < 1 or self.l < 1:
            raise BadInput("k, l", None, "k and l must be 1 or more.")
        if not 0 < self.c < float("inf"):
            raise BadInput("c", None, "c must be more than 0.")
        if self.t is not None and not 0 <= self.t <= 1:
            raise BadInput("t", None, "t must be between 0 and 1.")

    @property
    def asks_for_variety(self) -> bool:
        return self.l > 1 or self.t is not None

    def grows_with(self, suppressed: int) -> bool:
        """Return whether coarser values can never do worse, with so many records left out.

        Two classes that keep to it also do when they become one. Where records may be left out,
        one that keeps to it can also be joined with one that does not: still right for sizes and
        different values, not for entropy, recursion or distance.
        """
        simple = self.diversity is Diversity.DISTINCT or self.l == 1
        return suppressed == 0 or (simple and self.t is None)

    def broken_by(self, sizes: NDArray[np.int64], spreads: list[Spread]) -> NDArray[np.bool_]:
        """Return which classes do not keep to it. (classes,)"""
        broken: NDArray[np.bool_] = sizes < self.k
        for each in spreads:
            if self.l > 1:
                broken = broken | self._too_uniform(each)
            if self.t is not None:
                far = equal_t(each) if self.distance is Distance.EQUAL else ordered_t(each)
                broken = broken | (far > self.t + SLACK)
        return broken

    def _too_uniform(self, spread: Spread) -> NDArray[np.bool_]:
        if self.diversity is Diversity.DISTINCT:
            return distinct_l(spread) < self.l
        if self.diversity is Diversity.ENTROPY:
            return entropy_l(spread) < self.l - SLACK
        first, tail = recursive_parts(spread, self.l)
        return first >= self.c * tail
