"""How often a ConvNet forgets each image of a class while it learns from all of them; cached.

After Toneva et al. (ICLR 2019): ten passes of plain SGD, and an image is known where its class fits
best. The network is small, of 32 channels: what counts is which images come late.
"""

from pathlib import Path

import numpy as np

from explorer.config import NetworkConfig
from explorer.core.coresets import forgetting_events
from explorer.progress import Progress, Report
from explorer.steps.context import Context
from explorer.steps.pixels import pixels
from explorer.store.rates import on
from explorer.store.step import Computed, Step, Work

PASSES = 10
BATCH = 32
WIDTH = 32
LEARNING_RATE = 0.03


def forgotten_images(context: Context, seed: int) -> Step[np.ndarray]:
    """(n,) int64, how often each image of train that can be read is forgotten."""
    train = context.dataset.labelled()
    source = pixels(train, train.side, "train", context.engine)
    config = NetworkConfig(image_size=train.side, width=WIDTH)

    def compute(scratch: Path, report: Report) -> Computed:
        report(0.0, "Loading what trains networks")
        from explorer.learn.images import experts, labelled  # late: they import torch
        from explorer.learn.networks.convnet import network_of

        found, n_classes = context.store.fetch(source), len(train.classes)
        labels, device = train.labels[found.number], context.models.device
        images = labelled.real_images(found.image, labels, n_classes, found.mean, found.std, device)
        progress = Progress(report, "Learning from all images, passes", PASSES)
        network = network_of(config, n_classes)
        weights = experts.train_expert(
            network,
            images,
            epochs=PASSES,
            batch_size=BATCH,
            learning_rate=LEARNING_RATE,
            augmentation=(),
            seed=seed,
            on_epoch=lambda loss: progress.add(),
        )
        known = experts.known_after(network, images, weights[1:])
        return Computed({"n_forgotten": forgetting_events(known)})

    inputs = {"pixels": source.key, "network": config.as_key(), "seed": seed}
    each = PASSES * train.n_images
    by = on(context.models.device, config.network)
    cost = (Work("experts", "networks of all images", 1, "forgetting", by, each=each),)
    return Step("forgotten-images", 1, inputs, compute, lambda e: e.arrays["n_forgotten"], cost)
