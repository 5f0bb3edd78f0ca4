"""Students that learn nothing: kernel regression on a small labelled set, as KIP scores sets."""

from collections.abc import Sequence

import numpy as np
import torch

from explorer.config import NetworkConfig
from explorer.errors import ConfigError
from explorer.learn.networks.kernels import Kernel, convolutional, fully_connected, regress
from explorer.learn.students.classifier import Scale

HIDDEN = 1
_BLOCK = 512
"""Images that are asked at once of the fully connected kernel."""
_LARGEST = 1 << 27
"""Entries of a kernel between all pixels of some pairs of images."""
MOST_SIDE = 32


def answers(
    name: str,
    image: np.ndarray,
    target: np.ndarray,
    n_classes: int,
    asked: Sequence[np.ndarray],
    scale: Scale,
    config: NetworkConfig,
    ridge: float,
) -> list[np.ndarray]:
    """How well each class fits, (n, C) float32 for each of the splits that are asked.

    Args:
        name: "kernel-fc", the NTK of a network with one hidden layer, or "kernel-conv", that of the
            ConvNet with as many blocks as the config has.
        image: (K, 3, S, S) float32 levels of the set.
        target: (K,) int64 classes or (K, C) float32 shares of them.
        n_classes: C.
        asked: (n, 3, S, S) uint8 images.
        scale: What kernels see of levels.
        config: The network.
        ridge: Regularisation, times the mean of the kernel's diagonal.

    Raises:
        ConfigError: Images are too large for the convolutional kernel, or the set's solution is no
            number.
    """
    device, kernel = scale.mean.device, _kernel(name, config)
    own = scale.enter(torch.tensor(image, device=device)).double()
    shares = np.eye(n_classes)[target] if target.ndim == 1 else target
    wanted = torch.tensor(shares - 1 / n_classes, device=device, dtype=torch.float64)
    block = _BLOCK
    if name == "kernel-conv":
        block = max(1, _LARGEST // (len(own) * own.shape[-1] ** 4))
    of_own = _in_blocks(kernel, own, own, block)
    found = []
    for each in asked:
        parts = []
        for start in range(0, len(each), block):
            levels = torch.tensor(each[start : start + block], device=device).float() / 255
            of_both = kernel(scale.enter(levels).double(), own)
            parts.append(regress(of_own, of_both, wanted, ridge).float().cpu().numpy())
        found.append(np.concatenate(parts))
    if not all(np.isfinite(each).all() for each in found):
        raise ConfigError("The regression on the set has no finite answer; raise ridge.")
    return found


def _kernel(name: str, config: NetworkConfig) -> Kernel:
    if name == "kernel-fc":
        return lambda a, b: fully_connected(a, b, HIDDEN).ntk
    if config.image_size > MOST_SIDE:
        raise ConfigError(
            f"kernel-conv compares all pixels of two images, {MOST_SIDE} a side at most; lower "
            "image_size, or choose kernel-fc."
        )
    return lambda a, b: convolutional(a, b, config.blocks).ntk


def _in_blocks(kernel: Kernel, a: torch.Tensor, b: torch.Tensor, block: int) -> torch.Tensor:
    return torch.cat([kernel(part, b) for part in a.split(block)])
