"""The least coarsening of a file that keeps to a requirement: all minimal nodes of the lattice.

Pure. A node says the level of each column; a whole column is coarsened alike (full-domain). What
keeps to a requirement also does one level further, so a search tags whole halves of the lattice at
once. The order of the checks is that of Flash, a binary search along paths from the bottom.
Sources: Samarati (2001); LeFevre, DeWitt, Ramakrishnan (2005), "Incognito"; Kohlmayer et al.
(2012), "Flash: Efficient, Stable and Optimal K-Anonymity".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from madang.core.bad_input import BadInput
from madang.core.disclosure.classes import Classes, Spread, group, spread
from madang.core.disclosure.hierarchy import Hierarchy
from madang.core.disclosure.loss import discernibility, penalties, precision_loss
from madang.core.disclosure.records import Records
from madang.core.disclosure.requirement import Requirement

Node = tuple[int, ...]
MOST_NODES = 100_000
UNKNOWN, NO, YES = 0, 1, 2


@dataclass(frozen=True)
class Suggestion:
    """One minimal way: the level of each column, and what it costs.

    suppressed: people left out because their class still does not keep to the requirement.
    certainty_penalty: mean over all cells, 1 for those of people left out. discernibility,
    precision_loss: see `loss`. smallest: people in the smallest class that stays.
    """

    levels: Node
    suppressed: int
    smallest: int
    certainty_penalty: float
    discernibility: int
    precision_loss: float


@dataclass(frozen=True)
class Search:
    """suggestions: every minimal way, the least lost first. nodes: of the lattice; checked: of
    them looked at."""

    suggestions: tuple[Suggestion, ...]
    nodes: int
    checked: int


class Sieve:
    """The records in as few rows as tell them apart, ready to be coarsened again and again."""

    def __init__(
        self,
        quasi: Records,
        hierarchies: Sequence[Hierarchy],
        sensitive: Records | None,
        requirement: Requirement,
    ) -> None:
        """quasi: the columns to coarsen, one hierarchy each; sensitive: those that must vary."""
        if len(hierarchies) != len(quasi.columns):
            raise ValueError("every quasi-identifier needs one hierarchy")
        alike = group(quasi.codes)
        self.rows = quasi.codes[alike.first]  # (rows, columns)
        self.people = alike.sizes  # (rows,)
        self.requirement, self.hierarchies = requirement, hierarchies
        self.codes = [hierarchy.codes() for hierarchy in hierarchies]
        self.pairs: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
        asked = sensitive if sensitive is not None and requirement.asks_for_variety else None
        for column in () if asked is None else asked.codes.T:
            each = spread(alike.of, column)
            self.pairs.append((each.class_of, each.value, each.count))
        self._penalties = [penalties(hierarchy) for hierarchy in hierarchies]

    def coarsen(self, node: Node) -> tuple[Classes, NDArray[np.bool_]]:
        """Return the classes of a node, and which of them do not keep to the requirement."""
        columns = [self.codes[n][level][self.rows[:, n]] for n, level in enumerate(node)]
        classes = group(np.stack(columns, axis=1), self.people)
        return classes, self.requirement.broken_by(classes.sizes, self._spreads(classes))

    def _spreads(self, classes: Classes) -> list[Spread]:
        return [
            spread(classes.of[row_of], value, weights=count) for row_of, value, count in self.pairs
        ]

    def suggest(self, node: Node) -> Suggestion:
        """Return what this node costs."""
        classes, broken = self.coarsen(node)
        kept = classes.sizes[~broken]
        out = broken[classes.of]
        cells = [self._penalties[n][level][self.rows[:, n]] for n, level in enumerate(node)]
        lost = sum(float((np.where(out, 1.0, column) * self.people).sum()) for column in cells)
        return Suggestion(
            levels=node,
            suppressed=int(classes.sizes[broken].sum()),
            smallest=int(kept.min()),
            certainty_penalty=lost / (len(node) * int(self.people.sum())),
            discernibility=discernibility(classes.sizes, broken),
            precision_loss=precision_loss(self.hierarchies, node),
        )


def find_minimal(
    quasi: Records,
    hierarchies: Sequence[Hierarchy],
    requirement: Requirement,
    *,
    sensitive: Records | None = None,
    most_suppressed: int = 0,
) -> Search:
    """Return every minimal node at which at most so many people must be left out.

    Minimal: no column could be one level finer. None is left out of the answer; it is empty where
    not even the top of the lattice keeps to the requirement. Raises BadInput for a lattice of more
    than 100,000 nodes.
    """
    if not 0 <= most_suppressed <= len(quasi):
        raise ValueError(f"{most_suppressed} of {len(quasi)} people cannot be left out")
    shape = tuple(len(hierarchy.levels) for hierarchy in hierarchies)
    if prod(shape) > MOST_NODES:
        raise BadInput(
            quasi.source,
            None,
            "{nodes} combinations of levels are too many. Name fewer quasi-identifiers, or levels.",
            nodes=prod(shape),
        )
    sieve = Sieve(quasi, hierarchies, sensitive, requirement)

    def keeps(node: Node) -> bool:
        classes, broken = sieve.coarsen(node)
        left_out = int(classes.sizes[broken].sum())
        return left_out <= most_suppressed and left_out < len(quasi)

    tagged, checked = _tag(shape, keeps, grows=requirement.grows_with(most_suppressed))
    found = sorted(map(sieve.suggest, _minimal(tagged)), key=_least_lost)
    return Search(tuple(found), prod(shape), checked)


def _least_lost(suggestion: Suggestion) -> tuple[float, int, Node]:
    return suggestion.certainty_penalty, suggestion.discernibility, suggestion.levels


def _tag(
    shape: tuple[int, ...], keeps: Callable[[Node], bool], *, grows: bool
) -> tuple[NDArray[np.int8], int]:
    """Return for each node YES or NO, and how many had to be checked."""
    tags = np.full(shape, UNKNOWN, dtype=np.int8)
    checked = 0
    for start in sorted(product(*map(range, shape)), key=lambda node: (sum(node), node)):
        path = [start] if not grows else _path_up(tags, start)
        while path:
            middle = len(path) // 2 if grows else 0
            node = path[middle]
            checked += 1
            if keeps(node):
                tags[_above(node) if grows else node] = YES
                path = path[:middle]
            else:
                tags[_below(node) if grows else node] = NO
                path = path[middle + 1 :]
    return tags, checked


def _path_up(tags: NDArray[np.int8], start: Node) -> list[Node]:
    """Return a way from the node towards the top, through nodes that nobody knows of yet."""
    path: list[Node] = []
    node: Node | None = start if tags[start] == UNKNOWN else None
    while node is not None:
        path.append(node)
        upward = (
            (*node[:n], level + 1, *node[n + 1 :])
            for n, level in enumerate(node)
            if level + 1 < tags.shape[n]
        )
        node = next((each for each in upward if tags[each] == UNKNOWN), None)
    return path


def _above(node: Node) -> tuple[slice, ...]:
    return tuple(slice(level, None) for level in node)


def _below(node: Node) -> tuple[slice, ...]:
    return tuple(slice(0, level + 1) for level in node)


def _minimal(tags: NDArray[np.int8]) -> list[Node]:
    """Return the nodes that keep to the requirement while none just below them does."""
    minimal = tags == YES
    for axis in range(tags.ndim):
        finer = np.zeros(tags.shape, dtype=bool)
        ahead = [slice(None)] * tags.ndim
        behind = list(ahead)
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        finer[tuple(ahead)] = (tags == YES)[tuple(behind)]
        minimal &= ~finer
    return [tuple(map(int, node)) for node in np.argwhere(minimal)]
