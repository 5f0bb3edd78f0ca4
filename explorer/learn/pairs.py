"""Two heads over frozen features of images and texts: how they are trained on pairs."""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from explorer.learn import student
from explorer.learn.contrastive import CONTRASTS, TEMPERATURE, infonce
from explorer.learn.descent import descend, shuffled
from explorer.learn.heads import Head, Towers
from explorer.learn.tracks import RealRows, train_on_two_tracks
from explorer.learn.trajectories import Weights

_BLOCK = 4096  # rows that are projected at once


def heads_over(n_image: int, n_text: int) -> Towers:
    """Heads into a space as wide as the image features."""
    return Towers(Head(n_image, n_image), Head(n_text, n_image))


def heads_of(size: int, n_text: int) -> Towers:
    """The heads over features whose image head has so many weights."""
    n_image = next(n for n in count(1) if Head(n, n).size >= size)
    return heads_over(n_image, n_text)


class Expert(NamedTuple):
    """A trajectory: weights at the start and after each epoch, (epochs + 1, P) float32 each."""

    image: np.ndarray
    text: np.ndarray


def train_expert(
    image: np.ndarray,
    text: np.ndarray,
    image_of_text: np.ndarray,
    *,
    epochs: int,
    batch: int,
    rate: float,
    seed: int,
    start_seed: int | None = None,
    partner_seed: int | None = None,
    on_epoch: Callable[[], None],
) -> Expert:
    """Trains two heads on real pairs by plain SGD and InfoNCE, each caption a pair.

    Images are (N, F) features, texts (M, D) embeddings, `image_of_text` (M,) in [0, N). A pass is
    one permutation; a last batch that is not whole is left out. The seed is that of the order, and
    of the start unless that has one of its own; with a partner, wrong pairs are told by `tracks`.
    """
    images, texts = _rows(image), _rows(text)
    partner = torch.from_numpy(np.array(image_of_text))
    towers, rng = heads_over(image.shape[1], text.shape[1]), torch.Generator().manual_seed(seed)
    if partner_seed is not None:
        both = rng, torch.Generator().manual_seed(partner_seed)
        real, how = RealRows(images, texts, partner), {"epochs": epochs, "batch": batch}
        told = train_on_two_tracks(real, towers, **how, rate=rate, rngs=both, on_epoch=on_epoch)
        return _as_expert(told)
    start = towers.start(rng if start_seed is None else torch.Generator().manual_seed(start_seed))

    def loss(rows: torch.Tensor, weights: Weights) -> torch.Tensor:
        cosines = towers.cosines(weights, images[partner[rows]], texts[rows])
        return infonce(cosines / TEMPERATURE, torch.eye(len(rows)))

    passes = (shuffled(len(texts), batch, rng, whole=True) for _ in range(epochs))
    kept: list[Weights] = [start]
    for passed in descend(loss, start, passes, (rate, rate)):
        kept.append(passed.weights)
        on_epoch()
    return _as_expert(kept)


def _as_expert(kept: list[Weights]) -> Expert:
    return Expert(*(torch.stack([each[side] for each in kept]).numpy() for side in (0, 1)))


def usual_contrast(similarity: np.ndarray | None) -> str:
    """The loss that students of a set lower where it names none."""
    return "infonce" if similarity is None else "wbce"


class TwoHeads:
    """A student that places images and texts in a space of its own."""

    def __init__(self, towers: Towers, weights: Weights) -> None:
        self._towers, self._weights = towers, weights

    def see(self, image: np.ndarray) -> np.ndarray:
        """Places (N, F) features: (N, d) float32 unit rows."""
        return self._placed(0, image)

    def project(self, text: np.ndarray) -> np.ndarray:
        """Places (M, D) embeddings: (M, d) float32 unit rows."""
        return self._placed(1, text)

    @torch.inference_mode()
    def _placed(self, side: int, rows: np.ndarray) -> np.ndarray:
        blocks = (rows[first : first + _BLOCK] for first in range(0, len(rows), _BLOCK))
        placed = [self._towers[side](self._weights[side], _rows(block)) for block in blocks]
        return functional.normalize(torch.cat(placed)).numpy()


def train_heads(
    image_features: np.ndarray,
    text: np.ndarray,
    similarity: np.ndarray | None,
    contrast: str | None = None,
    *,
    epochs: int,
    batch_size: int,
    learning_rates: tuple[float, float],
    seed: int,
    on_epoch: Callable[[int, float, TwoHeads], None],
) -> TwoHeads:
    """Trains two heads on a set as `train_student` trains one, without dropout.

    Args:
        image_features: (K, F), row k belongs to row k of `text`.
        text: (K, D) embeddings.
        similarity: (K, K) learned targets; None for the identity.
        contrast: The loss by its name in `CONTRASTS`; None for the usual one.
        epochs: The number of the last pass; the first is 0.
        batch_size: Pairs per step; the last step of a pass may have fewer.
        learning_rates: Of the image and the text side, a tenth in the second half.
        seed: Of the start and the order.
        on_epoch: Takes the pass, its mean loss and the student as it is then.
    """
    images, texts = _rows(image_features), _rows(text)
    targets = torch.eye(len(texts)) if similarity is None else _rows(similarity)
    lowered = CONTRASTS[contrast or usual_contrast(similarity)]
    towers = heads_over(images.shape[-1], texts.shape[1])
    rng = torch.Generator().manual_seed(seed)
    start = towers.start(rng)
    learner = TwoHeads(towers, start)

    def loss(rows: torch.Tensor, weights: Weights) -> torch.Tensor:
        seen = student.seen_rows(images, rows, rng)
        cosines = towers.cosines(weights, seen, texts[rows])
        return lowered(cosines / TEMPERATURE, targets[rows][:, rows])

    passes = (shuffled(len(texts), batch_size, rng) for _ in range(epochs + 1))
    trained = descend(
        loss,
        start,
        passes,
        learning_rates,
        momentum=student.MOMENTUM,
        weight_decay=student.WEIGHT_DECAY,
        tenth_after=epochs // 2 + 1,
    )
    for epoch, passed in enumerate(trained):
        learner = TwoHeads(towers, passed.weights)
        on_epoch(epoch, passed.loss, learner)
    return learner


def _rows(values: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float32)
