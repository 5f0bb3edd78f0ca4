"""What methods share that learn images of classes: real batches, a start, and the finished set."""

from functools import cached_property

import numpy as np
import torch

from explorer.core.whitening import Zca
from explorer.learn.students.classifier import Scale, scale_on
from explorer.types import Samples

IMAGES = "images"
"""What the learned pixels are called among the parameters."""


class RealImages:
    """The images that are distilled, as a network sees them."""

    def __init__(self, image: np.ndarray, labels: np.ndarray, n_classes: int, scale: Scale) -> None:
        """Holds (n, C, S, S) uint8 images, which may be memory-mapped, and (n,) classes.

        Of colour images C is 3, of grey ones 1.
        """
        self._image, self.labels, self.n_classes, self.scale = image, labels, n_classes, scale

    @cached_property
    def _rows(self) -> list[np.ndarray]:
        return [np.flatnonzero(self.labels == c) for c in range(self.n_classes)]

    @property
    def shape(self) -> tuple[int, ...]:
        """(C, S, S)."""
        return self._image.shape[1:]

    def take(self, rows: np.ndarray) -> torch.Tensor:
        """The images of these (B,) rows: (B, C, S, S)."""
        levels = torch.from_numpy(np.asarray(self._image[rows])).to(self.scale.mean.device)
        return self.scale.enter(levels.float() / 255)

    def rows_of(self, c: int, n: int, rng: torch.Generator) -> np.ndarray:
        """The rows of N images of a class at random, or of all where it has fewer."""
        every = self._rows[c]
        rows: np.ndarray = every[torch.randperm(len(every), generator=rng)[:n].numpy()]
        return rows

    def of_class(self, c: int, n: int, rng: torch.Generator) -> torch.Tensor:
        """N images of a class at random, or all where it has fewer."""
        return self.take(self.rows_of(c, n, rng))

    def start(self, kind: str, n: int, rng: torch.Generator) -> torch.Tensor:
        """Draws the images that learning begins with, class by class.

        They are "real", none twice, or "noise" of the images' mean and deviation.
        """
        if kind == "real":
            return torch.cat([self.of_class(c, n, rng) for c in range(self.n_classes)])
        drawn = torch.randn((self.n_classes * n, *self.shape), generator=rng)
        return drawn.to(self.scale.mean.device)

    def repeated(self, kind: str, n: int, rng: torch.Generator) -> torch.Tensor:
        """As `start`, but real images come several times where a class has fewer."""
        if kind != "real":
            return self.start(kind, n, rng)
        own = [self.of_class(c, n, rng) for c in range(self.n_classes)]
        return torch.cat([each[torch.arange(n) % len(each)] for each in own])

    def targets(self, n: int) -> torch.Tensor:
        """(C * n,) classes of the learned images."""
        classes = torch.arange(self.n_classes, device=self.scale.mean.device)
        return classes.repeat_interleave(n)

    def samples(
        self,
        images: torch.Tensor,
        targets: torch.Tensor | None = None,
        rate: torch.Tensor | None = None,
    ) -> Samples:
        """The set of (K, C, S, S) images as networks see them, class by class, as many of each.

        Grey ones become images of three equal channels, as the files of sets have them.
        Each has its own class unless there are learned shares (K, C); `rate` is that of students.
        """
        with torch.no_grad():
            levels = self.scale.leave(images).expand(-1, 3, -1, -1).cpu().numpy()
        hard = np.repeat(np.arange(self.n_classes), len(images) // self.n_classes)
        soft = None if targets is None else targets.detach().cpu().numpy().astype(np.float32)
        return Samples(
            images=levels.astype(np.float32),
            labels=hard if soft is None else soft,
            learning_rates=None if rate is None else {"student": rate.item()},
        )


def real_images(
    image: np.ndarray,
    labels: np.ndarray,
    n_classes: int,
    mean: np.ndarray,
    std: np.ndarray,
    device: str,
    white: Zca | None = None,
) -> RealImages:
    """The images of a split, scaled by its (C,) statistics or whitened, on the device called so."""
    return RealImages(image, labels, n_classes, scale_on(mean, std, device, white))
