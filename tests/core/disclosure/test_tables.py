"""Hidden cells: worked examples of the literature, brute force, and an attacker who never wins."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from madang.core.bad_input import BadInput
from madang.core.disclosure.attacker import bounds, is_safe
from madang.core.disclosure.hiding import Weight, hide
from madang.core.disclosure.records import records_of
from madang.core.disclosure.tables import (
    CellTable,
    Dominance,
    MinimumFrequency,
    PPercent,
    flat,
    nested,
    table_of_amounts,
    table_of_counts,
    tabulate,
)

# Fischetti and Salazar (2001), figure 1: investment by activity (I to III) and region (A to C).
INVESTMENT = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
COUNTS = hnp.arrays(np.int64, st.tuples(st.integers(2, 4), st.integers(2, 4)),
                    elements=st.integers(0, 14))  # fmt: skip


def flat_table(counts, fewest=5):
    axes = [flat("abc"[n], [str(each) for each in range(size)])
            for n, size in enumerate(counts.shape)]  # fmt: skip
    return table_of_counts("table", axes, counts, MinimumFrequency(fewest))


def investment(*, is_count=False, low=0.0, up=0.0):
    """The paper's table, in which activity II in region C alone is sensitive."""
    plain = flat_table(INVESTMENT)
    sensitive = np.zeros(plain.values.shape, dtype=bool)
    sensitive[1, 2] = True
    return CellTable("table", plain.axes, plain.values, is_count, sensitive,
                     sensitive * low, sensitive * up)  # fmt: skip


def test_the_attacker_of_the_paper_finds_the_interval_of_the_paper():
    table = investment()
    hidden = np.zeros((4, 4), dtype=bool)
    hidden[np.ix_([1, 2], [0, 2])] = True
    known = bounds(table, hidden)
    assert (known.low[1, 2], known.up[1, 2]) == pytest.approx((5, 30))
    assert (known.low[1, 0], known.up[1, 0]) == pytest.approx((0, 25))
    assert (known.low[0, 0], known.up[0, 0]) == (20, 20)


def test_one_hidden_cell_alone_is_worked_out():
    table = investment(up=1.0)
    assert bounds(table, table.sensitive).low[1, 2] == pytest.approx(22)
    assert not is_safe(table, table.sensitive)


def test_a_small_cell_beside_millions_is_protected_like_any_other():
    table = flat_table(np.array([[3, 5_000_000], [4_000_000, 6_000_000]]))
    assert not is_safe(table, table.sensitive)
    for largest_exact in (10_000, 0):
        found = hide(table, largest_exact=largest_exact)
        assert is_safe(table, found.hidden)
        assert found.hidden.sum() == 4
        assert found.known.low[0, 0] <= 2
        assert found.known.up[0, 0] >= 5


AMOUNTS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 10**7)), min_size=4, max_size=25
)


@settings(max_examples=15, deadline=None)
@given(AMOUNTS, st.sampled_from([PPercent(10), Dominance(1, 80), Dominance(2, 90)]))
def test_no_amount_can_be_told_closer_than_its_rule_allows(given, rule):
    rows = [[f"t{trade}", f"d{district}"] for trade, district, _ in given]
    records = records_of("file", ["trade", "district"], rows)
    axes = [flat(name, d) for name, d in zip(records.columns, records.domains, strict=True)]
    amounts = np.array([float(amount) for *_, amount in given])
    table = table_of_amounts("file", axes, records, amounts, rule)
    known = hide(table).known
    small = table.sensitive
    assert (known.up[small] >= (table.values + table.up)[small] * (1 - 1e-6)).all()
    assert (
        known.low[small] <= (table.values - table.low)[small] + 1e-6 * table.values[small]
    ).all()


def test_the_least_that_protects_is_hidden():
    # 8 + 17 + 12 = 37 is the cheapest rectangle through the cell; by hand the others cost
    # 8 + 20 + 10 (needs less room: 38), 19 + 50 + 10, 19 + 32 + 12.
    found = hide(investment(low=5.0, up=5.0))
    assert found.is_least
    assert found.cost == 37
    assert {tuple(cell) for cell in np.argwhere(found.hidden)} == {(1, 0), (1, 2), (2, 0), (2, 2)}
    # Where the value may have to be 9 more, 8 is too little to take from, and so is 8 again:
    # the next rectangle is the one through 19, 32 and 12.
    wider = hide(investment(low=5.0, up=9.0))
    assert wider.cost == 19 + 32 + 12
    assert wider.known.up[1, 2] >= 31


def subsets_by_cost(table, weight):
    """All ways to hide, the cheapest first, among cells that hold somebody."""
    free = np.flatnonzero(~table.sensitive.ravel() & (table.values.ravel() > 0))
    costs = (
        np.maximum(table.values.ravel()[free], 1.0) if weight is Weight.VALUES else 1.0 + 0 * free
    )
    ways = []
    for choice in product((False, True), repeat=len(free)):
        hidden = table.sensitive.copy()
        hidden.flat[free[list(choice)]] = True
        ways.append((float(costs[list(choice)].sum()), hidden))
    return sorted(ways, key=lambda way: way[0])


@pytest.mark.parametrize("weight", Weight)
@pytest.mark.parametrize(
    "counts", [[[3, 8], [9, 11]], [[1, 7], [2, 9]], [[4, 0], [12, 6]], [[3, 3], [30, 9]]]
)
def test_nothing_cheaper_protects_than_what_is_found(counts, weight):
    table = flat_table(np.array(counts))
    cheapest = next(
        cost for cost, hidden in subsets_by_cost(table, weight) if is_safe(table, hidden)
    )
    found = hide(table, weight=weight)
    assert found.is_least
    assert found.cost == cheapest
    assert hide(table, weight=weight, largest_exact=0).cost >= cheapest


@settings(max_examples=20, deadline=None)
@given(COUNTS, st.booleans())
def test_no_hidden_cell_can_be_worked_out_nor_bounded_too_closely(counts, exactly):
    table = flat_table(counts)
    found = hide(table, largest_exact=10_000 if exactly else 0)
    assert is_safe(table, found.hidden)
    assert (found.hidden >= table.sensitive).all()
    known = found.known
    assert (known.low <= table.values).all()
    assert (known.up >= table.values).all()
    assert (known.up[found.hidden] - known.low[found.hidden] >= 1).all()
    small = table.sensitive
    assert (known.low[small] <= table.values[small] - 1).all()
    assert (known.up[small] >= 5).all()


@settings(max_examples=15, deadline=None)
@given(hnp.arrays(np.int64, (2, 2, 2), elements=st.integers(0, 9)))
def test_in_a_table_of_three_columns_the_attacker_is_given_whole_people(counts):
    table = flat_table(counts, fewest=3)
    assert not table.is_network
    found = hide(table, largest_exact=0)
    small = table.sensitive
    # Every table an attacker cannot tell from ours differs by people, so the bounds are reached.
    assert (found.known.up[small] >= 3).all()
    assert (found.known.low[small] <= table.values[small] - 1).all()


@settings(max_examples=15, deadline=None)
@given(COUNTS)
def test_totals_are_the_sums_of_their_parts(counts):
    table = flat_table(counts)
    assert not (table.relations() @ table.values.ravel()).any()
    assert table.values[-1, -1] == counts.sum()


def test_districts_within_boroughs_are_protected_together():
    rows = nested(
        "district", ["d1", "d2", "d3", "d4"], {"d1": "n", "d2": "n", "d3": "s", "d4": "s"}
    )
    axes = [rows, flat("answer", ["yes", "no"])]
    counts = np.array([[3, 40], [20, 30], [25, 35], [18, 22]])
    table = table_of_counts("table", axes, counts, MinimumFrequency(5))
    assert rows.labels == ("d1", "d2", "d3", "d4", "n", "s", "Total")
    assert list(table.values[4:, 2]) == [93, 100, 193]
    found = hide(table)
    # Inside the borough of d1 a rectangle with d2 is enough: no other borough has to hide.
    assert {tuple(cell) for cell in np.argwhere(found.hidden)} == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_one_person_in_an_empty_city_leaves_nothing_to_publish():
    found = hide(flat_table(np.array([[1, 0], [0, 0]])))
    assert found.hidden[[0, 0, 2, 2], [0, 2, 0, 2]].all()
    assert np.isinf(found.known.up[2, 2])


def amounts_table(rule, given, contributors=None):
    records = records_of("file", ["trade"], [[trade] for trade, _ in given])
    axes = [flat("trade", records.domains[0])]
    amounts = np.array([float(amount) for _, amount in given])
    return table_of_amounts("file", axes, records, amounts, rule, contributors=contributors)


def test_the_p_percent_rule_by_hand():
    # x1 = 80, x2 = 15, the rest 5: the second could tell the first to within 5, 6.25 % of 80.
    cell = [("mill", 80), ("mill", 15), ("mill", 5), ("shop", 50), ("shop", 49), ("shop", 48)]
    table = amounts_table(PPercent(10), cell)
    assert list(table.sensitive) == [True, False, False]
    assert table.up[0] == pytest.approx(0.10 * 80 - 5)
    assert not amounts_table(PPercent(6), cell).sensitive.any()


def test_the_dominance_rule_by_hand():
    cell = [("mill", 80), ("mill", 15), ("mill", 5), ("shop", 50), ("shop", 49), ("shop", 48)]
    table = amounts_table(Dominance(1, 75), cell)
    assert list(table.sensitive) == [True, False, False]
    assert table.up[0] == pytest.approx(100 / 75 * 80 - 100)
    assert amounts_table(Dominance(2, 90), cell).sensitive[0]
    assert not amounts_table(Dominance(2, 95), cell).sensitive[0]


def test_what_one_contributor_gives_in_several_records_is_added_up():
    given = [("mill", 40), ("mill", 40), ("mill", 15), ("mill", 5)]
    assert not amounts_table(Dominance(1, 75), given).sensitive[0]
    assert amounts_table(Dominance(1, 75), given, np.array([0, 0, 1, 2])).sensitive[0]


def test_people_are_counted_by_the_categories_that_were_named():
    records = records_of("file", ["a", "b"], [["x", "1"], ["x", "1"], ["y", "2"]])
    axes = [flat("a", ["x", "y", "z"]), flat("b", ["1", "2"])]
    table = tabulate("file", axes, records, MinimumFrequency(2))
    assert table.values[:, 2].tolist() == [2, 1, 0, 3]
    with pytest.raises(BadInput, match="“y” is no category of a"):
        tabulate("file", [flat("a", ["x"])], records, MinimumFrequency(2))


def test_tables_and_rules_that_cannot_hold_are_refused():
    with pytest.raises(BadInput, match="below 0"):
        amounts_table(PPercent(10), [("mill", -1)])
    for wrong in (
        lambda: MinimumFrequency(1),
        lambda: PPercent(0),
        lambda: Dominance(1, 100),
        lambda: nested("x", ["a"], {}),
        lambda: nested("x", ["a"], {"a": "a"}),
    ):
        with pytest.raises(BadInput):
            wrong()
    with pytest.raises(ValueError, match="no counts"):
        flat_table(np.array([[1, -1]]))
