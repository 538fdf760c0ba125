"""What voters have left while Equal Shares buys projects: exact, and fast to search.

Every amount is an integer over one common denominator (`scale`), which grows with each purchase.
A float copy of what each class has left, with a bound on its error, tells where to look; the
integers decide. Source: Peters, Pierczyński, Skowron (2021), "Proportional Participatory Budgeting
with Additive Utilities"; the payment at rate ρ is min(what is left, ρ × utility).
"""

import math
from copy import copy
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from madang.core.ballot.stake import Stake

EPSILON = float(np.finfo(np.float64).eps)
ABOVE, BELOW = 1 + 8 * EPSILON, 1 - 8 * EPSILON


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the price of a project lies, by floats.

    floor: the exact price a unit of weight is at least this.
    poor:  beside the stake's classes; those that seem unable to pay it in full.
    """

    floor: float
    poor: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Offer:
    """What buying a project now would ask of its supporters, exactly.

    A voter pays weight × numerator / (heft × scale), or all that is left if that is less.
    spent: beside the stake's classes; those that would have nothing left.
    rate:  cost per utility, the ρ by which projects are compared.
    """

    numerator: int
    heft: int
    spent: NDArray[np.bool_]
    rate: Fraction


class Purses:
    """The money of each class of voters (an equal amount for every voter in it)."""

    def __init__(self, voters: NDArray[np.int64], endowment: Fraction, purchases: int) -> None:
        """endowment: of each voter, in parts; purchases: the most that can be made."""
        self.voters = voters
        self._scale, self._endowment = endowment.denominator, endowment.numerator
        self._prices: list[int] = []  # a unit of weight, over the scale; one for each purchase
        self._paid = np.zeros((purchases, voters.size), dtype=np.int64)  # weights, by purchase
        self._spent_in = np.full(voters.size, purchases)  # (classes,), the purchase that took all
        self._start = float(endowment)
        self._left = np.full(voters.size, self._start)  # (classes,), filter only

    @property
    def endowment(self) -> Fraction:
        return Fraction(self._endowment, self._scale)

    @property
    def purchases(self) -> int:
        """Return how many purchases were made."""
        return len(self._prices)

    def spent_by(self, purchase: int) -> NDArray[np.bool_]:
        """Return beside the classes who had nothing left after this purchase, counted from 0."""
        return self._spent_in <= purchase

    def spent_alike(self, others: "Purses") -> bool:
        """Return whether each purchase made here left the same classes with nothing there."""
        made = len(self._prices)
        here, there = self._spent_in, others._spent_in
        return bool(np.array_equal(np.minimum(here, made), np.minimum(there, made)))

    def before(self, purchase: int) -> "Purses":
        """Return what was left before this purchase, to look at; nothing can be bought from it."""
        earlier = copy(self)
        earlier._prices = self._prices[:purchase]
        earlier._spent_in = np.where(self._spent_in < purchase, self._spent_in, len(self._paid))
        earlier._left = self.lefts()[purchase]
        return earlier

    @property
    def left(self) -> NDArray[np.float64]:
        """Return beside the classes about what is left; as far from the truth as `error` says."""
        return self._left

    @property
    def error(self) -> float:
        """Return how far one entry of `_left` can be from the truth.

        Each purchase adds the rounding of the price, of the product and of the difference, none
        of which exceeds half an epsilon of the endowment; twice that is taken.
        """
        return 4 * EPSILON * self._start * (len(self._prices) + 1)

    def money(self, classes: NDArray[np.intp]) -> Fraction:
        """Return what all voters of these classes have left together, exactly."""
        return Fraction(self._money(classes), self._scale)

    def estimate(self, stake: Stake, floor: float = 0.0) -> Estimate | None:
        """Return about what the project would cost its supporters; None if they cannot pay it.

        floor: a lower bound on the price, to begin with.
        """
        left = self._left[stake.classes]
        money = stake.headcount * left
        error = stake.voter_count * (self.error + self._start * EPSILON * (left.size + 8))
        short = stake.cost - float(money.sum())
        if short > error or (short > -error and not self._can_pay(stake)):
            return None
        # Newton from below: every set taken for the poor gives a price that is not too high.
        purse = left if stake.is_plain else left / stake.weights
        price, rich_heft, poor_count = max(stake.price, floor), stake.total_heft, 0
        poor = np.zeros(left.size, dtype=np.bool_)
        while True:
            poorer = purse < price
            count = int(np.count_nonzero(poorer))
            if count <= poor_count or count == left.size:
                break
            poor, poor_count = poorer, count
            rich_heft = stake.total_heft - int(stake.heft @ poor)
            price = max(price, (stake.cost - float(money @ poor)) / rich_heft)
        return Estimate(floor=(price - error / rich_heft) * BELOW, poor=poor)

    def offer(self, stake: Stake, poor: NDArray[np.bool_]) -> Offer:
        """Return the exact price of a project that its supporters can pay.

        poor: a guess. For any set P the price (cost − money of P) / heft of the others is at most
        the true one, so repeating with P = those who cannot pay it climbs to the true price.
        """
        while True:
            heft = stake.total_heft - int(stake.heft[poor].sum())
            if heft == 0:
                poor = np.zeros(poor.size, dtype=np.bool_)
                continue
            numerator = stake.cost * self._scale - self._money(stake.classes[poor])
            poorer, spent = self._compare(stake, numerator, heft)
            if np.array_equal(poorer, poor):
                rate = Fraction(numerator, self._scale * heft * stake.worth)
                return Offer(numerator, heft, spent, rate)
            poor = poorer

    def buy(self, stake: Stake, offer: Offer) -> None:
        """Let the supporters pay."""
        price = offer.numerator / (self._scale * offer.heft)  # correctly rounded, for the filter
        shared = math.gcd(offer.numerator, offer.heft)
        growth = offer.heft // shared
        self._scale *= growth
        self._endowment *= growth
        self._prices = [earlier * growth for earlier in self._prices]
        self._prices.append(offer.numerator // shared)
        payers = stake.classes[~offer.spent]
        weights = stake.weights[~offer.spent]
        self._paid[len(self._prices) - 1, payers] = weights
        self._left[payers] -= price * weights
        spent = stake.classes[offer.spent]
        self._left[spent] = 0.0
        self._spent_in[spent] = np.minimum(self._spent_in[spent], len(self._prices) - 1)

    def lefts(self) -> NDArray[np.float64]:
        """Return (purchases + 1, classes): about what was left before each purchase, and at last.

        Each entry is as far from the truth as `error` says.
        """
        lefts = np.empty((len(self._prices) + 1, self.voters.size))
        lefts[0] = self._start
        for place, price in enumerate(self._prices):
            lefts[place + 1] = lefts[place] - price / self._scale * self._paid[place]
            lefts[place + 1, self._spent_in <= place] = 0.0
        return lefts

    def _money(self, classes: NDArray[np.intp]) -> int:
        """Return what these classes have left together, over the scale."""
        classes = classes[self._spent_in[classes] >= len(self._prices)]
        voters = self.voters[classes]
        asked = self._paid[: len(self._prices), classes] @ voters
        paid = sum(price * int(weight) for price, weight in zip(self._prices, asked, strict=True))
        return self._endowment * int(voters.sum()) - paid

    def _can_pay(self, stake: Stake) -> bool:
        return self._money(stake.classes) >= stake.cost * self._scale

    def _compare(
        self, stake: Stake, numerator: int, heft: int
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which classes have less than they would pay, and which not more, exactly."""
        asked = numerator / (self._scale * heft) * stake.weights
        gap = self._left[stake.classes] - asked
        error = self.error + 8 * EPSILON * asked
        less, not_more = gap < -error, gap <= error
        for place in np.flatnonzero(less != not_more):
            exact_gap = self._purse(stake.classes[place]) * heft - numerator * int(
                stake.weights[place]
            )
            less[place], not_more[place] = exact_gap < 0, exact_gap <= 0
        return less, not_more

    def _purse(self, class_: np.intp) -> int:
        """Return what one voter of the class has left, over the scale."""
        if self._spent_in[class_] < len(self._prices):
            return 0
        paid = self._paid[: len(self._prices), class_]
        bought = np.flatnonzero(paid).tolist()
        return self._endowment - sum(self._prices[place] * int(paid[place]) for place in bought)
