"""How much captions tell, and real pairs that are chosen for it."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from explorer.core.lazy_rows import Rows
from explorer.core.prototypes import best_rows

_WORD = re.compile(r"\w+")


def telling(captions: Sequence[str]) -> np.ndarray:
    """(M,) float64, the sum over the different words of each caption of how rare they are.

    A word that stands in n of M captions counts log(M / n).

    Examples:
        >>> telling(["a cat", "a dog", "A dog, a dog"]).round(2).tolist()
        [1.1, 0.41, 0.41]
    """
    words = [set(_WORD.findall(caption.lower())) for caption in captions]
    n_with = Counter(word for own in words for word in own)
    rarity = {word: math.log(len(words) / n) for word, n in n_with.items()}
    return np.array([sum(rarity[word] for word in sorted(own)) for own in words])


def nearest_images(prototype: np.ndarray, image: Rows, n: int) -> np.ndarray:
    """(K, n) int64, the images (N, D) of the highest cosine with each prototype (K, D), best first.

    Fewer columns where there are fewer images.
    """
    cosine, rows = best_rows(prototype, image, min(n, len(image)))
    return np.take_along_axis(rows, np.argsort(-cosine, axis=1, kind="stable"), axis=1)


def telling_pairs(near: np.ndarray, image_of_caption: np.ndarray, told: np.ndarray) -> np.ndarray:
    """The caption that tells the most among those of some images.

    Args:
        near: (K, n) int, images that each choice has, no image chosen twice while others are left.
        image_of_caption: (M,) int, never falling.
        told: (M,) how much each caption tells.

    Returns:
        (K,) int64 captions; of equals the first of the nearest image.
    """
    starts = np.searchsorted(image_of_caption, near, side="left")
    stops = np.searchsorted(image_of_caption, near, side="right")
    taken: set[int] = set()
    chosen = np.empty(len(near), dtype=np.int64)
    for k in range(len(near)):
        own = [place for place, image in enumerate(near[k]) if int(image) not in taken]
        rows = np.concatenate(
            [np.arange(starts[k, p], stops[k, p]) for p in own or range(near.shape[1])]
        )
        chosen[k] = rows[told[rows].argmax()]
        taken.add(int(image_of_caption[chosen[k]]))
    return chosen
