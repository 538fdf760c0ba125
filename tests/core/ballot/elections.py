"""Elections for the tests of the ballot core: one worked by hand, and any number drawn."""

from fractions import Fraction

from hypothesis import strategies as st

from madang.core.ballot.count import count
from madang.core.ballot.election import Election, Project, approval_election
from madang.core.ballot.rule import parse_rule

EQUAL_SHARES = [
    f"equal-shares {utility} {completion}"
    for utility in ("cost", "cardinality")
    for completion in ("none", "add1", "add1u", "utilitarian")
]
ALL_RULES = [*EQUAL_SHARES, "greedy cost none", "greedy cardinality none", "phragmen cost none"]


def make_rule(words: str):
    """Return the rule of e.g. "equal-shares cost add1"."""
    method, utility, completion = words.split()
    return parse_rule(method=method, utility=utility, completion=completion)


def count_by(words: str, election: Election):
    return count(election, make_rule(words))


def make_election(*, budget=90, costs=None, ballots=None) -> Election:
    """Two quarters, worked by hand in docs/algorithms: six voters in the north, three in the south.

    The budget of 90 is 10 for each of the nine.
    """
    costs = {"n1": 60, "n2": 30, "s1": 27} if costs is None else costs
    ballots = [["n1", "n2"]] * 6 + [["s1"]] * 3 if ballots is None else ballots
    return approval_election(
        budget=budget, projects=[Project(id_, cost) for id_, cost in costs.items()], ballots=ballots
    )


@st.composite
def drawn_elections(draw, *, most_voters=12):
    """Return the keywords of `make_election`: few costs and voters, so that ties are common."""
    ids = "abcdefg"[: draw(st.integers(1, 7))]
    whole = draw(st.booleans())
    amounts = st.integers(1, 12) if whole else st.fractions(Fraction(1, 4), 12, max_denominator=8)
    costs = {id_: draw(amounts) for id_ in ids}
    budget = draw(st.integers(1, max(1, int(sum(costs.values())))))
    ballots = st.lists(st.sets(st.sampled_from(ids)).map(sorted), min_size=1, max_size=most_voters)
    return {"budget": budget, "costs": costs, "ballots": draw(ballots)}
