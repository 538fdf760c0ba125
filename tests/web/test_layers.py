"""A drawing in layers: boxes that never overlap, the same each time, and lines that meet them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from madang.web.layers import (
    BOX_HEIGHT,
    BOX_WIDTH,
    GAP_LAYER,
    MARGIN,
    MOST_IN_A_ROW,
    Box,
    draw_layers,
)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]]]:
    layers = draw(st.lists(st.integers(0, 5), min_size=1, max_size=40))
    things = st.integers(0, len(layers) - 1)
    lines = draw(st.lists(st.tuples(things, things).filter(lambda p: p[0] != p[1]), unique=True))
    return layers, lines


@given(pictures())
def test_boxes_stand_apart_and_inside_the_picture(
    picture: tuple[list[int], list[tuple[int, int]]],
) -> None:
    layers, lines = picture
    drawn = draw_layers(layers=layers, lines=lines)
    assert set(drawn.boxes) == set(range(len(layers)))
    boxes = list(drawn.boxes.values())
    for n, box in enumerate(boxes):
        assert MARGIN <= box.x <= drawn.width - MARGIN - BOX_WIDTH
        assert MARGIN <= box.y <= drawn.height - MARGIN - BOX_HEIGHT
        for other in boxes[n + 1 :]:
            assert abs(box.x - other.x) >= BOX_WIDTH or abs(box.y - other.y) >= BOX_HEIGHT


@given(pictures())
def test_what_is_farther_stands_lower(
    picture: tuple[list[int], list[tuple[int, int]]],
) -> None:
    layers, lines = picture
    drawn = draw_layers(layers=layers, lines=lines)
    for thing, layer in enumerate(layers):
        for other, its in enumerate(layers):
            if layer < its:
                assert drawn.boxes[other].y - drawn.boxes[thing].y >= BOX_HEIGHT + GAP_LAYER


@given(pictures())
def test_a_line_begins_and_ends_at_its_boxes_in_whole_pixels(
    picture: tuple[list[int], list[tuple[int, int]]],
) -> None:
    layers, lines = picture
    drawn = draw_layers(layers=layers, lines=lines)
    assert set(drawn.lines) == set(lines)
    for (tail, head), path in drawn.lines.items():
        x, y, *_, end_x, end_y = map(int, re.findall(r"-?\d+", path))
        assert re.fullmatch(r"M[\d,]+C[\d, ]+", path)
        for box, at_x, at_y in ((drawn.boxes[tail], x, y), (drawn.boxes[head], end_x, end_y)):
            assert box.x < at_x < box.x + BOX_WIDTH
            assert at_y in (box.y, box.y + BOX_HEIGHT)


def test_boxes_stand_below_those_that_lead_to_them() -> None:
    drawn = draw_layers(layers=[0, 0, 1, 1], lines=[(0, 3), (1, 2)])
    assert drawn.boxes[3].x < drawn.boxes[2].x
    assert drawn == draw_layers(layers=[0, 0, 1, 1], lines=[(0, 3), (1, 2)])


def test_a_wide_layer_becomes_rows_of_about_equal_length() -> None:
    drawn = draw_layers(layers=[0] * (MOST_IN_A_ROW + 1), lines=[])
    rows = [
        sum(box.y == y for box in drawn.boxes.values()) for y in {b.y for b in drawn.boxes.values()}
    ]
    assert sorted(rows) == [3, 4]


def test_one_box_stands_in_the_middle() -> None:
    drawn = draw_layers(layers=[7], lines=[])
    assert drawn.boxes[0] == Box((drawn.width - BOX_WIDTH) // 2, MARGIN)
    assert draw_layers(layers=[], lines=[]).boxes == {}
