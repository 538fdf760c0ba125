"""Geometry of a drawing in layers: what leads where, from top to bottom.

Pure: knows no language and no colour. Layers become pixels of the picture's view box, the same
ones each time: boxes stand where their neighbours in the layers above stand (the barycentre rule
of Sugiyama, Tagawa and Toda 1981), and keep their order where that does not tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

BOX_WIDTH, BOX_HEIGHT = 172, 46
GAP_X, GAP_Y, GAP_LAYER, MARGIN = 14, 12, 62, 10
ROOM_BELOW = 30  # for lines that bend out below the last row
MOST_IN_A_ROW = 6  # as many as a page is wide; more make another row of the same layer


@dataclass(frozen=True)
class Box:
    """Where something stands: the upper left corner."""

    x: int
    y: int


@dataclass(frozen=True)
class Layers:
    """boxes: by the number of what they stand for; lines: SVG paths by their two ends."""

    width: int
    height: int
    boxes: Mapping[int, Box]
    lines: Mapping[tuple[int, int], str]


def draw_layers(*, layers: Sequence[int], lines: Sequence[tuple[int, int]]) -> Layers:
    """Return the drawing of things numbered from 0.

    layers: in which layer each stands, counted from the top; empty ones take no room.
    lines:  from one thing to another.
    """
    boxes: dict[int, Box] = {}
    width = MOST_IN_A_ROW * (BOX_WIDTH + GAP_X) - GAP_X
    y = MARGIN
    for layer in _ordered(layers, lines):
        for row in _split(layer):
            left = MARGIN + (width - len(row) * (BOX_WIDTH + GAP_X) + GAP_X) // 2
            for at, thing in enumerate(row):
                boxes[thing] = Box(left + at * (BOX_WIDTH + GAP_X), y)
            y += BOX_HEIGHT + GAP_Y
        y += GAP_LAYER - GAP_Y
    return Layers(
        width=width + 2 * MARGIN,
        height=max(y - GAP_LAYER, BOX_HEIGHT) + ROOM_BELOW,
        boxes=boxes,
        lines={(tail, head): _path(boxes[tail], boxes[head]) for tail, head in lines},
    )


def _ordered(layers: Sequence[int], lines: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the things of each layer that is not empty, from left to right."""
    beside: dict[int, list[int]] = {thing: [] for thing in range(len(layers))}
    for tail, head in lines:
        beside[head].append(tail)
        beside[tail].append(head)
    across: dict[int, float] = {}

    def middle(thing: int) -> tuple[float, int]:
        above = [across[each] for each in beside[thing] if each in across]
        return (fmean(above) if above else 0.5, thing)

    found = []
    for layer in sorted(set(layers)):
        things = sorted((each for each, its in enumerate(layers) if its == layer), key=middle)
        across |= {thing: (at + 0.5) / len(things) for at, thing in enumerate(things)}
        found.append(things)
    return found


def _split(layer: list[int]) -> list[list[int]]:
    """Return a layer as one row or more of about equal length."""
    rows = -(-len(layer) // MOST_IN_A_ROW)
    length = -(-len(layer) // rows)
    return [layer[start : start + length] for start in range(0, len(layer), length)]


def _path(tail: Box, head: Box) -> str:
    """Return a curve from the lower edge of one box to the upper edge of another that is below it.

    Back up it runs from the upper edge to the lower one; within a row it bends out below.
    """
    x, end_x = tail.x + BOX_WIDTH // 2, head.x + BOX_WIDTH // 2
    if tail.y == head.y:
        y = tail.y + BOX_HEIGHT
        return f"M{x},{y}C{x},{y + ROOM_BELOW} {end_x},{y + ROOM_BELOW} {end_x},{y}"
    y, end_y = tail.y + BOX_HEIGHT, head.y
    if tail.y > head.y:
        x, end_x = x + BOX_WIDTH // 4, end_x + BOX_WIDTH // 4  # beside the way down
        y, end_y = tail.y, head.y + BOX_HEIGHT
    middle = (y + end_y) // 2
    return f"M{x},{y}C{x},{middle} {end_x},{middle} {end_x},{end_y}"
