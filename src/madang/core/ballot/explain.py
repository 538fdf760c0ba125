"""Say of every project why it was funded or not, and how much support was missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from madang.core.ballot.amount import as_text, to_read
from madang.core.ballot.count import Count, Purchase
from madang.core.ballot.greedy import pick_greedily, score
from madang.core.ballot.needed import NOT_COUNTED, Needed, course_for, needed_support
from madang.core.ballot.phragmen import rounds
from madang.core.ballot.rule import Method, Utility
from madang.core.ballot.stake import ranks_of, stakes_of

# Work, not time, is limited, so that every machine finds the same.
RECOUNTS = 1000

# Stable codes, each with the English sentence whose places the values fill. Amounts are in
# currency units.
WHY = {
    "shares-paid": "Its {support} supporters paid for it out of their shares of the budget.",
    "fitted": "It still fitted when its turn came by support.",
    "earned-first": "Its {support} supporters earned its cost before the budget was used up.",
    "over-budget": "It costs {cost}, more than the whole budget.",
    "unsupported": "Nobody voted for it.",
    "shares-short": "Its {support} supporters have {has} of their shares left; {missing} is missing"
    " to its cost of {cost}.",
    "did-not-fit": "When its turn came, {left} was left; {missing} is missing to its cost of"
    " {cost}.",
    "would-break-budget": "It came next, but {left} was left and it costs {cost}: the count ended.",
    "count-ended": "The count ended before its {support} supporters had earned its cost of {cost}.",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one project was funded or not.

    support: the voters who listed it.
    needed:  the further supporters with whom it would have won; see `needed`.
    code:    a key of WHY; `values`, exact, stand in the places of its sentence, there rounded.
    """

    project: str
    funded: bool
    support: int
    needed: Needed
    code: str
    values: dict[str, str | int]

    @property
    def sentence(self) -> str:
        amounts = {k: to_read(v) if isinstance(v, str) else v for k, v in self.values.items()}
        return WHY[self.code].format(**amounts)


def explain_project(count: Count, project: str, *, recounts: int = RECOUNTS) -> Explanation:
    """Return why this project was funded or not, as of a count.

    recounts: see `explain_all`; the project gets as many as it would get there.
    """
    each = recounts // max(1, len(_losers(count)))
    return _explain(count, project, needed_support(count, project, recounts=each))


def explain_all(
    count: Count, *, recounts: int = RECOUNTS, with_needed: bool = True
) -> Iterator[Explanation]:
    """Yield the explanation of every project in string order of the ids, one by one.

    recounts: the work that the support missed may take under Add1 and Add1U, shared out evenly
        among the losing projects; see `needed_support`.
    with_needed: False leaves out how much support was missing, which takes the time.
    """
    losers = _losers(count)
    course = course_for(count, losers) if with_needed else None
    each = recounts // max(1, len(losers))
    for project in count.election.projects:
        needed = NOT_COUNTED
        if with_needed:
            needed = needed_support(count, project.id, recounts=each, course=course)
        yield _explain(count, project.id, needed)


def _losers(count: Count) -> list[str]:
    """Return the projects that fit into the budget and lost."""
    return [
        project.id
        for project, cost in zip(count.election.projects, count.election.costs, strict=True)
        if cost <= count.election.budget_parts and project.id not in count.winners
    ]


def _explain(count: Count, project: str, needed: Needed) -> Explanation:
    index = count.election.index[project]
    support = count.election.support[index]
    purchase = next((p for p in count.purchases if p.project == project), None)
    if purchase is not None:
        code, values = _why_funded(purchase), dict[str, Fraction]()
        needed = Needed(0, is_fewest=True)
    else:
        code, values = _why_lost(count, index)
    unit = count.election.unit
    values["cost"] = Fraction(count.election.costs[index])
    texts = {name: as_text(amount / unit) for name, amount in values.items()}
    return Explanation(
        project, purchase is not None, support, needed, code, {"support": support, **texts}
    )


def _why_funded(purchase: Purchase) -> str:
    codes = {
        Method.EQUAL_SHARES: "shares-paid",
        Method.GREEDY: "fitted",
        Method.PHRAGMEN: "earned-first",
    }
    return codes[purchase.by]


def _why_lost(count: Count, index: int) -> tuple[str, dict[str, Fraction]]:
    """Return the code and its amounts, in parts of a currency unit."""
    election, rule = count.election, count.rule
    if election.costs[index] > election.budget_parts:
        return "over-budget", {}
    if rule.method == Method.PHRAGMEN:
        return _why_phragmen_stopped(count, index)
    if rule.method == Method.GREEDY:
        return "did-not-fit", _room(count, index)
    if election.support[index] == 0:
        return "unsupported", {}
    assert count.shares is not None, "Equal Shares leaves its deciding run"
    stake = stakes_of(election, rule.utility)[index]
    has = count.shares.purses.money(stake.classes)
    return "shares-short", {"has": has, "missing": election.costs[index] - has}


def _room(count: Count, index: int) -> dict[str, Fraction]:
    """Return what was left when greedy came to the project, and what was missing."""
    election = count.election
    stakes, ranks = stakes_of(election, count.rule.utility), ranks_of(election)
    mine = (-score(stakes[index]), ranks[index])
    left = election.budget_parts
    for pick in pick_greedily(stakes, ranks, budget=left):
        if (-pick.score, ranks[pick.project]) < mine:
            left -= stakes[pick.project].cost
    return {"left": Fraction(left), "missing": Fraction(election.costs[index] - left)}


def _why_phragmen_stopped(count: Count, index: int) -> tuple[str, dict[str, Fraction]]:
    election = count.election
    stakes, ranks = stakes_of(election, Utility.CARDINALITY), ranks_of(election)
    *_, last = rounds(election.voters, stakes, ranks, budget=election.budget_parts)
    assert last.stops, "a project that fits the budget loses only where the count is stopped"
    if index in last.due and stakes[index].cost > last.rest:
        return "would-break-budget", {"left": Fraction(last.rest)}
    if election.support[index] == 0:
        return "unsupported", {}
    return "count-ended", {}
