"""Equal Shares at growing endowments: where the purchases change, and where Add1 ends.

Endowments grow on a grid of equal steps. Steps that provably change nothing are passed over.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from madang.core.ballot.equal_shares import Market, Shares
from madang.core.ballot.race import Clash

WIDEST = 32  # a stride is at most this part of the endowment
PATIENCE = 8  # so many guesses are taken from slopes before strides are halved


class Stretch(NamedTuple):
    """Two runs between which every endowment buys the same projects in the same order."""

    first: Shares
    last: Shares


def stretches(
    market: Market, start: Shares, step: Fraction, end: Fraction | None = None
) -> Iterator[Stretch]:
    """Yield all endowments of the grid from `start` on, in stretches, ascending up to `end`.

    One begins where the one before it ends, or one step later; then the purchases may differ.
    """
    yield Stretch(start, start)
    last, stride = start, _first_stride(start, step)
    unlucky, changed = 0, None  # changed: another order was met no more than so many steps on
    while end is None or last.endowment + step < end:
        if end is not None:
            stride = min(stride, ceil((end - last.endowment) / step) - 1)
        if stride == 1:
            following = market.sell(last.endowment + step)
            yield Stretch(following, following)
            if following.bought == last.bought and changed is not None and changed > 2:
                changed -= 1
                stride = changed
            else:
                stride, changed = _first_stride(following, step), None
            last, unlucky = following, 0
            continue
        found = market.sell_alike(last.endowment + stride * step, last)
        if isinstance(found, Clash):
            changed = stride if found.changes else changed
            unlucky += 1
            stride = _narrower(stride, found, last, step, unlucky)
            continue
        yield Stretch(last, found)
        changed = None if changed is None else changed - stride
        # After a narrowing the change is most likely the very next step.
        stride = stride * 2 if changed is None else 1
        last, unlucky = found, 0


def _first_stride(shares: Shares, step: Fraction) -> int:
    return max(2, int(shares.endowment / (WIDEST * step)))


def _narrower(stride: int, clash: Clash, last: Shares, step: Fraction, unlucky: int) -> int:
    near = int((clash.near - float(last.endowment)) / float(step))
    if unlucky > PATIENCE:
        return stride // 2
    return max(1, min(near, stride - 1))


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
