"""Equal Shares at growing endowments: where the purchases change, and where Add1 ends.

Endowments grow on a grid of equal steps. Steps that provably change nothing are passed over.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from madang.core.ballot.equal_shares import Market, Shares
from madang.core.ballot.race import Clash

FIRST = 32  # the first stride is this part of the endowment
PATIENCE = 8  # so many guesses are taken from slopes before strides are halved


class Stretch(NamedTuple):
    """Two runs between which every endowment buys the same projects in the same order."""

    first: Shares
    last: Shares


def stretches(
    market: Market,
    start: Shares,
    step: Fraction,
    *,
    end: Fraction | None = None,
    widest: int | None = None,
) -> Iterator[Stretch]:
    """Yield all endowments of the grid from `start` on, in stretches, ascending.

    One begins where the one before it ends, or one step later; then the purchases may differ.
    end: the endowment to stop before; widest: the most steps in a stretch.
    """
    yield Stretch(start, start)
    last, pace = start, _Pace(start, step, widest)
    while end is None or last.endowment + step < end:
        if end is not None:
            pace.stride = min(pace.stride, ceil((end - last.endowment) / step) - 1)
        if pace.stride == 1:
            following = market.sell(last.endowment + step)
            yield Stretch(following, following)
            pace.step(last, following)
            last = following
            continue
        found = market.sell_alike(last.endowment + pace.stride * step, last)
        if isinstance(found, Clash):
            pace.narrow(found, last)
        else:
            yield Stretch(last, found)
            pace.advance()
            last = found


class _Pace:
    """How many steps to try next.

    changed: how many steps on, at most, another order is known to come; None where it is not.
    """

    def __init__(self, start: Shares, step: Fraction, widest: int | None) -> None:
        self._step, self._widest = step, widest
        self._changed: int | None = None
        self.stride, self._unlucky = self._first(start), 0

    def _first(self, shares: Shares) -> int:
        return self._allowed(max(2, int(shares.endowment / (FIRST * self._step))))

    def _allowed(self, stride: int) -> int:
        return stride if self._widest is None else max(1, min(stride, self._widest))

    def step(self, last: Shares, following: Shares) -> None:
        """Go on after a full run one step further."""
        if following.bought == last.bought and self._changed is not None and self._changed > 2:
            self._changed -= 1
            self.stride = self._changed
        else:
            self.stride, self._changed = self._first(following), None
        self._unlucky = 0

    def narrow(self, clash: Clash, last: Shares) -> None:
        """Go on after a stride that could not be shown to buy the same."""
        if clash.changes:
            self._changed = self.stride
        self._unlucky += 1
        near = int((clash.near - float(last.endowment)) / float(self._step))
        if self._unlucky > PATIENCE:
            near = self.stride // 2
        self.stride = max(1, min(near, self.stride - 1))

    def advance(self) -> None:
        """Go on after a stride that buys the same."""
        if self._changed is None:
            self.stride = self._allowed(self.stride * 2)
        else:  # most likely the very next step
            self._changed -= self.stride
            self.stride = 1
        self._unlucky = 0


def grow_endowment(market: Market, start: Shares, *, budget: int, unit: int) -> Shares:
    """Return the run of Add1: the endowment grows by one currency unit a voter at a time.

    It ends with the first run that leaves no wanted project affordable within the budget, or with
    the last one before the budget would be exceeded.
    """
    accepted = start
    for stretch in stretches(market, start, Fraction(unit)):
        if cost_of(market, stretch.last.bought) > budget:
            return accepted
        if is_exhaustive(market, stretch.first.bought, budget):
            return stretch.first
        accepted = stretch.last
    raise AssertionError("endowments grow until something happens")


def cost_of(market: Market, bought: Iterable[int]) -> int:
    return sum(market.stakes[index].cost for index in bought)


def is_exhaustive(market: Market, bought: Iterable[int], budget: int) -> bool:
    """Return whether nothing else that anybody wants would fit into what is left."""
    taken = set(bought)
    rest = budget - cost_of(market, taken)
    return all(market.stakes[index].cost > rest for index in market.wanted if index not in taken)
