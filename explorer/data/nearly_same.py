"""Images of two splits that look the same, though their files differ: scaled or saved again."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from PIL import Image

from explorer.data.shared_images import Shared

_SIDE = 16
_ALIKE = 3.0
"""Root of the mean squared difference, of 255 levels, up to which small copies look the same."""
_BLOCK = 1024
EXAMPLES = 3

Looks = dict[str, np.ndarray]
"""Small copies by the names of the images."""


def look_of(image: Image.Image) -> np.ndarray:
    """(16 x 16 x 3,) float32, a small copy."""
    small = image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32).ravel()


def nearly_same(looks: Mapping[str, Looks]) -> list[Shared]:
    """For each two splits, the images of the later one that look like one of the earlier one."""
    found = []
    for other, split in combinations(looks, 2):
        if not (looks[other] and looks[split]):
            continue
        names = list(looks[split])
        near = alike(np.stack([*looks[split].values()]), np.stack([*looks[other].values()]))
        if near.any():
            like = [name for name, is_near in zip(names, near, strict=True) if is_near]
            found.append(Shared(split, other, len(like), like[:EXAMPLES]))
    return found


def alike(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) bool, whether a row is near to one of the others; small copies of any type."""
    least = np.full(len(rows), np.inf, np.float32)
    for start in range(0, len(others), _BLOCK):
        block = others[start : start + _BLOCK].astype(np.float32)
        length = np.square(block).sum(1)
        for first in range(0, len(rows), _BLOCK):
            part = rows[first : first + _BLOCK].astype(np.float32)
            distance = np.square(part).sum(1)[:, None] + length - 2 * part @ block.T
            here = least[first : first + _BLOCK]
            np.minimum(here, distance.min(1), out=here)
    near: np.ndarray = least <= _ALIKE**2 * rows.shape[1]
    return near
