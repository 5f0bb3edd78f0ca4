"""How students of labelled images are trained, and which networks they are."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from explorer.config import (
    AS_LEARNED,
    AUGMENTATIONS,
    NETWORKS,
    OF_EACH,
    POLICIES,
    WHITENINGS,
    NetworkConfig,
)
from explorer.core.whitening import Zca
from explorer.errors import ConfigError
from explorer.settings import setting

REGRESSIONS = ("kernel-fc", "kernel-conv")
"""Students that learn nothing: kernels of infinitely wide networks that a regression reads."""
STUDENTS = (*NETWORKS, *REGRESSIONS)
READINGS = ("kept", "opened")
N_LOOKS = 11
"""Looks at val, for the curve: at the first epoch, the last, and between."""
_GROUPS = 4
Measure = Callable[[np.ndarray, np.ndarray], float]
"""Takes how well each class fits, (n, C), and which is right, (n,) int64."""


class ClassificationConfig(NetworkConfig):
    """How a student is trained on labelled images and scored."""

    augmentation: str = setting(
        "Augmentation",
        "`dsa` is that of the benchmarks, `dsa-without-flip` is for digits, `none` for none; of "
        f"students also `{OF_EACH}`, one of the three for each image, as published for MNIST "
        "before `dsa`, and the policies `autoaugment` (for CIFAR-10) and `randaugment`.",
        choices=(*AUGMENTATIONS, OF_EACH, *POLICIES),
        default="dsa",
    )
    whitening: str = setting(
        "Whitening",
        f"As the set's images were learned ({AS_LEARNED}), or another way.",
        choices=(AS_LEARNED, *WHITENINGS),
        default=AS_LEARNED,
    )
    architectures: str = setting(
        "Networks",
        f"What students are, with commas between; one of {', '.join(STUDENTS)}.",
        default=NETWORKS[0],
    )
    ridge: float = setting(
        "Regularisation",
        "Of regressions, times the mean of the kernel's diagonal.",
        default=1e-6,
        above=0,
    )
    reading: str = setting(
        "Set read",
        "`kept`, with all that was learned: exact images, soft labels, learning rate; or `opened`, "
        "as people open it: 8-bit images, one class each, and the given rate.",
        choices=READINGS,
        default=READINGS[0],
        option="read",
    )
    rate: str = setting(
        "Learning rate used",
        "The one that a method `learned` with its set, where it did, or the `given` one.",
        choices=("learned", "given"),
        default="learned",
    )
    n_seeds: int = setting(
        "Students per network",
        "Students, each from its own random start.",
        at_least=1,
        at_most=100,
        option="seeds",
        default=5,
    )
    epochs: int = setting(
        "Epochs", "Passes over the set; published numbers are with 1000.", at_least=1, default=300
    )
    batch_size: int = setting("Batch size", "Images per step.", at_least=1, default=256)
    learning_rate: float = setting(
        "Learning rate",
        "Of SGD with momentum; a tenth of it in the second half.",
        above=0,
        default=0.01,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.students:
            raise ConfigError(f"architectures must name one at least of {', '.join(STUDENTS)}.")
        if unknown := [each for each in self.students if each not in STUDENTS]:
            raise ConfigError(f"No network {unknown[0]!r}. Choose of: {', '.join(STUDENTS)}.")
        if "convnet-gn" in self.students and self.width % _GROUPS:
            raise ConfigError(f"convnet-gn has {_GROUPS} groups; width must be a multiple of it.")

    @property
    def whitens(self) -> str:
        """One of `WHITENINGS`: nothing was learned whitened where nobody says so."""
        return WHITENINGS[0] if self.whitening == AS_LEARNED else self.whitening

    @property
    def students(self) -> tuple[str, ...]:
        """The networks, each once, in order."""
        return tuple(dict.fromkeys(self.architectures.replace(",", " ").split()))


class Seen(NamedTuple):
    """Images as a student sees them."""

    key: str
    image: np.ndarray  # (n, channels, S, S) uint8, or float32 levels where they were learned
    target: np.ndarray  # (n,) int64 classes, or (n, C) float32 shares
    number: np.ndarray  # (n,) int, of the images in their split


class Splits(NamedTuple):
    """What a student learns from and is scored on."""

    train: Seen
    val: Seen | None
    test: Seen
    n_classes: int
    mean: np.ndarray  # (channels,) of the source's train images
    std: np.ndarray  # (channels,)
    learning_rate: float
    white: Zca | None = None  # instead of mean and deviation


class Student(NamedTuple):
    """A student that was trained."""

    scores: dict[str, float]  # by metric: on test, after the last epoch
    loss: np.ndarray  # (epochs + 1,)
    val: np.ndarray  # (looks,) the headline on val; empty without val
    rank: np.ndarray  # (N,) int, of the right class of each image of test; ties count against it


def inputs_of(
    splits: Splits, config: ClassificationConfig, name: str, seed: int
) -> dict[str, object]:
    """All that decides what a student becomes; of the usual network as it was before others."""
    own = {**config.as_key(), "n_seeds": None, "rate": None}
    del own["architectures"], own["ridge"], own["reading"]
    inputs: dict[str, object] = {
        "train": splits.train.key,
        "val": splits.val.key if splits.val else None,
        "test": splits.test.key,
        "scale": [splits.mean.tolist(), splits.std.tolist()],
        "config": own,
        "learning_rate": splits.learning_rate,
        "seed": seed,
    }
    if name != NETWORKS[0]:
        inputs["network"] = name
    if name in REGRESSIONS:
        inputs["ridge"] = config.ridge
    return inputs


def look_epochs(epochs: int) -> list[int]:
    """The epochs at which val is looked at.

    Examples:
        >>> look_epochs(4), look_epochs(100)[:3]
        ([0, 1, 2, 3, 4], [0, 10, 20])
    """
    return sorted({round(epochs * look / (N_LOOKS - 1)) for look in range(N_LOOKS)})


def seeds_of(name: str, config: ClassificationConfig) -> Sequence[int]:
    """The students of a network; a regression leaves nothing to chance, so it is one."""
    return range(1 if name in REGRESSIONS else config.n_seeds)
