"""What a coarser file has lost, by three measures of the literature; each is 0 for nothing lost.

Pure. Sources: Sweeney (2002), "Achieving k-Anonymity Privacy Protection Using Generalization and
Suppression" (precision); Bayardo and Agrawal (2005), "Data Privacy Through Optimal k-Anonymization"
(discernibility); Xu et al. (2006), "Utility-Based Anonymization Using Local Recoding" (normalised
certainty penalty, here by how many values of the file a label may stand for).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from madang.core.disclosure.hierarchy import Hierarchy


def precision_loss(hierarchies: Sequence[Hierarchy], levels: Sequence[int]) -> float:
    """Return the mean of level / height over the columns; 0 to 1. Sweeney's Prec is 1 less it."""
    shares = [
        level / hierarchy.height for hierarchy, level in zip(hierarchies, levels, strict=True)
    ]
    return sum(shares) / len(shares)


def discernibility(sizes: NDArray[np.int64], broken: NDArray[np.bool_]) -> int:
    """Return, over all people, how many each cannot be told from; who is left out, from nobody."""
    kept = sizes[~broken]
    return int((kept * kept).sum() + sizes[broken].sum() * sizes.sum())


def penalties(hierarchy: Hierarchy) -> list[NDArray[np.float64]]:
    """Return, for each level, the certainty penalty of each value: the share of all values that
    its label may stand for, 0 where it stands for one. [(values,), …]"""
    found = []
    for codes in hierarchy.codes():
        stands_for = np.bincount(codes)[codes]
        found.append(np.where(stands_for > 1, stands_for / len(codes), 0.0))
    return found
