"""A generator of images of classes, trained on the data at hand; cached."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.config import NetworkConfig
from explorer.progress import Progress, Report
from explorer.settings import setting
from explorer.store.rates import on
from explorer.store.step import Computed, Step, Work

if TYPE_CHECKING:
    from explorer.learn.images.generator import Generator
    from explorer.learn.images.labelled import RealImages

SEED, BATCH, RATE = 0, 64, 2e-3
"""Of its training."""


class GeneratorConfig(NetworkConfig):
    """A generator that is trained on the real images."""

    generator_epochs: int = setting(
        "Epochs of the generator", "Passes over the real images.", default=30, at_least=1
    )
    generator_width: int = setting(
        "Width of the generator", "Channels of its last layer but one.", default=16, at_least=1,
        at_most=256,
    )  # fmt: skip
    codes: int = setting(
        "Numbers of a code", "That an image is generated from.", default=32, at_least=1,
        at_most=1024,
    )  # fmt: skip


def generator_of(config: GeneratorConfig, n_classes: int) -> "Generator":
    from explorer.learn.images.generator import Generator

    seen = config.image_size, n_classes, config.n_channels
    return Generator(*seen, config.codes, config.generator_width)


def generator(
    pixels_key: str,
    n_images: int,
    config: GeneratorConfig,
    device: str,
    source: Callable[[], "RealImages"],
) -> Step[np.ndarray]:
    """(P,) float32 weights of a generator that is trained on `source`, which is asked for late."""
    epochs = config.generator_epochs

    def compute(scratch: Path, report: Report) -> Computed:
        from explorer.learn.images.generator import train_generator

        images = source()
        progress = Progress(report, "Training a generator, epochs", epochs)
        found = train_generator(
            generator_of(config, images.n_classes),
            images,
            epochs=epochs,
            batch=BATCH,
            rate=RATE,
            seed=SEED,
            on_epoch=lambda loss: progress.add(),
        )
        measured = progress.measured
        spent = {(work.kind, work.by): measured._replace(n=measured.n * n_images)}
        return Computed({"weights": found.cpu().numpy()}, spent=spent)

    kept = {name: getattr(config, name) for name in GeneratorConfig().as_json()}
    decides = {"image_size", "generator_epochs", "generator_width", "codes"}
    inputs = {"pixels": pixels_key, **{name: kept[name] for name in sorted(decides)}}
    if config.n_channels != 3:  # as keys were before there were others
        inputs["channels"] = config.n_channels
    by = on(device, f"width {config.generator_width}, {config.image_size} pixels")
    work = Work("generator", "passes of a generator", epochs, "generator", by, each=n_images)
    return Step("generator", 1, inputs, compute, lambda entry: entry.arrays["weights"], (work,))
