"""Say who can be placed on the map, and where.

Source: Small et al. (2021), "Polis: Scaling Deliberation by Mapping High Dimensional Opinion
Spaces": unseen votes take the statement's mean, two principal components, and each position is
scaled by sqrt(statements / votes), so that people with few votes do not crowd the centre.
"""

import numpy as np
from numpy.typing import NDArray

from madang.core.opinion.conversation import UNSEEN

# Seven votes, or all statements where there are fewer; topped up to fifteen people, so that a
# young hearing has a map.
VOTES_TO_BE_PLACED = 7
PEOPLE_TO_TOP_UP_TO = 15

# An axis that carries less than this part of all variance is rounding, not opinion.
LEAST_SHARE_OF_VARIANCE = 1e-9


def find_placed(votes: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return who has voted enough to be placed.

    votes:   (participants, statements).
    returns: (participants,). Ties in the topping up go to the earlier row; somebody without any
             vote is never placed.
    """
    cast = (votes != UNSEEN).sum(axis=1)
    voted_on = int((votes != UNSEEN).any(axis=0).sum())
    placed: NDArray[np.bool_] = (cast >= min(VOTES_TO_BE_PLACED, voted_on)) & (cast > 0)
    lacking = PEOPLE_TO_TOP_UP_TO - int(placed.sum())
    if lacking > 0:
        most_active = np.argsort(-cast, kind="stable")
        rest = most_active[~placed[most_active] & (cast[most_active] > 0)]
        placed[rest[:lacking]] = True
    return placed


def place_participants(
    votes: NDArray[np.int8], moderated_out: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the position of each participant on the two axes that explain most.

    votes:         (participants, statements); only people to be placed.
    moderated_out: (statements,). Such a statement is 0 for everybody: it shapes no axis, yet it
                   counts as voted on in the scaling, as Polis does.
    returns:       (participants, 2). An axis without variance is 0 for everybody.
    """
    # A statement that nobody here voted on says nothing and must not stretch the map.
    voted_on = (votes != UNSEEN).any(axis=0)
    kept, out = votes[:, voted_on], moderated_out[voted_on]
    if kept.shape[1] == 0:
        return np.zeros((votes.shape[0], 2))

    seen = kept != UNSEEN
    seen[:, out] = True
    values = np.where(seen & ~out, kept, 0).astype(np.float64)
    mean = values.sum(axis=0) / seen.sum(axis=0)
    # Mean-filled and centred, an unseen vote is exactly 0.
    residuals = np.where(seen, values - mean, 0.0)
    positions: NDArray[np.float64] = residuals @ _two_axes(residuals)
    positions *= np.sqrt(kept.shape[1] / seen.sum(axis=1))[:, np.newaxis]
    return positions


def _two_axes(residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two principal axes, (statements, 2); columns of zeros where there is no variance.

    An eigenvector has no sign of its own: the largest loading is made positive, the first one
    where several are equal but for rounding.
    """
    people, statements = residuals.shape
    axes = np.zeros((statements, 2))
    if people < statements:
        variances, left = np.linalg.eigh(residuals @ residuals.T)
    else:
        variances, loadings = np.linalg.eigh(residuals.T @ residuals)
    total = float((residuals**2).sum())
    for n in range(min(2, variances.size)):
        if variances[-1 - n] <= total * LEAST_SHARE_OF_VARIANCE:
            break
        axis = residuals.T @ left[:, -1 - n] if people < statements else loadings[:, -1 - n]
        axis = axis / np.linalg.norm(axis)
        size = np.abs(axis)
        largest = int(np.argmax(size >= size.max() * (1 - 1e-6)))
        axes[:, n] = axis * np.sign(axis[largest])
    return axes
