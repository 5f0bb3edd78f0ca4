"""Students of labelled images: a ConvNet that is trained on a small set.

After `epoch` and `evaluate_synset` of VICO-UoE/DatasetCondensation: SGD with momentum, a tenth of
the learning rate from pass `epochs // 2 + 1` on, `epochs` + 1 passes, siamese augmentation with
numbers of its own for each image.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from explorer.learn.augment import draw
from explorer.learn.convnet import ConvNet, Weights, soft_cross_entropy
from explorer.models.devices import pick_device

MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
_BLOCK = 500
"""Images that are classified at once."""


class Training(NamedTuple):
    """How a student is trained."""

    epochs: int  # the number of the last pass, from 0
    batch_size: int
    learning_rate: float
    augmentation: tuple[str, ...]  # groups of `augment.GROUPS`; () for none


class Scale(NamedTuple):
    """From levels in [0, 1] to what a network sees, by channel."""

    mean: torch.Tensor  # (3, 1, 1)
    std: torch.Tensor  # (3, 1, 1)

    def enter(self, levels: torch.Tensor) -> torch.Tensor:
        return (levels - self.mean) / self.std

    def leave(self, seen: torch.Tensor) -> torch.Tensor:
        return seen * self.std + self.mean


def scale_on(mean: np.ndarray, std: np.ndarray, device: str) -> Scale:
    """The scale of (3,) statistics, on the device called so; students are trained there."""
    where = pick_device(device)
    return Scale(*(torch.tensor(each, device=where).view(3, 1, 1) for each in (mean, std)))


class Classifier:
    """A student; it goes on learning while somebody looks at it."""

    def __init__(self, network: ConvNet, weights: Weights, scale: Scale) -> None:
        self._network, self._weights, self._scale = network, weights, scale

    @torch.no_grad()
    def scores(self, image: np.ndarray) -> np.ndarray:
        """How well each class fits, (n, C) float32, of (n, 3, S, S) uint8 images."""
        device = self._scale.mean.device
        found = []
        for start in range(0, len(image), _BLOCK):
            levels = torch.tensor(image[start : start + _BLOCK], device=device).float() / 255
            logits = self._network.outputs(self._weights, self._scale.enter(levels))
            found.append(logits.cpu().numpy())
        return np.concatenate(found)


OnEpoch = Callable[[int, float, Classifier], None]
"""Takes the number of the pass, its mean loss and the student."""


def train_classifier(
    network: ConvNet,
    image: np.ndarray,
    target: np.ndarray,
    scale: Scale,
    training: Training,
    seed: int,
    on_epoch: OnEpoch,
) -> Classifier:
    """Trains a network from a random start.

    Args:
        network: Which.
        image: (K, 3, S, S) float32 levels; in [0, 1], or beyond where they were learned.
        target: (K,) int64 classes or (K, C) float32 shares of them.
        scale: What the network sees of levels; its device is where it is trained.
        training: How.
        seed: Of the start, the order and the augmentation; no global random state is touched.
        on_epoch: Called after each pass.
    """
    rng, device = torch.Generator().manual_seed(seed), scale.mean.device
    weights = {n: w.to(device).requires_grad_() for n, w in network.init(rng).items()}
    x, y = scale.enter(torch.tensor(image, device=device)), torch.tensor(target, device=device)
    student = Classifier(network, weights, scale)
    optimizer = _optimizer(weights, training.learning_rate)
    for epoch in range(training.epochs + 1):
        total = 0.0
        for rows in torch.randperm(len(x), generator=rng).split(training.batch_size):
            call = draw(rng, training.augmentation, len(rows))
            loss = soft_cross_entropy(network.outputs(weights, call(x[rows])), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        on_epoch(epoch, total / len(x), student)
        if epoch == training.epochs // 2 + 1:  # anew, so that its momentum is lost, as there
            optimizer = _optimizer(weights, training.learning_rate / 10)
    return student


def _optimizer(weights: Weights, learning_rate: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        weights.values(), learning_rate, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True
    )
