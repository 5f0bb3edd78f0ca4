"""Retrieval scores: recall is better when higher, a rank of 0 is first."""

from collections.abc import Sequence

import numpy as np

from explorer.core.geometry import row_blocks
from explorer.errors import BadDataError, ConfigError
from explorer.types import Recall

BLOCK_SCORES = 2**24
"""Scores compared at once; changes the memory, not the answer."""
_MOST_ROWS = 255
"""Of a block: so many can be counted in a byte, and bytes are added many at a time."""


def recall_from_scores(
    scores: np.ndarray, image_of_caption: np.ndarray, ks: Sequence[int] = (1, 5, 10)
) -> Recall:
    """Scores retrieval in both directions from the similarity of every image with every caption.

    Text to image is the share of captions whose image is among the best k of N. Image to text
    is the share of images with one of their captions among the best k of M; images without a
    caption are left out. Ties and NaN count against the right answer.

    Args:
        scores: (N, M), higher is more similar; read in blocks, so it may be memory-mapped.
        image_of_caption: (M,) int in [0, N), the image that each caption describes, in any order.
        ks: Sizes of "among the best", each at least 1.

    Returns:
        Recall in percent, by k.

    Examples:
        >>> scores = np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.1]])  # captions 1 and 2: image 1
        >>> recall_from_scores(scores, np.array([0, 1, 1]), ks=(1,))
        Recall(image_to_text={1: 50.0}, text_to_image={1: 66.66666666666667})
    """
    return recall_from_ranks(*partner_ranks(scores, image_of_caption), ks)


def partner_ranks(
    scores: np.ndarray, image_of_caption: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The rank of each item's partner; arguments as of `recall_from_scores`.

    Returns:
        image: (N,) int, of the best caption of each image; -1 where it has none.
        caption: (M,) int, of the image of each caption.
    """
    _check(scores, image_of_caption)
    image_ranks, caption_ranks = _ranks(scores, image_of_caption)
    is_described = np.bincount(image_of_caption, minlength=len(scores)) > 0
    return np.where(is_described, image_ranks, -1), caption_ranks


def recall_from_ranks(
    image_ranks: np.ndarray, caption_ranks: np.ndarray, ks: Sequence[int] = (1, 5, 10)
) -> Recall:
    """Recall in percent, by k, from what `partner_ranks` returns."""
    if len(ks) == 0 or min(ks) < 1:
        raise ConfigError(f"Every k of recall at k must be at least 1, got {tuple(ks)}.")
    described = image_ranks[image_ranks >= 0]
    return Recall(
        image_to_text={k: _percent(described < k) for k in ks},
        text_to_image={k: _percent(caption_ranks < k) for k in ks},
    )


def _percent(is_found: np.ndarray) -> float:
    return 100 * int(is_found.sum()) / len(is_found)


def _check(scores: np.ndarray, image_of_caption: np.ndarray) -> None:
    if scores.ndim != 2 or image_of_caption.shape != scores.shape[1:] or scores.size == 0:
        raise BadDataError(
            f"Scores of images by captions and one image per caption are needed, got shapes "
            f"{scores.shape} and {image_of_caption.shape}."
        )
    if image_of_caption.min() < 0 or image_of_caption.max() >= len(scores):
        raise BadDataError(f"A caption names an image that is not one of the {len(scores)}.")


def _ranks(scores: np.ndarray, image_of_caption: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) rank of each image's best caption, and (M,) rank of each caption's image.

    A rank counts the wrong answers that are not worse. A comparison with NaN is False, so a
    wrong NaN is "not worse", and nothing is worse than a right one.
    """
    n_images, n_captions = scores.shape
    right = scores[image_of_caption, np.arange(n_captions)]
    right = right.astype(np.result_type(scores.dtype, np.float32), copy=False)
    best = np.full(n_images, np.nan, dtype=right.dtype)
    np.fmax.at(best, image_of_caption, right)  # fmax passes over NaN

    n_worse_captions = np.zeros(n_images, dtype=np.int64)
    n_worse_images = np.zeros(n_captions, dtype=np.int64)
    for rows in row_blocks(n_images, size=max(1, min(_MOST_ROWS, BLOCK_SCORES // n_captions))):
        block = scores[rows]
        is_worse = block < best[rows, None]
        n_worse_captions[rows] = [np.count_nonzero(each) for each in is_worse]
        n_worse_images += (block < right).view(np.uint8).sum(axis=0, dtype=np.uint8)
    # An image's other captions are no wrong answers, even where they tie with its best.
    n_own_not_worse = np.bincount(
        image_of_caption, weights=~(right < best[image_of_caption]), minlength=n_images
    ).astype(np.int64)
    return n_captions - n_worse_captions - n_own_not_worse, n_images - 1 - n_worse_images


def mean_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """The mean of independent values and half the width of its confidence interval (Student t).

    One value says nothing about its spread: the half width is then infinite.

    Examples:
        >>> mean, half_width = mean_interval([1.0, 2.0, 3.0])
        >>> round(mean, 3), round(half_width, 3)
        (2.0, 2.484)
    """
    if not 0 < confidence < 1:
        raise ConfigError(f"confidence must be between 0 and 1, got {confidence}.")
    if len(values) == 0 or not np.isfinite(values).all():
        raise BadDataError(f"A mean needs at least one value and only finite ones, got {values}.")
    from scipy.special import stdtrit  # late, because the page imports core

    n_values = len(values)
    if n_values == 1:
        return float(values[0]), float("inf")
    error = float(np.std(values, ddof=1)) / n_values**0.5
    return float(np.mean(values)), float(stdtrit(n_values - 1, (1 + confidence) / 2)) * error


def known_interval(values: Sequence[float]) -> list[float | None]:
    """[mean, half of the 95 % interval], as JSON holds it; None where one value has no interval.

    Examples:
        >>> known_interval([5.0])
        [5.0, None]
    """
    mean, half = mean_interval(values)
    return [mean, half if len(values) > 1 else None]
