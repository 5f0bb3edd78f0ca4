"""Students of two sides, image and text: how they are trained on pairs.

The image side is a head over frozen features, or a whole network; the text side is a head.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.inner.descent import descend, shuffled
from explorer.learn.inner.step_gradients import Weights
from explorer.learn.networks.heads import Head, Towers
from explorer.learn.networks.whole import Stored
from explorer.learn.students.contrastive import CONTRASTS, TEMPERATURE, infonce
from explorer.learn.students.student import MOMENTUM, WEIGHT_DECAY, seen_rows
from explorer.learn.students.tracks import RealRows, train_on_two_tracks

_BLOCK = 4096  # rows that are projected at once
_IMAGES = 32  # images that pass through a network at once


def heads_over(n_image: int, n_text: int) -> Towers:
    """Heads into a space as wide as the image features."""
    return Towers(Head(n_image, n_image), Head(n_text, n_image))


class Expert(NamedTuple):
    """A trajectory: weights at the start and after each epoch, (epochs + 1, P) float32 each."""

    image: np.ndarray
    text: np.ndarray


def train_expert(
    towers: Towers,
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
    on_epoch: Callable[[float], None],
) -> Expert:
    """Trains two sides on real pairs by plain SGD and InfoNCE, each caption a pair.

    Images are (N, F) features, or (N, H, W, 3) uint8 for whole networks, texts (M, D) embeddings,
    `image_of_text` (M,) in [0, N). A pass is one permutation; a last batch that is not whole is
    left out. The seed is that of the order, and of the start unless that has one of its own; with a
    partner, wrong pairs are told by `tracks`. `on_epoch` takes the mean loss.
    """
    rng = torch.Generator().manual_seed(seed)
    partner = torch.from_numpy(np.array(image_of_text))
    real = RealRows(_images(image), _rows(text), partner)
    if partner_seed is not None:
        both = rng, torch.Generator().manual_seed(partner_seed)
        told = train_on_two_tracks(
            real, towers, epochs=epochs, batch=batch, rate=rate, rngs=both, on_epoch=on_epoch
        )
        return _as_expert(told)
    start = towers.start(rng if start_seed is None else torch.Generator().manual_seed(start_seed))
    device = start[0].device
    real = real._replace(text=real.text.to(device))

    def loss(rows: torch.Tensor, weights: Weights) -> torch.Tensor:
        return infonce(real.logits(towers, weights, rows), torch.eye(len(rows), device=device))

    passes = (shuffled(len(partner), batch, rng, whole=True) for _ in range(epochs))
    kept: list[Weights] = [start]
    for passed in descend(loss, start, passes, (rate, rate)):
        kept.append(passed.weights)
        on_epoch(passed.loss)
    return _as_expert(kept)


def _as_expert(kept: list[Weights]) -> Expert:
    return Expert(*(torch.stack([each[side] for each in kept]).cpu().numpy() for side in (0, 1)))


def usual_contrast(similarity: np.ndarray | None) -> str:
    """The loss that students of a set lower where it names none."""
    return "infonce" if similarity is None else "wbce"


class TwoSides:
    """A student that places images and texts in a space of its own."""

    def __init__(self, towers: Towers, weights: Weights) -> None:
        self._towers, self._weights = towers, weights

    def see(self, image: np.ndarray) -> np.ndarray:
        """Places (N, F) features, or images for a whole network: (N, d) float32 unit rows."""
        return self._placed(0, image, _BLOCK if image.ndim == 2 else _IMAGES)

    def project(self, text: np.ndarray) -> np.ndarray:
        """Places (M, D) embeddings: (M, d) float32 unit rows."""
        return self._placed(1, text, _BLOCK)

    def kept(self) -> "TwoSides":
        """The student as it is now."""
        return self

    @torch.inference_mode()
    def _placed(self, side: int, rows: np.ndarray, at_once: int) -> np.ndarray:
        weights = self._weights[side]
        blocks = torch.arange(len(rows)).split(at_once)
        stored = _images(rows)
        placed = [self._towers[side](weights, stored[own].to(weights.device)) for own in blocks]
        return functional.normalize(torch.cat(placed)).cpu().numpy()


def train_sides(
    towers: Towers,
    image: np.ndarray,
    text: np.ndarray,
    image_of_text: np.ndarray,
    similarity: np.ndarray | None,
    contrast: str | None = None,
    *,
    epochs: int,
    batch_size: int,
    learning_rates: tuple[float, float],
    seed: int,
    on_epoch: Callable[[int, float, TwoSides], None],
) -> TwoSides:
    """Trains two sides on a set as `train_student` trains one, without dropout.

    Args:
        towers: The two sides.
        image: (N, F) features, or (N, 3, H, W) levels or (N, H, W, 3) uint8 for whole networks; or
            views of these, (V, N, ...).
        text: (K, D) embeddings.
        image_of_text: (K,) in [0, N).
        similarity: (K, K) learned targets; None for the identity.
        contrast: The loss by its name in `CONTRASTS`; None for the usual one.
        epochs: The number of the last pass; the first is 0.
        batch_size: Pairs per step; the last step of a pass may have fewer.
        learning_rates: Of the image and the text side, a tenth in the second half.
        seed: Of the start and the order.
        on_epoch: Takes the pass, its mean loss and the student as it is then.
    """
    rng = torch.Generator().manual_seed(seed)
    start = towers.start(rng)
    device = start[0].device
    images, texts = _images(image), _rows(text).to(device)
    partner = torch.from_numpy(np.array(image_of_text))
    targets = torch.eye(len(texts)) if similarity is None else _rows(similarity)
    lowered = CONTRASTS[contrast or usual_contrast(similarity)]
    student = TwoSides(towers, start)

    def loss(rows: torch.Tensor, weights: Weights) -> torch.Tensor:
        seen = seen_rows(images, partner[rows], rng)
        cosines = towers.cosines(weights, seen, texts[rows])
        return lowered(cosines / TEMPERATURE, targets[rows][:, rows].to(device))

    passes = (shuffled(len(texts), batch_size, rng) for _ in range(epochs + 1))
    trained = descend(
        loss,
        start,
        passes,
        learning_rates,
        momentum=MOMENTUM,
        weight_decay=WEIGHT_DECAY,
        tenth_after=epochs // 2 + 1,
    )
    for epoch, passed in enumerate(trained):
        student = TwoSides(towers, passed.weights)
        on_epoch(epoch, passed.loss, student)
    return student


def _images(values: np.ndarray) -> torch.Tensor | Stored:
    """Features and levels as they are computed with; images in bytes stay where they are."""
    return Stored(values) if values.dtype == np.uint8 else _rows(values)


def _rows(values: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float32)
