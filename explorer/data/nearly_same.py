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
_EXAMPLES = 3

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
        alike = _alike(np.stack([*looks[split].values()]), np.stack([*looks[other].values()]))
        if alike.any():
            like = [name for name, is_alike in zip(names, alike, strict=True) if is_alike]
            found.append(Shared(split, other, len(like), like[:_EXAMPLES]))
    return found


def _alike(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) bool, whether a row is near to one of the others."""
    length = np.square(others).sum(1)
    blocks = [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]
    least = [(np.square(b).sum(1)[:, None] + length - 2 * b @ others.T).min(1) for b in blocks]
    alike: np.ndarray = np.concatenate(least) <= _ALIKE**2 * rows.shape[1]
    return alike
