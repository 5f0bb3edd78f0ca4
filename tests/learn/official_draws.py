"""What `DiffAugment` of VICO-UoE/DatasetCondensation draws on a CPU."""

from collections.abc import Iterator

import torch

from explorer.learn.networks.augment import CROP, GROUPS, Augmentation, Draws


def official_call(drawing: Iterator[torch.Generator], n: int, side: int) -> Augmentation:
    """The call for n images of so many pixels a side; each draw takes the next generator."""
    chosen = torch.randint(0, len(GROUPS), size=(1,), generator=next(drawing)).item()
    group = list(GROUPS)[int(chosen)]
    draws = []
    for _ in GROUPS[group]:
        n_numbers = 2 if group in ("crop", "cutout", "scale") else 1
        numbers = [_number(group, n, side, next(drawing)) for _ in range(n_numbers)]
        draws.append(Draws(numbers[0], numbers[-1]))
    return Augmentation(group, tuple(draws))


def _number(group: str, n: int, side: int, rng: torch.Generator) -> torch.Tensor:
    """(n,) in [0, 1)."""
    if group == "crop":
        way = int(side * CROP + 0.5)
        drawn = torch.randint(-way, way + 1, size=[n], generator=rng)
        return (drawn + way + 0.5) / (2 * way + 1)
    if group == "cutout":
        return (torch.randint(0, side + 1, size=[n], generator=rng) + 0.5) / (side + 1)
    return torch.rand(n, generator=rng)
