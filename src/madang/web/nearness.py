"""How the groups of an opinion map lie to one another: what an eye sees in the picture, in letters.

Pure: pixels in, letters out. The words stand in templates/web/parts/opinion_map.html.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import dist
from statistics import fmean

Pixel = tuple[int, int]
Pair = tuple[str, str]
# There is a gap between two groups where their centres are farther apart than this many times the
# distance at which people stand from their own centre on average, both taken together. A cloud cut
# in two has 0.8, two full discs that touch have 1.5, two clouds that thin out at the edge about 2.
CLEAR_GAP = 2.0
ABOUT_EQUAL = 1.25  # longest to shortest distance, up to which no pair of groups stands out


@dataclass(frozen=True)
class Layout:
    """gaps: the pairs with a clear gap between them. beside: for each group the one nearest to it.
    nearest, farthest: pairs; None for fewer than three groups or where all are about as far."""

    gaps: tuple[Pair, ...]
    is_all_apart: bool
    beside: Mapping[str, str | None]
    nearest: Pair | None
    farthest: Pair | None


@dataclass(frozen=True)
class YourPlace:
    """letter: your group's, None for none. is_central: no farther from its centre than its people
    on average. beside: the other group whose centre is nearest to you, None for none."""

    letter: str | None
    is_central: bool
    beside: str | None


def lay_out(members: Mapping[str, Sequence[Pixel]]) -> Layout:
    """Return how the groups lie. members: the points of each by its letter, none empty."""
    centres = {letter: centre_of(points) for letter, points in members.items()}
    spreads = {letter: _spread(members[letter], centres[letter]) for letter in members}
    far = {pair: dist(*(centres[each] for each in pair)) for pair in combinations(members, 2)}
    gaps = tuple(
        pair for pair in far if far[pair] > CLEAR_GAP * sum(spreads[each] for each in pair)
    )
    stands_out = len(members) > 2 and max(far.values()) > ABOUT_EQUAL * min(far.values())
    return Layout(
        gaps=gaps,
        is_all_apart=len(gaps) == len(far),
        beside={letter: _nearest(centres[letter], letter, centres) for letter in members},
        nearest=min(far, key=far.__getitem__) if stands_out else None,
        farthest=max(far, key=far.__getitem__) if stands_out else None,
    )


def place(you: Pixel, letter: str | None, members: Mapping[str, Sequence[Pixel]]) -> YourPlace:
    """Return where a person stands: in which group, how central, beside which other."""
    centres = {each: centre_of(points) for each, points in members.items()}
    return YourPlace(
        letter=letter,
        is_central=letter is not None
        and dist(you, centres[letter]) <= _spread(members[letter], centres[letter]),
        beside=_nearest(you, letter, centres),
    )


def centre_of(points: Sequence[Pixel]) -> tuple[float, float]:
    return fmean(x for x, _ in points), fmean(y for _, y in points)


def _nearest(
    point: tuple[float, float], own: str | None, centres: Mapping[str, tuple[float, float]]
) -> str | None:
    others = [letter for letter in centres if letter != own]
    return min(others, key=lambda letter: dist(point, centres[letter]), default=None)


def _spread(points: Sequence[Pixel], centre: tuple[float, float]) -> float:
    """Return how far the points stand from the centre on average."""
    return fmean(dist(point, centre) for point in points)
