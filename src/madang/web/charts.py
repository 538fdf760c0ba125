"""Geometry of the server-made pictures: numbers in, pixels and path strings out.

Pure: knows no language and no colour. Coordinates are whole pixels of the picture's view box, so
that no locale can put a comma into them; shares of a bar's length are strings such as "41.5%".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from madang.web.nearness import Layout, Pixel, YourPlace, centre_of, lay_out, place

# Each group has a letter and a shape of its own, drawn in a box of 24 by 24.
SHAPES = {
    "A": "M2,12a10,10 0 1,0 20,0a10,10 0 1,0 -20,0z",
    "B": "M3,3h18v18h-18z",
    "C": "M12,2l11,19.5h-22z",
    "D": "M12,1l11,11l-11,11l-11,-11z",
    "E": "M8.5,1.5h7v7h7v7h-7v7h-7v-7h-7v-7h7z",
}
LETTERS = tuple(SHAPES)
WIDTH, HEIGHT, MARGIN = 640, 480, 48
SMALLEST_EXTENT = 1e-12  # points that are no farther apart stand in one place


@dataclass(frozen=True)
class Segment:
    """A part of a bar: where it starts and how long it is, in percent of the bar."""

    name: str
    start: str
    length: str


@dataclass(frozen=True)
class GroupOnMap:
    """One opinion group: its letter and shape, its points, its hull, its badge."""

    letter: str
    css: str
    shape: str  # SVG path data in a box of 24 by 24
    label: str
    says: tuple[str, ...]
    size: int
    share: float
    cx: int
    cy: int
    points: str  # as SVG writes them: "x,y x,y"
    hull: str  # likewise, corners only
    beside: str | None  # letter of the group that is nearest, where there is another


@dataclass(frozen=True)
class OpinionMap:
    """Everything web/parts/opinion_map.html prints."""

    width: int
    height: int
    participants: int
    groups: tuple[GroupOnMap, ...]
    ungrouped: int
    ungrouped_points: str
    point_size: int  # pixels across
    you: Pixel | None
    layout: Layout
    your_place: YourPlace | None


def draw_opinion_map(
    *,
    points: Sequence[tuple[float, float, int | None]],
    labels: Sequence[str],
    says: Sequence[Sequence[str]] = (),
    you: int | None = None,
    unplaced: int = 0,
) -> OpinionMap:
    """Return the picture of an opinion map, in pixels.

    points: x and y as the core returned them (y upwards), and the group from 0, None for nobody's.
    labels: one for each group, at most five; says: sentences that set each group apart, if any.
    you: index in `points` of the person who looks, if they are on the map.
    unplaced: people of whom too little is known for a point.

    Raises ValueError where a group has no label or no point, or where there are more than five.
    """
    if len(labels) > len(LETTERS):
        raise ValueError(f"{len(labels)} groups, but only {len(LETTERS)} can be told apart")
    pixels = scale_to_pixels([(x, y) for x, y, _ in points])
    members: list[list[Pixel]] = [[] for _ in labels]
    alone: list[Pixel] = []
    for pixel, (_, _, group) in zip(pixels, points, strict=True):
        if group is not None and not 0 <= group < len(labels):
            raise ValueError(f"a point stands in group {group}, of which nothing is said")
        (alone if group is None else members[group]).append(pixel)
    by_letter = dict(zip(LETTERS, members, strict=False))
    if empty := [letter for letter, group in by_letter.items() if not group]:
        raise ValueError(f"group {empty[0]} has no point")
    layout = lay_out(by_letter)
    your_group = None if you is None else points[you][2]
    your_letter = None if your_group is None else LETTERS[your_group]
    return OpinionMap(
        width=WIDTH,
        height=HEIGHT,
        participants=len(points),
        groups=tuple(
            _draw_group(
                letter=LETTERS[index],
                label=label,
                says=tuple(says[index]) if says else (),
                members=members[index],
                grouped=len(points) - len(alone),
                beside=layout.beside[LETTERS[index]],
            )
            for index, label in enumerate(labels)
        ),
        ungrouped=len(alone) + unplaced,
        ungrouped_points=_written(alone),
        point_size=15 if len(points) <= 400 else 11 if len(points) <= 2000 else 9,
        you=None if you is None else pixels[you],
        layout=layout,
        your_place=None if you is None else place(pixels[you], your_letter, by_letter),
    )


def scale_to_pixels(points: Sequence[tuple[float, float]]) -> list[Pixel]:
    """Return the points in pixels: one scale for both axes, centred, y downwards.

    Raises ValueError on a coordinate that is not finite.
    """
    if not all(isfinite(x) and isfinite(y) for x, y in points):
        raise ValueError("a coordinate is not finite")
    if not points:
        return []
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    rooms = [
        room / extent
        for room, extent in ((WIDTH - 2 * MARGIN, right - left), (HEIGHT - 2 * MARGIN, high - low))
        if extent > SMALLEST_EXTENT
    ]
    scale = min(rooms, default=0.0)  # all points in one place: the middle
    middle_x, middle_y = (left + right) / 2, (low + high) / 2
    return [
        (round(WIDTH / 2 + (x - middle_x) * scale), round(HEIGHT / 2 - (y - middle_y) * scale))
        for x, y in points
    ]


def convex_hull(pixels: Sequence[Pixel]) -> list[Pixel]:
    """Return the corners of the smallest convex shape around the pixels (monotone chain)."""
    ordered = sorted(set(pixels))
    if len(ordered) < 3:
        return ordered
    return _half_hull(ordered)[:-1] + _half_hull(ordered[::-1])[:-1]


def split_bar(counts: Sequence[tuple[str, int]]) -> list[Segment]:
    """Return the counts as parts of one whole bar; parts of nothing are left out.

    Raises ValueError on a negative count.
    """
    if any(count < 0 for _, count in counts):
        raise ValueError(f"a negative count in {counts}")
    total = sum(count for _, count in counts)
    segments, passed = [], 0
    for name, count in counts:
        if count:
            start, length = 100 * passed / total, 100 * count / total
            segments.append(Segment(name, f"{start:.2f}%", f"{length:.2f}%"))
        passed += count
    return segments


def _half_hull(ordered: Sequence[Pixel]) -> list[Pixel]:
    hull: list[Pixel] = []
    for x, y in ordered:
        while len(hull) > 1:
            (ax, ay), (bx, by) = hull[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            hull.pop()
        hull.append((x, y))
    return hull


def _draw_group(
    *,
    letter: str,
    label: str,
    says: tuple[str, ...],
    members: list[Pixel],
    grouped: int,
    beside: str | None,
) -> GroupOnMap:
    centre_x, centre_y = centre_of(members)
    return GroupOnMap(
        letter=letter,
        css=f"group-{letter.lower()}",
        shape=SHAPES[letter],
        label=label,
        says=says,
        size=len(members),
        share=len(members) / grouped,
        cx=round(centre_x),
        cy=round(centre_y),
        points=_written(members),
        hull=_written(convex_hull(members)),
        beside=beside,
    )


def _written(pixels: list[Pixel]) -> str:
    # A line of one point has no vertex to carry a mark, so a lone point is written twice.
    return " ".join(f"{x},{y}" for x, y in (pixels * 2 if len(pixels) == 1 else pixels))
