"""Experts: networks trained on the real images, with their weights after every epoch.

Plain SGD without momentum, after `buffer.py` of GeorgeCazenavette/mtt-distillation; snapshots are
copies, which there, on a CPU, they are not.
"""

from collections.abc import Callable

import numpy as np
import torch

from explorer.learn.augment import draw
from explorer.learn.convnet import ConvNet, soft_cross_entropy
from explorer.learn.labelled import RealImages


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

    Returns:
        (epochs + 1, P) float32: the weights at the start and after each epoch.
    """
    rng, device = torch.Generator().manual_seed(seed), source.scale.mean.device
    weights = {n: w.to(device).requires_grad_() for n, w in network.init(rng).items()}
    optimizer = torch.optim.SGD(weights.values(), learning_rate, fused=True)
    snapshots = [_snapshot(network, weights)]
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(source.labels), generator=rng).split(batch_size):
            x = draw(rng, augmentation, len(rows))(source.take(rows.numpy()))
            y = torch.from_numpy(source.labels[rows.numpy()]).to(device)
            loss = soft_cross_entropy(network.outputs(weights, x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        snapshots.append(_snapshot(network, weights))
        on_epoch(total / len(source.labels))
    return np.stack(snapshots)


def _snapshot(network: ConvNet, weights: dict[str, torch.Tensor]) -> np.ndarray:
    return network.flat(weights).detach().cpu().numpy().copy()
