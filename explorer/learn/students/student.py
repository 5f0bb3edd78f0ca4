"""The part that is trained on a distilled set: captions into a frozen network's space.

After `networks.py` and `epoch.py` of junhyeok9712/PDS: the text projection alone is trained. The
reference sends every image through the frozen network in every pass; here the features of the
network come in, which is the same and costs a second instead of minutes.
"""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from explorer.core.geometry import unit_rows
from explorer.learn.inner.descent import one_pass, shuffled
from explorer.learn.networks.whole import Stored

DROPOUT = 0.1
LOGIT_SCALE = 1 / 0.07
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4


class ProjectionHead(nn.Module):
    """Linear, GELU, linear, dropout, a residual around the last three, layer norm."""

    def __init__(self, n_in: int, n_out: int, rng: torch.Generator) -> None:
        super().__init__()
        self.enter = _linear(n_in, n_out, rng)
        self.mix = _linear(n_out, n_out, rng)
        self.norm = nn.LayerNorm(n_out)

    def forward(self, text: torch.Tensor, dropout: torch.Generator | None = None) -> torch.Tensor:
        """Projects (B, D) to (B, F); drops values with `dropout`, none without it."""
        entered = self.enter(text)
        mixed = self.mix(functional.gelu(entered))
        if dropout is not None:
            keep = torch.empty_like(mixed).bernoulli_(1 - DROPOUT, generator=dropout)
            mixed = mixed * keep / (1 - DROPOUT)
        normed: torch.Tensor = self.norm(entered + mixed)
        return normed


class Student:
    """Reads captions; images it sees through the frozen network it was trained beside."""

    def __init__(self, head: ProjectionHead) -> None:
        self._head = head

    def see(self, image: np.ndarray) -> np.ndarray:
        """The image features (N, F) as they are, but for their lengths: float32 unit rows."""
        return unit_rows(image)

    def kept(self) -> "Student":
        """The student as it is now; this one may go on learning."""
        return Student(deepcopy(self._head))

    @torch.inference_mode()
    def project(self, text: np.ndarray) -> np.ndarray:
        """Places (M, D) text embeddings among the image features: (M, F) float32 unit rows."""
        projected = self._head(torch.tensor(text, dtype=torch.float32))
        return functional.normalize(projected).numpy()


def seen_rows(
    images: torch.Tensor | Stored, rows: torch.Tensor, rng: torch.Generator
) -> torch.Tensor:
    """(B, ...) of (K, F) features or (K, 3, H, W) images; of (V, K, ...) views a drawn one each."""
    if images.ndim in (2, 4):
        return images[rows]
    return images[torch.randint(len(images), (len(rows),), generator=rng), rows]


def train_student(
    image_features: np.ndarray,
    text: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    on_epoch: Callable[[int, float, Student], None],
) -> Student:
    """Trains a projection of texts towards the features of their images.

    As in the reference there are `epochs` + 1 passes, numbered from 0, and the learning rate is a
    tenth from pass `epochs // 2 + 1` on. Each pass is one permutation of the pairs.

    Args:
        image_features: (K, F) of the frozen network, row k belongs to row k of `text`; or
            (V, K, F) of views, of which a step sees one of each image.
        text: (K, D) embeddings.
        epochs: The number of the last pass.
        batch_size: Pairs per step; the last step of a pass may have fewer.
        learning_rate: Of SGD with momentum, in the first half.
        seed: Of the start, the order and the dropout; no global random state is touched.
        on_epoch: Takes the pass, its mean loss and the student, which goes on learning afterwards.
    """
    images = torch.tensor(image_features, dtype=torch.float32)
    images = functional.normalize(images, dim=-1)  # (K, F), or (V, K, F)
    texts = torch.tensor(text, dtype=torch.float32)  # (K, D)
    rng = torch.Generator().manual_seed(seed)
    head = ProjectionHead(texts.shape[1], images.shape[-1], rng)
    student = Student(head)
    optimizer = torch.optim.SGD(
        head.parameters(),
        learning_rate,
        momentum=MOMENTUM,
        weight_decay=WEIGHT_DECAY,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [epochs // 2 + 1], gamma=0.1)

    def loss(rows: torch.Tensor) -> torch.Tensor:
        seen = seen_rows(images, rows, rng)
        return contrastive_loss(seen, functional.normalize(head(texts[rows], rng)))

    for epoch in range(epochs + 1):
        mean = one_pass(loss, shuffled(len(texts), batch_size, rng), optimizer)
        schedule.step()
        on_epoch(epoch, mean, student)
    return student


def contrastive_loss(images: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    """The mean of both cross-entropies that find each of (B, F) unit rows' partner; InfoNCE."""
    scores = LOGIT_SCALE * images @ texts.T
    partner = torch.arange(len(scores))
    loss = functional.cross_entropy
    return (loss(scores, partner) + loss(scores.T, partner)) / 2


def _linear(n_in: int, n_out: int, rng: torch.Generator) -> nn.Linear:
    """A layer with PyTorch's usual start, but drawn from `rng`."""
    layer: nn.Linear = nn.utils.skip_init(nn.Linear, n_in, n_out)
    for values in layer.parameters():
        nn.init.uniform_(values, -(n_in**-0.5), n_in**-0.5, generator=rng)
    return layer
