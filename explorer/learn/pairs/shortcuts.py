"""Straight ways between the ends of an expert's trajectory: PTM-ST's "shortcut trajectories".

After `convexify.py` of Previsior/PTM-ST: each tensor moves on the straight line from its first to
its last value, as far as its own path had come by then.
"""

from collections.abc import Sequence

import numpy as np


def shortcut(snapshots: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """The same number of snapshots on straight lines.

    Args:
        snapshots: (K + 1, P) flat weights.
        sizes: Lengths of the tensors in it, which move at a pace of their own each.

    Returns:
        (K + 1, P); the first and the last are as they were, except that a tensor that ended where
        it never moved from stays.
    """
    ends = np.cumsum(sizes)
    straight = [_line(part) for part in np.split(snapshots, ends[:-1], axis=1)]
    return np.concatenate(straight, axis=1)


def _line(part: np.ndarray) -> np.ndarray:
    """(K + 1, p) of one tensor."""
    lengths = np.linalg.norm(np.diff(part, axis=0), axis=1)
    total = lengths.sum()
    share = np.zeros(len(part), dtype=part.dtype)
    if total > 0:
        share[1:] = np.cumsum(lengths) / total
        share[-1] = 1
    line: np.ndarray = (1 - share[:, None]) * part[0] + share[:, None] * part[-1]
    return line
