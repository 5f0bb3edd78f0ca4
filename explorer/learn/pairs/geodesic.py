"""How far apart two batches lie on the sphere, by a Gaussian kernel of the angle between rows.

After `distill_mdm.py` of andyj1/mdm. All rows are of length 1.
"""

import torch

_EDGE = 1e-6  # cosines nearer to 1 than this have no gradient
_TINY = 1e-12


def kernel(first: torch.Tensor, second: torch.Tensor, sigma: float) -> torch.Tensor:
    """(A, B) values exp(-angle^2 / (2 sigma^2)) of (A, d) and (B, d) rows."""
    cosines = (first @ second.T).clamp(-1 + _EDGE, 1 - _EDGE)
    return torch.exp(-torch.arccos(cosines).square() / (2 * sigma**2))


def energy(
    learned: torch.Tensor,
    real: torch.Tensor,
    sigma: float,
    *,
    with_itself: bool = True,
    spread: float = 1.0,
) -> torch.Tensor:
    """The squared maximum mean discrepancy of two batches.

    Args:
        learned: (A, d).
        real: (B, d).
        sigma: Width of the kernel, an angle.
        with_itself: Counts each row's likeness to itself, so that it is never below 0, as the paper
            has it; the official code leaves these out.
        spread: Weight of how alike the learned rows are.
    """
    inside = [_inside(kernel(rows, rows, sigma), with_itself) for rows in (learned, real)]
    return spread * inside[0] + inside[1] - 2 * kernel(learned, real, sigma).mean()


def root(squared: torch.Tensor) -> torch.Tensor:
    """The distance; one that is negative counts as 0, without a gradient."""
    return (squared.clamp(min=0) + _TINY).sqrt()


def _inside(values: torch.Tensor, with_itself: bool) -> torch.Tensor:
    if with_itself:
        return values.mean()
    n = len(values)
    return (values.sum() - values.diagonal().sum()) / (n * (n - 1))
