"""Count an election by a rule: who wins, in which order, and which ties were decided how."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from madang.core.ballot.election import Election
from madang.core.ballot.equal_shares import Market, Shares
from madang.core.ballot.greedy import pick_greedily
from madang.core.ballot.growth import grow_endowment
from madang.core.ballot.phragmen import rounds
from madang.core.ballot.rule import Completion, Method, Rule, Utility, refuse_unfit_rule
from madang.core.ballot.stake import Stake, ranks_of, stakes_of


@dataclass(frozen=True, slots=True)
class Purchase:
    """One project funded.

    by:    "equal-shares", "greedy" (also the completion) or "phragmen".
    value: the number it won by: cost per utility, score, or time; None where nobody supports it.
    tied:  the projects with the same value that the tie-break put behind it.
    """

    project: str
    by: Method
    value: Fraction | None
    tied: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Count:
    """The result of a count.

    purchases: in the order in which the projects were funded.
    shares:    the deciding run of Equal Shares, None under other rules.
    """

    election: Election
    rule: Rule
    purchases: tuple[Purchase, ...]
    shares: Shares | None

    @cached_property
    def winners(self) -> tuple[str, ...]:
        """Return the ids of the funded projects in string order."""
        return tuple(sorted(purchase.project for purchase in self.purchases))

    @cached_property
    def spent(self) -> Fraction:
        election = self.election
        won = sum(election.costs[election.index[id_]] for id_ in self.winners)
        return Fraction(won, election.unit)

    @property
    def is_exhaustive(self) -> bool:
        """Return whether no other project would fit into what is left."""
        rest = self.election.budget - self.spent
        won = set(self.winners)
        return all(p.cost > rest for p in self.election.projects if p.id not in won)

    @property
    def endowment(self) -> Fraction | None:
        """Return what each voter could spend in the deciding run, in currency units."""
        return None if self.shares is None else self.shares.endowment / self.election.unit


def count(election: Election, rule: Rule) -> Count:
    """Return the winners of the election under the rule.

    Raises BadInput where the ballots do not hold what the rule counts (points, a ranking).
    """
    refuse_unfit_rule(election, rule)
    stakes = stakes_of(election, rule.utility)
    if rule.method == Method.GREEDY:
        return _result(election, rule, _greedy(election, stakes, ()))
    if rule.method == Method.PHRAGMEN:
        return _result(election, rule, _phragmen(election))
    market = Market(election.voters, stakes, ranks_of(election))
    shares = sell_shares(election, market, rule.completion)
    purchases = [
        _purchase(election, Method.EQUAL_SHARES, step.project, step.rate, step.tied)
        for step in shares.steps
    ]
    if rule.completion.ends_greedily:
        purchases += _greedy(election, stakes, shares.bought)
    return _result(election, rule, purchases, shares)


def sell_shares(election: Election, market: Market, completion: Completion) -> Shares:
    """Return the deciding run of Equal Shares for these voters and stakes, without what follows."""
    budget = election.budget_parts
    shares = market.sell(Fraction(budget, int(market.voters.sum())))
    if completion.grows_endowment:
        shares = grow_endowment(market, shares, budget=budget, unit=election.unit)
    return shares


def _greedy(election: Election, stakes: list[Stake], funded: tuple[int, ...]) -> list[Purchase]:
    picks = pick_greedily(stakes, ranks_of(election), budget=election.budget_parts, funded=funded)
    return [_purchase(election, Method.GREEDY, p.project, p.score, p.tied) for p in picks]


def _phragmen(election: Election) -> list[Purchase]:
    stakes = stakes_of(election, Utility.CARDINALITY)
    budget = election.budget_parts
    purchases = []
    for due in rounds(election.voters, stakes, ranks_of(election), budget=budget):
        if not due.stops:
            time = None if due.time is None else due.time / election.unit
            purchases.append(_purchase(election, Method.PHRAGMEN, due.due[0], time, due.due[1:]))
    return purchases


def _purchase(
    election: Election, by: Method, project: int, value: Fraction | None, tied: tuple[int, ...]
) -> Purchase:
    ids = [election.projects[index].id for index in (project, *tied)]
    return Purchase(ids[0], by, value, tuple(ids[1:]))


def _result(
    election: Election, rule: Rule, purchases: list[Purchase], shares: Shares | None = None
) -> Count:
    result = Count(election, rule, tuple(purchases), shares)
    assert result.spent <= election.budget, "a count never spends more than the budget"
    assert len(set(result.winners)) == len(result.purchases), "no project is funded twice"
    return result
