"""The least coarsening: a worked example, brute force over whole lattices, bad input refused."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.bad_input import BadInput
from madang.core.disclosure.check import check, coarsened, hierarchies_for, parts, suggest
from madang.core.disclosure.hierarchy import (
    all_or_nothing,
    dates,
    guess,
    masked,
    number_bands,
    tree,
)
from madang.core.disclosure.lattice import Sieve, find_minimal
from madang.core.disclosure.loss import precision_loss
from madang.core.disclosure.records import records_of
from madang.core.disclosure.requirement import Diversity, Requirement

# Samarati (2001), figures 2 and 3: race and the ZIP codes, eight people (the paper's private table
# by these two columns).
PRIVATE = [
    *[["asian", "94138"], ["asian", "94138"], ["asian", "94139"], ["asian", "94139"]],
    *[["asian", "94139"], ["black", "94138"], ["black", "94139"], ["white", "94139"]],
]
PATHS = dict.fromkeys(("asian", "black", "white"), ("person",))


def samarati():
    records = records_of("file", ["race", "zip"], PRIVATE)
    hierarchies = [
        tree("race", records.domains[0], PATHS),
        masked("zip", records.domains[1]),
    ]
    return records, hierarchies


def levels_of(search):
    return {each.levels for each in search.suggestions}


def test_the_minimal_ways_by_hand():
    records, hierarchies = samarati()
    # race as it is, zip 9413*: white stands alone. person, zip as it is: 3 and 5 people.
    assert levels_of(find_minimal(records, hierarchies, Requirement(k=2))) == {(1, 0)}
    # With one person left out, white may go and races stay: asian 5, black 2.
    fewer = find_minimal(records, hierarchies, Requirement(k=2), most_suppressed=1)
    assert levels_of(fewer) == {(1, 0), (0, 1)}
    assert {each.levels: each.suppressed for each in fewer.suggestions} == {(1, 0): 0, (0, 1): 1}


def test_what_leaves_keeps_to_the_requirement_and_forgets_the_order():
    records, hierarchies = samarati()
    requirement = Requirement(k=2)
    search = find_minimal(records, hierarchies, requirement, most_suppressed=1)
    for way in search.suggestions:
        rows = coarsened(records, records, None, hierarchies, requirement, way)
        assert rows == sorted(rows)
        assert len(rows) == len(records) - way.suppressed
        assert check(records_of("out", records.columns, rows), None, requirement).passes


@st.composite
def files(draw):
    size = draw(st.integers(2, 14))
    column = st.lists(st.integers(0, 5), min_size=size, max_size=size)
    a, b, s = draw(column), draw(column), draw(column)
    rows = [[str(x), f"{y}0{y}{y}", f"s{z % 3}"] for x, y, z in zip(a, b, s, strict=True)]
    return records_of("file", ["a", "b", "s"], rows), draw(st.integers(0, size - 1))


REQUIREMENTS = st.builds(
    Requirement,
    k=st.integers(1, 4),
    l=st.integers(1, 3),
    diversity=st.sampled_from(Diversity),
    c=st.sampled_from([0.8, 1.5]),
    t=st.sampled_from([None, 0.3]),
)


@settings(max_examples=60, deadline=None)
@given(files(), REQUIREMENTS)
def test_every_minimal_node_is_found_as_brute_force_finds_it(file, requirement):
    records, most = file
    quasi, sensitive = parts(records, ["a", "b"], ["s"])
    hierarchies = [
        number_bands("a", quasi.domains[0], (2, 4)),
        masked("b", quasi.domains[1]),
    ]
    search = suggest(quasi, sensitive, hierarchies, requirement, most_suppressed=most)

    sieve = Sieve(quasi, hierarchies, sensitive, requirement)
    keeps = set()
    for node in product(*(range(len(each.levels)) for each in hierarchies)):
        classes, broken = sieve.coarsen(node)
        if classes.sizes[broken].sum() <= most and not broken.all():
            keeps.add(node)
    finer = {(1, 0), (0, 1)}
    minimal = {
        node for node in keeps
        if not any((node[0] - x, node[1] - y) in keeps for x, y in finer)
    }  # fmt: skip
    assert levels_of(search) == minimal
    if keeps and requirement.grows_with(most):
        best = min(precision_loss(hierarchies, node) for node in keeps)
        assert min(each.precision_loss for each in search.suggestions) == best
        assert search.checked <= search.nodes


@settings(max_examples=30, deadline=None)
@given(files(), st.integers(2, 4))
def test_a_coarser_file_leaves_out_no_more_people(file, k):
    records, _ = file
    quasi, _sensitive = parts(records, ["a", "b"], [])
    hierarchies = hierarchies_for(quasi, {})
    sieve = Sieve(quasi, hierarchies, None, Requirement(k=k))
    out = {}
    for node in product(*(range(len(each.levels)) for each in hierarchies)):
        classes, broken = sieve.coarsen(node)
        out[node] = int(classes.sizes[broken].sum())
    for (x, y), left_out in out.items():
        for coarser in ((x + 1, y), (x, y + 1)):
            assert out.get(coarser, 0) <= left_out


@given(st.sets(st.integers(-300, 300), min_size=1), st.sampled_from([(5, 10), (2, 4, 8), (7,)]))
def test_a_number_lies_in_its_band_and_levels_only_join(numbers, widths):
    domain = sorted(map(str, numbers))
    hierarchy = number_bands("age", domain, widths)
    for level in hierarchy.levels[1:-1]:
        for text, label in zip(domain, level.labels, strict=True):
            low, _, high = label.partition("–")
            assert int(low) <= int(text) <= int(high)
    assert set(hierarchy.levels[-1].labels) == {"*"}


def test_the_worked_losses():
    records, hierarchies = samarati()
    (way,) = find_minimal(records, hierarchies, Requirement(k=2)).suggestions
    assert way.precision_loss == 0.5  # (1/1 + 0/2) / 2
    assert way.certainty_penalty == 0.5  # every race is one of three, no ZIP is joined
    assert way.discernibility == 3**2 + 5**2
    assert way.smallest == 3


def test_values_suggest_their_own_hierarchy():
    def titles(domain):
        return [level.in_english for level in guess("x", domain).levels]

    assert titles(["2020-01-05", "2020-01-06", "2020-03-01", "2021-03-01"]) == [
        *("as it is", "months", "years", "decades", "withheld")
    ]
    assert titles(["03921", "03922"]) == ["as it is", "without the last 1", "withheld"]
    assert titles(["f", "m"]) == ["as it is", "withheld"]
    assert "bands of 10" in titles([str(age) for age in range(20, 60)])


def test_hierarchies_that_cannot_hold_are_refused():
    with pytest.raises(BadInput, match="does not say what “b”"):
        tree("x", ["a", "b"], {"a": ("c",)})
    with pytest.raises(BadInput, match="as many levels"):
        tree("x", ["a", "b"], {"a": ("c",), "b": ("c", "d")})
    with pytest.raises(BadInput, match="may only join"):
        tree("x", ["a", "b"], {"a": ("c", "d"), "b": ("c", "e")})
    with pytest.raises(BadInput, match="multiple"):
        number_bands("x", ["1"], (5, 12))
    for text in ("one", "1e3", "1_000", "NaN"):
        with pytest.raises(BadInput, match="no number"):
            number_bands("x", [text])
    with pytest.raises(BadInput, match="no date"):
        dates("x", ["2020-02-31"])
    with pytest.raises(BadInput, match="as long"):
        masked("x", ["1", "22"])


def test_a_lattice_too_large_is_refused_before_it_is_searched():
    columns = [f"c{n}" for n in range(17)]
    records = records_of("file", columns, [["a"] * 17, ["b"] * 17])
    hierarchies = [all_or_nothing(name, ("a", "b")) for name in columns]
    with pytest.raises(BadInput, match="131072 combinations"):
        find_minimal(records, hierarchies, Requirement(k=2))
    with pytest.raises(ValueError, match="left out"):
        find_minimal(records.only(["c0"]), hierarchies[:1], Requirement(k=2), most_suppressed=3)


def test_what_cannot_be_mended_has_no_suggestion():
    records = records_of("file", ["a"], [["x"], ["y"]])
    search = find_minimal(records, hierarchies_for(records, {}), Requirement(k=3))
    assert search.suggestions == ()
    assert np.isin(search.checked, [1, 2])
