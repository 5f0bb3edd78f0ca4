"""Experts whose trajectories students follow; cached, and an interruption loses one at most."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.config import NetworkConfig
from explorer.engine.engine import HERE, Engine
from explorer.progress import Report
from explorer.settings import setting
from explorer.steps.trained import require_number, train_experts
from explorer.store.rates import on
from explorer.store.step import Computed, Step, Work

if TYPE_CHECKING:
    from explorer.learn.images.labelled import RealImages


class ExpertConfig(NetworkConfig):
    """Networks that are trained on the real images."""

    experts: int = setting(
        "Experts", "Networks trained on the real images; 100 in the paper.", default=5, at_least=1
    )
    expert_epochs: int = setting(
        "Epochs of an expert", "Passes over the real images; 50 in the paper.", default=10,
        at_least=1,
    )  # fmt: skip
    expert_rate: float = setting(
        "Learning rate of experts",
        "Of plain SGD, without momentum; 0.01 in the paper.",
        default=0.03,
        above=0,
    )
    expert_batch: int = setting(
        "Batch of experts", "Real images in a step; 256 in the paper.", default=32, at_least=1
    )


class FlatExpertConfig(ExpertConfig):
    """Networks that are trained on the real images and seek flat places."""

    flat_radius: float = setting(
        "Radius", "Of the neighbourhood whose worst loss experts lower; 0.01 in FTD.",
        default=0.01, at_least=0,
    )  # fmt: skip
    flat_weight: float = setting(
        "Weight of flatness", "Of what does not lower that loss; 0.3 to 1 in FTD.",
        default=1.0, at_least=0,
    )  # fmt: skip


def experts(
    pixels_key: str,
    n_images: int,
    config: ExpertConfig,
    device: str,
    source: Callable[[], "RealImages"],
    engine: Engine = HERE,
) -> Step[np.ndarray]:
    """(experts, epochs + 1, P) float32 weights, memory-mapped, of experts trained on `source`.

    It is asked for when the first is trained; `pixels_key` is that of its images.
    """

    def compute(scratch: Path, report: Report) -> Computed:
        def train(number: int, on_epoch: Callable[[], None]) -> dict[str, np.ndarray]:
            def on_loss(loss: float) -> None:
                require_number(loss, "expert_rate")
                on_epoch()

            return {"weights": _train(source(), config, number, on_loss)}

        arrays, measured = train_experts(
            scratch, config.experts, config.expert_epochs, ("weights",), train, engine, report
        )
        spent = {(work.kind, work.by): measured._replace(n=measured.n * n_images)}
        return Computed(arrays, spent=spent)

    inputs = {"pixels": pixels_key, "config": config.as_key()}
    by = on(device, config.network)
    each = config.expert_epochs * n_images
    work = Work("experts", "experts to train", config.experts, "expert", by, each=each)
    return Step("experts", 1, inputs, compute, lambda entry: entry.arrays["weights"], (work,))


def _train(
    source: "RealImages", config: ExpertConfig, number: int, on_epoch: Callable[[float], None]
) -> np.ndarray:
    from explorer.learn.images.experts import train_expert
    from explorer.learn.inner.flatness import Flatness
    from explorer.learn.networks.augment import CHOICES
    from explorer.learn.networks.convnet import network_of

    flatness = None
    if isinstance(config, FlatExpertConfig):
        flatness = Flatness(config.flat_radius, config.flat_weight, adaptive=True)
    return train_expert(
        network_of(config, source.n_classes),
        source,
        epochs=config.expert_epochs,
        batch_size=config.expert_batch,
        learning_rate=config.expert_rate,
        augmentation=CHOICES[config.augmentation],
        seed=number,
        on_epoch=on_epoch,
        flatness=flatness,
    )
