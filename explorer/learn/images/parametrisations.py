"""What images are made of while they are learned: pixels, or parts that several images share."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.images.labelled import IMAGES, RealImages
from explorer.learn.optimise import Params

GREY = 0.5
"""What a formation of cells is padded with where the side cannot be divided."""


class Parametrisation(NamedTuple):
    """Images of classes by parameters."""

    begin: Callable[[torch.Generator], Params]
    render: Callable[[Params], torch.Tensor]
    """The (K, 3, S, S) images as networks see them, as many of each class, class by class;
    differentiable."""
    per_class: int  # images of each class that are rendered
    at_least: Mapping[str, float] = {}
    at_most: Mapping[str, float] = {}


def pixels(source: RealImages, start: str, n: int) -> Parametrisation:
    """Each image by its own pixels."""
    return Parametrisation(
        lambda rng: {IMAGES: source.start(start, n, rng)}, lambda params: params[IMAGES], n
    )


def formation(
    source: RealImages,
    start: str,
    n: int,
    factors: Sequence[int],
    *,
    smoothly: bool = False,
) -> Parametrisation:
    """Each image as factor x factor smaller ones, which are scaled up (IDC; Kim et al., ICML 2022).

    What is learned are levels in [0, 1], shown by each of the factors. A real start fills the cells
    of the last with as many images, scaled down by leaving out pixels, or `smoothly`.
    """
    factor = factors[-1]

    def begin(rng: torch.Generator) -> Params:
        n_cells = n * factor**2
        levels = source.scale.leave(source.repeated(start, n_cells, rng)).clamp(0, 1)
        if factor == 1:
            return {IMAGES: levels}
        by_class = levels.chunk(source.n_classes)
        return {IMAGES: torch.cat([compose(own, factor, smoothly) for own in by_class])}

    def render(params: Params) -> torch.Tensor:
        by_class = params[IMAGES].chunk(source.n_classes)
        cells = [decode(own, each) for own in by_class for each in factors]
        return source.scale.enter(torch.cat(cells))

    bounds = {IMAGES: 0.0}, {IMAGES: 1.0}
    return Parametrisation(begin, render, n * sum(each**2 for each in factors), *bounds)


def decode(images: torch.Tensor, factor: int) -> torch.Tensor:
    """(n f^2, C, H, W), the cells of (n, C, H, W) images, each scaled up, cell by cell."""
    if factor == 1:
        return images
    side = images.shape[-1]
    missing = -side % factor
    padded = functional.pad(images, (0, missing, 0, missing), value=GREY)
    cell = padded.shape[-1] // factor
    cells = [
        padded[:, :, row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        for row in range(factor)
        for column in range(factor)
    ]
    return functional.interpolate(torch.cat(cells), size=side, mode="bilinear")


def compose(images: torch.Tensor, factor: int, smoothly: bool = False) -> torch.Tensor:
    """(n, C, H, W) images whose cells are (f^2 n, C, H, W) ones, each scaled down.

    The first n are the first cell of each, and so on, row by row.
    """
    side, n = images.shape[-1], len(images) // factor**2
    cell = -(-side // factor)
    sizes = [min(cell, side - place * cell) for place in range(factor)]
    places = [(height, width) for height in sizes for width in sizes]
    small = [
        functional.interpolate(own, size=size, mode="bilinear" if smoothly else "nearest")
        for own, size in zip(images.split(n), places, strict=True)
    ]
    rows = [torch.cat(small[i : i + factor], dim=3) for i in range(0, len(small), factor)]
    return torch.cat(rows, dim=2)


BASIS, COEFFICIENTS = "basis", "coefficients"
"""What the parts of images that are sums are called among the parameters."""


def sums(
    source: RealImages,
    n: int,
    n_basis: int,
    shrink: int,
    fixed: torch.Tensor | None = None,
    start: str = "noise",
) -> Parametrisation:
    """Each image as a sum of images that all classes share, `shrink` times smaller (LinBa).

    Those are learned unless (n_basis, P) are `fixed`. With "real" as the start, coefficients begin
    as what is nearest to real images or, where the basis is learned, for one of real images.
    """
    channels, side = source.shape[0], source.shape[-1]
    small = -(-side // shrink)
    device = source.scale.mean.device

    def begin(rng: torch.Generator) -> Params:
        if fixed is not None and start == "real":
            real = source.repeated(start, n, rng).flatten(1)
            nearest = torch.linalg.lstsq(fixed.T.double(), real.T.double())
            return {COEFFICIENTS: nearest.solution.T.float().contiguous()}
        parts = {COEFFICIENTS: (source.n_classes * n, n_basis)}
        if fixed is None:
            parts[BASIS] = (n_basis, channels * small**2)
        params = {name: _xavier(shape, rng).to(device) for name, shape in parts.items()}
        if fixed is None and start == "real":
            rows = torch.randperm(len(source.labels), generator=rng)
            some = rows[torch.arange(n_basis) % len(rows)].numpy()
            params[BASIS] = functional.adaptive_avg_pool2d(source.take(some), small).flatten(1)
        return params

    def render(params: Params) -> torch.Tensor:
        basis = params[BASIS] if fixed is None else fixed
        shape = (channels, small, small)
        return summed(params[COEFFICIENTS], basis, shape, side)

    return Parametrisation(begin, render, n)


def random_basis(source: RealImages, n_basis: int, seed: int) -> torch.Tensor:
    """(n_basis, P) normal images, the same for the same seed; their sum has deviation 1."""
    rng = torch.Generator().manual_seed(seed)
    size = torch.Size(source.shape).numel()
    drawn: torch.Tensor = torch.randn((n_basis, size), generator=rng) / n_basis**0.5
    return drawn.to(source.scale.mean.device)


def summed(
    coefficients: torch.Tensor, basis: torch.Tensor, shape: tuple[int, ...], side: int
) -> torch.Tensor:
    """(K, *shape) sums of (n_basis, P) images by (K, n_basis), scaled to this side."""
    added = (coefficients @ basis).view(-1, *shape)
    if side == shape[-1]:
        return added
    return functional.interpolate(added, size=side, mode="bilinear")


def _xavier(shape: tuple[int, int], rng: torch.Generator) -> torch.Tensor:
    bound = (6 / sum(shape)) ** 0.5
    return torch.empty(shape).uniform_(-bound, bound, generator=rng)
