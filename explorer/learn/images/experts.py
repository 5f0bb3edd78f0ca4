"""Experts: networks trained on the real images, with their weights after every epoch.

Plain SGD without momentum, after `buffer.py` of GeorgeCazenavette/mtt-distillation; snapshots are
copies, which there, on a CPU, they are not.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.inner.descent import descend, shuffled
from explorer.learn.inner.flatness import Flatness, flatly
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import ConvNet

_BLOCK = 500
"""Images that are classified at once."""


def train_expert(
    network: ConvNet,
    source: RealImages,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    augmentation: tuple[str, ...],
    seed: int,
    on_epoch: Callable[[float], None],
    flatness: Flatness | None = None,
) -> np.ndarray:
    """Trains one network.

    Args:
        network: Which.
        source: What it learns.
        epochs: Passes over all images.
        batch_size: Images per step; the last step of a pass may have fewer.
        learning_rate: Of SGD without momentum.
        augmentation: Groups of `augment.GROUPS`, with numbers of its own for each image.
        seed: Of the start, the order and the augmentation.
        on_epoch: Gets the mean loss of each pass.
        flatness: How flat places are sought; None for plain SGD.

    Returns:
        (epochs + 1, P) float32: the weights at the start and after each epoch.
    """
    rng, device = torch.Generator().manual_seed(seed), source.scale.mean.device
    start = network.start(rng).to(device)

    def batch(rows: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
        x = draw(rng, augmentation, len(rows))(source.take(rows.numpy()))
        y = torch.from_numpy(source.labels[rows.numpy()]).to(device)
        return lambda flat: functional.cross_entropy(network.outputs(network.named(flat), x), y)

    passes = (shuffled(len(source.labels), batch_size, rng) for _ in range(epochs))
    snapshots = [start.cpu()]
    found = (
        flatly(batch, start, passes, learning_rate, flatness)
        if flatness
        else descend(lambda rows, own: batch(rows)(own[0]), (start,), passes, (learning_rate,))
    )
    for passed in found:
        snapshots.append(passed.weights[0].cpu())
        on_epoch(passed.loss)
    return torch.stack(snapshots).numpy()


@torch.no_grad()
def known_after(network: ConvNet, source: RealImages, weights: np.ndarray) -> np.ndarray:
    """(passes, n) bool, whether each image's class fits best by each of (passes, P) weights."""
    n, device = len(source.labels), source.scale.mean.device
    known = np.zeros((len(weights), n), dtype=bool)
    for number, flat in enumerate(weights):
        named = network.named(torch.from_numpy(np.array(flat)).to(device))
        for rows in np.array_split(np.arange(n), range(_BLOCK, n, _BLOCK)):
            best = network.outputs(named, source.take(rows)).argmax(dim=1).cpu().numpy()
            known[number, rows] = best == source.labels[rows]
    return known
