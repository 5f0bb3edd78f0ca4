"""Noise that belongs to an image."""

import torch


def generators_of(seeds: list[int]) -> list[torch.Generator]:
    """A generator per image, on the CPU, because CUDA gives other numbers for the same seed."""
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def seeded_noise(generators: list[torch.Generator], shape: tuple[int, ...]) -> torch.Tensor:
    """Draws (len(generators), *shape) normal noise, row i from generator i alone.

    Batch size and order therefore never change an image. It is drawn in float32, because a
    generator gives other numbers in half precision. After StackedRandomGenerator in NVlabs/edm.
    """
    return torch.stack([torch.randn(shape, generator=generator) for generator in generators])
