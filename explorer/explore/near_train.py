"""How near each image of a finished set lies to those of train: what it may be a copy of."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.core.coverage import nearest_to
from explorer.errors import ConfigError
from explorer.explore.dataset import Prepared
from explorer.explore.nearest import nearest_others
from explorer.progress import Report, within
from explorer.steps.embed import embed
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from explorer.types import Pairs


class NearTrain(NamedTuple):
    """Of each of the K images of a set. Distances are 1 - cosine, by CLIP."""

    image: np.ndarray  # (K,) int64, the nearest image of train
    distance: np.ndarray  # (K,) float32, to it
    share: np.ndarray  # (K,) of the images of train that have another one nearer than that


def near_train(store: Store, prepared: Prepared, made: Pairs) -> Step[NearTrain]:
    """The step that finds it for a set, whose images it embeds.

    Raises:
        ConfigError: There are fewer than two images of train.
    """
    if prepared.n_images < 2:
        raise ConfigError("Nearest images are told among at least two.")
    embedding = embed(made, prepared.config.models)

    def compute(scratch: Path, report: Report) -> Computed:
        own = store.fetch(embedding, within(report, 0.0, 0.7)).image
        others = store.fetch(nearest_others(prepared), within(report, 0.7, 1.0))
        image, distance = nearest_to(prepared.image, own)
        to_others = np.sort(others.distance[:, 1])
        share = np.searchsorted(to_others, distance) / len(to_others)
        return Computed(NearTrain(image, distance, share)._asdict())

    inputs = {"embed": prepared.embed_key, "made": embedding.key}
    return Step("near-train", 1, inputs, compute, lambda entry: NearTrain(**entry.arrays))
