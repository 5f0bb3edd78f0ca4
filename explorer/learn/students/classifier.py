"""Students of labelled images: a ConvNet that is trained on a small set.

After `epoch` and `evaluate_synset` of VICO-UoE/DatasetCondensation: SGD with momentum, a tenth of
the learning rate from pass `epochs // 2 + 1` on, `epochs` + 1 passes, siamese augmentation with
numbers of its own for each image.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from explorer.config import OF_EACH
from explorer.core.whitening import Zca
from explorer.learn.inner.descent import one_pass, shuffled
from explorer.learn.networks import crop_scale_rotate, image_policies
from explorer.learn.networks.architectures import Learner
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import Weights
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
    policy: str = ""  # of `image_policies` instead, or `config.OF_EACH`


class White(NamedTuple):
    """ZCA whitening on a device."""

    mean: torch.Tensor  # (D,)
    transform: torch.Tensor  # (D, D)
    inverse: torch.Tensor  # (D, D)


class Scale(NamedTuple):
    """From levels in [0, 1] to what a network sees: by channel, or whitened."""

    mean: torch.Tensor  # (C, 1, 1), of as many channels as images have
    std: torch.Tensor  # (C, 1, 1)
    white: White | None = None

    def enter(self, levels: torch.Tensor) -> torch.Tensor:
        if self.white is None:
            return (levels - self.mean) / self.std
        flat = (levels.flatten(1) - self.white.mean) @ self.white.transform
        return flat.view_as(levels)

    def leave(self, seen: torch.Tensor) -> torch.Tensor:
        if self.white is None:
            return seen * self.std + self.mean
        return (seen.flatten(1) @ self.white.inverse + self.white.mean).view_as(seen)


def scale_on(mean: np.ndarray, std: np.ndarray, device: str, white: Zca | None = None) -> Scale:
    """The scale of (C,) statistics on a device, where students are trained; or whitening."""
    where = pick_device(device)
    by_channel = [torch.tensor(each, device=where).view(-1, 1, 1) for each in (mean, std)]
    whole = None if white is None else White(*(torch.tensor(each, device=where) for each in white))
    return Scale(by_channel[0], by_channel[1], whole)


class Classifier:
    """A student; it goes on learning while somebody looks at it."""

    def __init__(self, network: Learner, weights: Weights, scale: Scale) -> None:
        self._network, self._weights, self._scale = network, weights, scale

    @torch.no_grad()
    def scores(self, image: np.ndarray) -> np.ndarray:
        """How well each class fits, (n, classes) float32, of (n, C, S, S) uint8 images."""
        device = self._scale.mean.device
        found = []
        for start in range(0, len(image), _BLOCK):
            levels = torch.tensor(image[start : start + _BLOCK], device=device).float() / 255
            logits = self._network.answers(self._weights, self._scale.enter(levels))
            found.append(logits.cpu().numpy())
        return np.concatenate(found)


OnEpoch = Callable[[int, float, Classifier], None]
"""Takes the number of the pass, its mean loss and the student."""


def train_classifier(
    network: Learner,
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
        image: (K, C, S, S) float32 levels; in [0, 1], or beyond where they were learned.
        target: (K,) int64 classes or (K, classes) float32 shares of them.
        scale: What the network sees of levels; its device is where it is trained.
        training: How.
        seed: Of the start, the order and the augmentation; no global random state is touched.
        on_epoch: Called after each pass.
    """
    rng, device = torch.Generator().manual_seed(seed), scale.mean.device
    weights = {n: w.to(device) for n, w in network.init(rng).items()}
    learned = [weights[name].requires_grad_() for name in network.shapes]
    x, y = scale.enter(torch.tensor(image, device=device)), torch.tensor(target, device=device)
    student = Classifier(network, weights, scale)
    optimizer = _optimizer(learned, training.learning_rate)

    def loss(rows: torch.Tensor) -> torch.Tensor:
        changed = augmented(x[rows], scale, training, rng)
        return functional.cross_entropy(network.outputs(weights, changed), y[rows])

    for epoch in range(training.epochs + 1):
        mean = one_pass(loss, shuffled(len(x), training.batch_size, rng), optimizer)
        on_epoch(epoch, mean, student)
        if epoch == training.epochs // 2 + 1:  # anew, so that its momentum is lost, as there
            optimizer = _optimizer(learned, training.learning_rate / 10)
    return student


def augmented(
    x: torch.Tensor, scale: Scale, training: Training, rng: torch.Generator
) -> torch.Tensor:
    """The (B, C, S, S) images of a step, as a network sees them, changed as drawn from `rng`."""
    if training.policy == OF_EACH:
        return crop_scale_rotate.changed(x, crop_scale_rotate.draw(rng, len(x)))
    if training.policy:
        return scale.enter(image_policies.changed(training.policy, scale.leave(x), rng))
    return draw(rng, training.augmentation, len(x))(x)


def _optimizer(weights: list[torch.Tensor], learning_rate: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        weights, learning_rate, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True
    )
