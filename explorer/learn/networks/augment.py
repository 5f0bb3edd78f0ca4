"""Differentiable siamese augmentation (DSA; Zhao and Bilen, ICML 2021).

One of six groups of operations is drawn per call. In a siamese call all images share what is
drawn, so that real and synthetic images of a class, whatever their number, change alike. Random
numbers come in as `Draws`; the operations are functions of them alone. After `utils.py` of
VICO-UoE/DatasetCondensation.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch.nn import functional

BRIGHTNESS, SATURATION, CONTRAST = 1.0, 2.0, 0.5
CROP, CUTOUT = 0.125, 0.5
SCALE = 1.2
ROTATE = 15.0
GROUPS = {
    "color": ("brightness", "saturation", "contrast"),
    "crop": ("crop",),
    "cutout": ("cutout",),
    "flip": ("flip",),
    "scale": ("scale",),
    "rotate": ("rotate",),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "dsa": tuple(GROUPS),
    "dsa-without-flip": tuple(name for name in GROUPS if name != "flip"),
    "none": (),
}
"""What may be chosen, by the names in `NetworkConfig`."""


class Draws(NamedTuple):
    """Random numbers in [0, 1), a pair per image; one pair for all makes the call siamese."""

    first: torch.Tensor  # (B,) or (1,)
    second: torch.Tensor  # (B,) or (1,), for operations in two directions


class Augmentation(NamedTuple):
    """One call: what is done, and with which numbers; it may be done again to other images."""

    group: str  # of GROUPS, or "" for nothing
    draws: tuple[Draws, ...]  # for each operation of the group

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Changes (B, C, H, W) images; B is 1, or any number where the call is siamese."""
        for name, draws in zip(GROUPS.get(self.group, ()), self.draws, strict=True):
            x = OPERATIONS[name](x, _for_each(draws, len(x)))
        return x


NOTHING = Augmentation("", ())


def draw(rng: torch.Generator, groups: tuple[str, ...] = tuple(GROUPS), n: int = 1) -> Augmentation:
    """Draws a call; with n = 1 it is siamese, with n images each has numbers of its own.

    Without any groups it changes nothing, and nothing is drawn.
    """
    if not groups:
        return NOTHING
    group = groups[int(torch.randint(len(groups), (), generator=rng))]
    numbers = torch.rand((len(GROUPS[group]), 2, n), generator=rng)
    return Augmentation(group, tuple(Draws(first, second) for first, second in numbers))


Change = Callable[[torch.Tensor], torch.Tensor]
"""What changes (B, C, H, W) images: one call or several."""
ALWAYS_FIRST, ALWAYS_LAST = ("flip", "color"), ("cutout",)


def draw_most(rng: torch.Generator, groups: tuple[str, ...], n: int = 1) -> Change:
    """Flip, colour and cutout where they are among the groups, and one of the others.

    As `DiffAug` of snu-mllab/Efficient-Dataset-Condensation; numbers as in `draw`.
    """
    others = tuple(each for each in groups if each not in (*ALWAYS_FIRST, *ALWAYS_LAST))
    first = [draw(rng, (each,), n) for each in ALWAYS_FIRST if each in groups]
    last = [draw(rng, (each,), n) for each in ALWAYS_LAST if each in groups]
    calls = [*first, draw(rng, others, n), *last]

    def change(x: torch.Tensor) -> torch.Tensor:
        for call in calls:
            x = call(x)
        return x

    return change


def _for_each(draws: Draws, n: int) -> Draws:
    return Draws(*(each.expand(n) for each in draws))


def _column(numbers: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return numbers.to(x).view(-1, 1, 1, 1)


def _brightness(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    return x + (_column(draws.first, x) - 0.5) * BRIGHTNESS


def _saturation(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    mean = x.mean(dim=1, keepdim=True)
    return (x - mean) * (_column(draws.first, x) * SATURATION) + mean


def _contrast(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    return (x - mean) * (_column(draws.first, x) + CONTRAST) + mean


def _crop(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Shifts by up to an eighth; what comes in is zero."""
    ways = [int(side * CROP + 0.5) for side in x.shape[2:]]
    shifts = [
        (numbers * (2 * way + 1)).long().clamp(max=2 * way) - way
        for numbers, way in zip(draws, ways, strict=True)
    ]
    rows, columns = _grid(x, *shifts)
    padded = functional.pad(x, (1, 1, 1, 1))
    rows = (rows + 1).clamp(0, x.shape[2] + 1)
    columns = (columns + 1).clamp(0, x.shape[3] + 1)
    images = torch.arange(len(x), device=x.device).view(-1, 1, 1)
    return padded.permute(0, 2, 3, 1)[images, rows, columns].permute(0, 3, 1, 2)


def _grid(
    x: torch.Tensor, down: torch.Tensor, right: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows and columns (B, H, W) of all places, moved by (B,) each."""
    device = x.device
    rows = torch.arange(x.shape[2], device=device).view(1, -1, 1) + down.to(device).view(-1, 1, 1)
    columns = torch.arange(x.shape[3], device=device).view(1, 1, -1)
    columns = columns + right.to(device).view(-1, 1, 1)
    shape = (len(x), *x.shape[2:])
    return rows.expand(shape), columns.expand(shape)


def _cutout(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Blackens a square of half the side around a drawn place, as far as it lies inside."""
    inside = torch.ones((len(x), *x.shape[2:]), dtype=torch.bool, device=x.device)
    still = torch.zeros(len(x), dtype=torch.long)
    for place, numbers, side in zip(_grid(x, still, still), draws, x.shape[2:], strict=True):
        size = int(side * CUTOUT + 0.5)
        n_places = side + (1 - size % 2)
        centre = (numbers * n_places).long().clamp(max=n_places - 1).to(x.device).view(-1, 1, 1)
        first = (centre - size // 2).clamp(0, side - 1)
        last = (centre - size // 2 + size - 1).clamp(0, side - 1)
        inside &= (place >= first) & (place <= last)
    return x * ~inside[:, None]


def _flip(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    return torch.where(_column(draws.first, x) < 0.5, x.flip(3), x)


def _scale(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    low = 1 / SCALE
    factors = [(numbers * (SCALE - low) + low).to(x) for numbers in draws]
    zero = torch.zeros_like(factors[0])
    return _moved(x, [[factors[0], zero, zero], [zero, factors[1], zero]])


def _rotate(x: torch.Tensor, draws: Draws) -> torch.Tensor:
    angle = ((draws.first - 0.5) * 2 * ROTATE / 180 * math.pi).to(x)
    zero, cosine, sine = torch.zeros_like(angle), angle.cos(), angle.sin()
    return _moved(x, [[cosine, -sine, zero], [sine, cosine, zero]])


def _moved(x: torch.Tensor, matrix: list[list[torch.Tensor]]) -> torch.Tensor:
    theta = torch.stack([torch.stack(row, dim=1) for row in matrix], dim=1)  # (B, 2, 3)
    grid = functional.affine_grid(theta, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)


OPERATIONS: dict[str, Callable[[torch.Tensor, Draws], torch.Tensor]] = {
    "brightness": _brightness,
    "saturation": _saturation,
    "contrast": _contrast,
    "crop": _crop,
    "cutout": _cutout,
    "flip": _flip,
    "scale": _scale,
    "rotate": _rotate,
}
"""Each takes (B, C, H, W) images and `Draws` with B numbers each."""
