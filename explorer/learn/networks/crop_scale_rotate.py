"""Augmentation of students from before there was the siamese one: crop, scale or rotate each.

After `augment` in `utils.py` of VICO-UoE/DatasetCondensation, with its settings for MNIST. It is
not differentiable. Random numbers come in as calls, which the operations are functions of.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.networks.augment import CROP

SCALE = 0.2
"""Sides become longer or shorter by up to this share, each for itself."""
ROTATE = 45
"""Degrees, to either side."""


class Call(NamedTuple):
    """What is done to an image."""

    operation: str  # of OPERATIONS
    first: float  # in [0, 1)
    second: float  # in [0, 1), for operations in two directions


def draw(rng: torch.Generator, n: int) -> list[Call]:
    """Draws a call for each of n images."""
    names = list(OPERATIONS)
    chosen = torch.randint(len(names), (n,), generator=rng).tolist()
    numbers = torch.rand((n, 2), generator=rng).tolist()
    return [Call(names[k], *pair) for k, pair in zip(chosen, numbers, strict=True)]


def changed(x: torch.Tensor, calls: Sequence[Call]) -> torch.Tensor:
    """Changes (B, C, S, S) images, each by its call; what comes in is the mean of the batch."""
    means = x.mean(dim=(0, 2, 3))
    found = [
        OPERATIONS[call.operation](each, means, call) for each, call in zip(x, calls, strict=True)
    ]
    return torch.stack(found)


def _crop(image: torch.Tensor, means: torch.Tensor, call: Call) -> torch.Tensor:
    """Shifts by up to an eighth, one pixel less down and right."""
    side = image.shape[-1]
    way = int(side * CROP + 0.5)
    wide = means[:, None, None].repeat(1, side + 2 * way, side + 2 * way)
    wide[:, way : way + side, way : way + side] = image
    top, left = (int(number * 2 * way) for number in (call.first, call.second))
    return wide[:, top : top + side, left : left + side]


def _scale(image: torch.Tensor, means: torch.Tensor, call: Call) -> torch.Tensor:
    """Repeats or leaves out pixels; what comes in is 0."""
    side = image.shape[-1]
    sizes = [int((1 - SCALE + 2 * SCALE * number) * side) for number in (call.first, call.second)]
    scaled = functional.interpolate(image[None], sizes)[0]
    widest = max(*sizes, side)
    wide = image.new_zeros((len(image), widest, widest))
    top, left = ((widest - size) // 2 for size in sizes)
    wide[:, top : top + sizes[0], left : left + sizes[1]] = scaled
    start = (widest - side) // 2
    return wide[:, start : start + side, start : start + side]


def _rotate(image: torch.Tensor, means: torch.Tensor, call: Call) -> torch.Tensor:
    """Turns by whole degrees, by splines; what comes in is the mean of all channels."""
    from scipy.ndimage import rotate

    side, angle = image.shape[-1], int(2 * ROTATE * call.first) - ROTATE
    turned = rotate(image.cpu().numpy(), angle, axes=(-2, -1), cval=means.mean().item())
    top, left = ((size - side) // 2 for size in turned.shape[1:])
    return torch.from_numpy(turned[:, top : top + side, left : left + side]).to(image)


OPERATIONS: dict[str, Callable[[torch.Tensor, torch.Tensor, Call], torch.Tensor]] = {
    "crop": _crop,
    "scale": _scale,
    "rotate": _rotate,
}
"""Each takes a (C, S, S) image, the means (C,) of the batch and a call."""
