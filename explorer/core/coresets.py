"""Real pairs chosen as baselines for distilled ones.

Every way of choosing takes each image once before it takes any twice, and so on: a second caption
of an image that is there already tells a student little, and all methods should have the same
chance.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from explorer.core.class_coresets import rows_of_classes
from explorer.core.geometry import cosine_rows, unit_rows
from explorer.errors import ConfigError


def random_pairs(image_of_caption: np.ndarray, n_pairs: int, seed: int) -> np.ndarray:
    """Draws captions at random; every image is equally likely, and every caption of an image.

    Args:
        image_of_caption: (M,) int, the image that each caption describes.
        n_pairs: K, from 1 to M.
        seed: The same seed draws the same captions.

    Returns:
        (K,) int64 captions, rows of `image_of_caption`, in random order.
    """
    _check(image_of_caption, n_pairs)
    rng = np.random.default_rng(seed)
    _, image = np.unique(image_of_caption, return_inverse=True)
    shuffled = rng.permutation(len(image))
    turn_of_image = rng.permutation(image.max() + 1)
    order = shuffled[np.argsort(turn_of_image[image[shuffled]], kind="stable")]
    return _in_turns(order, image_of_caption)[:n_pairs]


def random_longest(
    image_of_caption: np.ndarray, n_words: np.ndarray, n_pairs: int, seed: int
) -> np.ndarray:
    """Draws images at random, each with its longest caption.

    Args:
        image_of_caption: (M,) int, the image that each caption describes.
        n_words: (M,) int, the length of each caption; of equals the first is taken.
        n_pairs: K, from 1 to M; beyond the number of images these come again, in the same order,
            with their second longest captions, and so on.
        seed: The same seed draws the same images; a smaller K draws the first of them.

    Returns:
        (K,) int64 captions, rows of `image_of_caption`.
    """
    _check(image_of_caption, n_pairs)
    _, image = np.unique(image_of_caption, return_inverse=True)
    turn_of_image = np.random.default_rng(seed).permutation(image.max() + 1)
    order = np.lexsort((-n_words, turn_of_image[image]))  # stable: by image, then by length
    return _in_turns(order, image_of_caption)[:n_pairs]


def random_of_each_class(labels: np.ndarray, n_classes: int, n: int, seed: int) -> np.ndarray:
    """Draws n rows of every class at random.

    Args:
        labels: (N,) int in [0, n_classes).
        n_classes: C.
        n: Rows of each class, at most as many as the smallest class has.
        seed: The same seed draws the same rows; a smaller n draws the first of them.

    Returns:
        (C * n,) int64 rows, class by class.
    """
    rng = np.random.default_rng(seed)
    rows = rows_of_classes(labels, n_classes, n)
    return np.concatenate([rng.permutation(own)[:n] for own in rows])


def best_aligned(
    image: np.ndarray, caption: np.ndarray, image_of_caption: np.ndarray, n_pairs: int
) -> np.ndarray:
    """The pairs of highest cosine: the "CLIP score" baseline.

    Args:
        image: (N, D) image embeddings.
        caption: (M, D) caption embeddings.
        image_of_caption: (M,) int in [0, N).
        n_pairs: K, from 1 to M.

    Returns:
        (K,) int64 captions, by falling cosine within each turn.
    """
    _check(image_of_caption, n_pairs)
    order = np.argsort(-cosine_rows(image[image_of_caption], caption), kind="stable")
    return _in_turns(order, image_of_caption)[:n_pairs]


def herding(
    image: np.ndarray, caption: np.ndarray, image_of_caption: np.ndarray, n_pairs: int
) -> np.ndarray:
    """Greedily keeps the mean of the chosen pairs close to the mean of all (Welling, ICML 2009).

    A pair is its unit image embedding beside its unit caption embedding, as the coresets of the
    vision-language distillation papers have it. Arguments and answer as in `best_aligned`; the
    first n of more pairs are the answer for n.
    """
    _check(image_of_caption, n_pairs)
    rows = _unit_pairs(image, caption, image_of_caption)
    image_mean, caption_mean = rows.mean()
    image_sum, caption_sum = np.zeros_like(image_mean), np.zeros_like(caption_mean)
    turns, chosen = _Turns(image_of_caption), np.empty(n_pairs, dtype=np.int64)
    for step in range(n_pairs):
        wanted = (step + 1) * image_mean - image_sum, (step + 1) * caption_mean - caption_sum
        row = turns.take_best(rows.toward(*wanted))
        image_sum += rows.image[image_of_caption[row]]
        caption_sum += rows.caption[row]
        chosen[step] = row
    return chosen


def k_center(
    image: np.ndarray, caption: np.ndarray, image_of_caption: np.ndarray, n_pairs: int, seed: int
) -> np.ndarray:
    """Farthest first: each pair is the one least like those chosen before (Gonzalez, 1985).

    Pairs, arguments and answer as in `herding`; the first pair is drawn with `seed`.
    """
    _check(image_of_caption, n_pairs)
    rows = _unit_pairs(image, caption, image_of_caption)
    turns, chosen = _Turns(image_of_caption), np.empty(n_pairs, dtype=np.int64)
    closest = np.full(len(image_of_caption), -np.inf, dtype=np.float32)
    chosen[0] = turns.take(int(np.random.default_rng(seed).integers(len(closest))))
    for step in range(1, n_pairs):
        last = chosen[step - 1]
        like_last = rows.toward(rows.image[image_of_caption[last]], rows.caption[last])
        closest = np.maximum(closest, like_last)
        chosen[step] = turns.take_best(-closest)
    return chosen


def nearest_members(rows: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """One row for each cluster: the member most similar to its centre.

    Args:
        rows: (M, D).
        labels: (M,) int in [0, K), the cluster of each row.
        centres: (K, D).

    Returns:
        (K,) int64; a cluster without members gets the row most similar to its centre that no
        cluster before it has.
    """
    unit, targets = unit_rows(rows), unit_rows(centres)
    chosen, is_taken = np.empty(len(centres), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    for k, centre in enumerate(targets):
        members = np.flatnonzero(labels == k)
        candidates = members if len(members) else np.flatnonzero(~is_taken)
        chosen[k] = candidates[(unit[candidates] @ centre).argmax()]
        is_taken[chosen[k]] = True
    return chosen


def find_each_other(
    image: np.ndarray, caption: np.ndarray, batches: Sequence[np.ndarray]
) -> np.ndarray:
    """Whether each pair's image and caption are nearest to each other among their batch.

    Args:
        image: (M, D) unit rows, one for each caption.
        caption: (M, D) unit rows.
        batches: Rows of `image` that are compared; equal rivals do no harm.

    Returns:
        (M,) bool; False for rows of no batch.
    """
    found = np.zeros(len(image), dtype=bool)
    for rows in batches:
        scores = image[rows] @ caption[rows].T
        own = scores.diagonal()
        found[rows] = (own >= scores.max(axis=0)) & (own >= scores.max(axis=1))
    return found


def forgetting_events(learned: np.ndarray) -> np.ndarray:
    """How often each pair was forgotten in training (Toneva et al., ICLR 2019).

    A pair is forgotten at a look where it is not known, but was at the look before. A pair that was
    never known counts as forgotten more often than any other.

    Args:
        learned: (E, M) bool, whether pair m was known at look e.

    Returns:
        (M,) int64.

    Examples:
        >>> forgetting_events(np.array([[1, 0, 1], [0, 0, 1], [1, 0, 1], [0, 0, 0]], dtype=bool))
        array([2, 4, 1])
    """
    n_forgotten = (learned[:-1] & ~learned[1:]).sum(axis=0, dtype=np.int64)
    return np.where(learned.any(axis=0), n_forgotten, len(learned))


def most_forgotten(
    n_forgotten: np.ndarray, image_of_caption: np.ndarray, n_pairs: int, seed: int
) -> np.ndarray:
    """The pairs that were forgotten most often.

    Args:
        n_forgotten: (M,) from `forgetting_events`.
        image_of_caption: (M,) int, the image that each caption describes.
        n_pairs: K, from 1 to M.
        seed: Decides between pairs that were forgotten equally often.

    Returns:
        (K,) int64 captions, by falling number of times within each turn.
    """
    _check(image_of_caption, n_pairs)
    shuffled = np.random.default_rng(seed).permutation(len(n_forgotten))
    order = shuffled[np.argsort(-n_forgotten[shuffled], kind="stable")]
    return _in_turns(order, image_of_caption)[:n_pairs]


class _UnitPairs(NamedTuple):
    """M rows (unit image, unit caption), without a copy of an image for each of its captions."""

    image: np.ndarray  # (N, D)
    caption: np.ndarray  # (M, D)
    image_of_caption: np.ndarray  # (M,)

    def toward(self, image: np.ndarray, caption: np.ndarray) -> np.ndarray:
        """(M,) inner product of each row with (D,) beside (D,)."""
        by_image = (self.image @ image)[self.image_of_caption]
        both: np.ndarray = by_image + self.caption @ caption
        return both

    def mean(self) -> tuple[np.ndarray, np.ndarray]:
        n_captions = np.bincount(self.image_of_caption, minlength=len(self.image))
        share = (n_captions / len(self.caption)).astype(np.float32)
        return share @ self.image, self.caption.mean(axis=0)


def _unit_pairs(image: np.ndarray, caption: np.ndarray, image_of_caption: np.ndarray) -> _UnitPairs:
    return _UnitPairs(unit_rows(image), unit_rows(caption), image_of_caption)


class _Turns:
    """Lets every image be taken once before any is taken twice, and so on."""

    def __init__(self, image_of_caption: np.ndarray) -> None:
        self._image = image_of_caption
        self._left = np.ones(len(image_of_caption), dtype=bool)
        self._open = self._left.copy()

    def take_best(self, score: np.ndarray) -> int:
        """Takes the row of the highest score, the first of equals, among those whose turn it is."""
        return self.take(int(np.where(self._open, score, -np.inf).argmax()))

    def take(self, row: int) -> int:
        self._left[row] = False
        self._open[self._image == self._image[row]] = False
        if not self._open.any():
            self._open = self._left.copy()
        return row


def _in_turns(order: np.ndarray, image_of_caption: np.ndarray) -> np.ndarray:
    """The same captions, each image's first before anybody's second; else in the same order."""
    image = image_of_caption[order]
    by_image = np.argsort(image, kind="stable")
    start = np.flatnonzero(np.diff(image[by_image], prepend=-1))
    turn = np.empty(len(order), dtype=np.int64)
    length = np.diff(np.append(start, len(order)))
    turn[by_image] = np.arange(len(order)) - np.repeat(start, length)
    return order[np.argsort(turn, kind="stable")]


def _check(image_of_caption: np.ndarray, n_pairs: int) -> None:
    n_captions = len(image_of_caption)
    if not 1 <= n_pairs <= n_captions:
        raise ConfigError(
            f"Cannot choose {n_pairs} pairs from {n_captions} captions; ask for 1 to {n_captions}."
        )
