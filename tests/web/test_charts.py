"""Geometry of the pictures."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.web.charts import (
    HEIGHT,
    MARGIN,
    WIDTH,
    convex_hull,
    draw_opinion_map,
    scale_to_pixels,
    split_bar,
)
from madang.web.nearness import YourPlace

coordinates = st.floats(-1e6, 1e6)
pixels = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT))


def test_a_hand_drawn_map() -> None:
    # Two units wide and one high: the width decides, (640 − 2 × 48) / 2 = 272 pixels a unit.
    drawn = draw_opinion_map(
        points=[(-1, 0, 0), (-1, 1, 0), (1, 0.5, 1), (0, 0.5, None)],
        labels=["walkers", "drivers"],
        says=[["More pavements"], []],
        you=1,
    )
    walkers, drivers = drawn.groups
    assert walkers.points == "48,376 48,104"
    assert (walkers.cx, walkers.cy, walkers.size, walkers.share) == (48, 240, 2, 2 / 3)
    assert (walkers.letter, walkers.says) == ("A", ("More pavements",))
    assert drivers.points == "592,240 592,240"  # a lone point carries its mark twice
    assert (drawn.ungrouped, drawn.ungrouped_points) == (1, "320,240 320,240")
    assert (drawn.you, drawn.your_place, drawn.participants) == (
        (48, 104),
        YourPlace("A", is_central=True, beside="B"),
        4,
    )


def test_each_group_has_a_shape_of_its_own() -> None:
    drawn = draw_opinion_map(points=[(i, i, i) for i in range(5)], labels=list("vwxyz"))
    assert len({group.shape for group in drawn.groups}) == 5
    assert [group.letter for group in drawn.groups] == list("ABCDE")


@pytest.mark.parametrize(
    ("points", "labels", "reason"),
    [
        ([(0.0, 0.0, 0)], ["a", "b"], "group B has no point"),
        ([(0.0, 0.0, 1)], ["a"], "of which nothing is said"),
        ([(0.0, 0.0, -1)], ["a"], "of which nothing is said"),
        ([(0.0, 0.0, i) for i in range(6)], list("abcdef"), "only 5 can be told apart"),
        ([(float("nan"), 0.0, 0)], ["a"], "not finite"),
    ],
)
def test_a_map_of_bad_input_is_refused(
    points: list[tuple[float, float, int | None]], labels: list[str], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        draw_opinion_map(points=points, labels=labels)


def test_a_map_of_nobody_is_empty() -> None:
    drawn = draw_opinion_map(points=[], labels=[])
    assert (drawn.participants, drawn.groups, drawn.ungrouped_points) == (0, (), "")


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1))
def test_every_point_stays_within_the_margins(points: list[tuple[float, float]]) -> None:
    for x, y in scale_to_pixels(points):
        assert MARGIN <= x <= WIDTH - MARGIN
        assert MARGIN <= y <= HEIGHT - MARGIN


@given(st.lists(st.tuples(coordinates, coordinates), min_size=2))
def test_right_stays_right_and_up_stays_up(points: list[tuple[float, float]]) -> None:
    drawn = scale_to_pixels(points)
    for (one, other), (drawn_one, drawn_other) in zip(
        pairwise(points), pairwise(drawn), strict=True
    ):
        assert (one[0] <= other[0]) <= (drawn_one[0] <= drawn_other[0])
        assert (one[1] <= other[1]) <= (drawn_one[1] >= drawn_other[1])


def test_the_hull_of_a_square_is_its_corners() -> None:
    corners = [(0, 0), (10, 0), (10, 10), (0, 10)]
    assert convex_hull([*corners, (5, 5), (5, 0), (0, 0)]) == corners


@given(st.lists(pixels, min_size=1))
def test_no_point_lies_outside_the_hull(points: list[tuple[int, int]]) -> None:
    hull = convex_hull(points)
    assert set(hull) <= set(points)
    if len(hull) > 2:
        for (ax, ay), (bx, by) in pairwise([*hull, hull[0]]):
            assert all((bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0 for x, y in points)


def test_a_bar_is_split_in_proportion() -> None:
    drawn = [(s.name, s.start, s.length) for s in split_bar([("a", 1), ("b", 0), ("c", 3)])]
    assert drawn == [("a", "0.00%", "25.00%"), ("c", "25.00%", "75.00%")]
    assert split_bar([("a", 0)]) == []
    with pytest.raises(ValueError, match="negative"):
        split_bar([("a", -1)])
