"""What a file gives away: the papers' own tables, another implementation, properties."""

import hashlib
import json
import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.bad_input import BadInput
from madang.core.disclosure.check import check, parts
from madang.core.disclosure.classes import (
    distinct_l,
    entropy_l,
    equal_t,
    group,
    ordered_t,
    recursive_parts,
    spread,
)
from madang.core.disclosure.records import records_of
from madang.core.disclosure.requirement import Distance, Diversity, Requirement

GOLDEN = Path(__file__).parents[2] / "golden" / "disclosure-pycanon"
# Machanavajjhala et al. (2007), figures 1 and 2: inpatients, already 4-anonymous.
INPATIENTS = [
    *[["130**", "<30", illness] for illness in ("heart", "heart", "viral", "viral")],
    *[["1485*", ">=40", illness] for illness in ("cancer", "heart", "viral", "viral")],
    *[["130**", "3*", "cancer"]] * 4,
]
CLASS = st.lists(st.integers(0, 4), min_size=1, max_size=12)
FILES = st.lists(CLASS, min_size=1, max_size=6)


def measured(rows, requirement):
    quasi, sensitive = parts(records_of("file", ["zip", "age", "illness"], rows),
                             ["zip", "age"], ["illness"])  # fmt: skip
    return check(quasi, sensitive, requirement)


def spread_of(classes):
    """The spread of a file whose classes have these sensitive values."""
    of = np.repeat(np.arange(len(classes)), [len(values) for values in classes])
    return spread(of, np.array([value for values in classes for value in values]))


def test_the_inpatients_of_the_paper_are_4_anonymous_and_one_class_tells_its_illness():
    found = measured(INPATIENTS, Requirement(k=4, l=2))
    assert (found.k, found.people, found.classes, found.alone) == (4, 12, 3, 0)
    assert (found.broken_classes, found.broken_people) == (1, 4)
    assert found.examples[0].values == ("130**", "3*")
    assert found.varieties[0].distinct == 1
    assert not found.passes
    assert measured(INPATIENTS[:8], Requirement(k=4, l=2)).passes


def test_recursive_diversity_is_that_of_the_paper():
    # Class 2: heart, cancer, viral, viral. r_1 = 2, r_2 + r_3 = 2: (c, 2)-diverse for c above 1.
    assert not measured(
        INPATIENTS[4:8], Requirement(k=1, l=2, diversity=Diversity.RECURSIVE, c=1.0)
    ).passes
    assert measured(
        INPATIENTS[4:8], Requirement(k=1, l=2, diversity=Diversity.RECURSIVE, c=1.01)
    ).passes


def test_t_closeness_is_that_of_the_paper():
    # Li et al. (2007), section 5.1: salaries 3k to 11k; {3k, 4k, 5k} is 0.375 from the whole,
    # {6k, 8k, 11k} only 0.167.
    salaries = [0, 1, 2, 3, 5, 8, 4, 6, 7]
    far = ordered_t(spread(np.repeat(np.arange(3), 3), np.array(salaries)))
    assert far[:2] == pytest.approx([0.375, 1 / 6])


def test_pycanon_measures_the_same():
    for line in (GOLDEN / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((GOLDEN / name).read_bytes()).hexdigest() == digest, name
    files = json.loads((GOLDEN / "input.json").read_text())
    for rows, expected in zip(
        files, json.loads((GOLDEN / "expected.json").read_text()), strict=True
    ):
        found = measured(rows, Requirement(k=1))
        (variety,) = found.varieties
        assert (found.k, variety.distinct) == (expected["k"], expected["l"])
        assert variety.equal == pytest.approx(expected["t_equal"], abs=1e-12)
        assert variety.ordered == pytest.approx(expected["t_ordered"], abs=1e-12)
        # It rounds exp of a logarithm down, which may fall just short of a whole number.
        assert expected["entropy_l"] in (
            math.floor(variety.entropy), math.floor(variety.entropy - 1e-9))  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_classes_are_those_of_a_plain_count(rows):
    counted = Counter(rows)
    classes = group(np.array(rows))
    assert sorted(classes.sizes) == sorted(counted.values())
    assert [counted[row] for row in rows] == list(classes.sizes[classes.of])


@given(FILES)
def test_variety_is_that_of_a_plain_count(classes):
    found = spread_of(classes)
    first, tail = recursive_parts(found, 2)
    for n, values in enumerate(classes):
        counts = sorted(Counter(values).values(), reverse=True)
        shares = [count / len(values) for count in counts]
        assert distinct_l(found)[n] == len(counts)
        assert entropy_l(found)[n] == pytest.approx(math.prod(s**-s for s in shares))
        assert (first[n], tail[n]) == (counts[0], sum(counts[1:]))


@given(FILES)
def test_distances_are_between_0_and_1_and_ordered_ones_no_greater(classes):
    found = spread_of(classes)
    equal, ordered = equal_t(found), ordered_t(found)
    assert ((equal > -1e-12) & (equal < 1)).all()
    assert (ordered <= equal + 1e-12).all()


@given(FILES, st.sampled_from([*Diversity, *Distance]))
def test_two_classes_that_keep_to_a_requirement_keep_to_it_as_one(classes, how):
    requirement = (
        Requirement(k=2, l=2, diversity=how, c=1.5)
        if isinstance(how, Diversity)
        else Requirement(k=2, t=0.4, distance=how)
    )
    found = spread_of(classes)
    if requirement.broken_by(found.sizes, [found]).any() or len(classes) < 2:
        return
    joined = spread_of([classes[0] + classes[1], *classes[2:]])
    assert not requirement.broken_by(joined.sizes, [joined]).any()


def test_many_columns_do_not_overflow_the_key_of_a_class():
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 50, (40, 1)) * np.ones((1, 30), dtype=np.int64)
    assert len(group(codes)) == len(set(codes[:, 0]))


@pytest.mark.parametrize(
    ("quasi", "sensitive", "said"),
    [
        ([], [], "at least one"),
        (["zip", "zip"], [], "twice"),
        (["zip", "sex"], [], "lacks: sex"),
        (["zip"], ["zip"], "at once"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(quasi, sensitive, said):
    records = records_of("file", ["zip", "age", "illness"], INPATIENTS)
    with pytest.raises(BadInput, match=said):
        parts(records, quasi, sensitive)


def test_a_requirement_that_cannot_be_meant_is_refused():
    for wrong in ({"k": 0}, {"k": 1, "l": 0}, {"k": 1, "c": 0.0}, {"k": 1, "t": 1.5}):
        with pytest.raises(BadInput):
            Requirement(**wrong)
    records = records_of("file", ["zip", "age", "illness"], INPATIENTS)
    with pytest.raises(BadInput, match="sensitive column"):
        check(records.only(["zip"]), None, Requirement(k=2, l=2))
    with pytest.raises(BadInput, match="no record"):
        records_of("file", ["zip"], [])


def test_the_inpatients_by_hand_have_these_classes():
    by_hand = defaultdict(list)
    for zip_code, age, illness in INPATIENTS:
        by_hand[zip_code, age].append(illness)
    assert measured(INPATIENTS, Requirement(k=1)).classes == len(by_hand) == 3
