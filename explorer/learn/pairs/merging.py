"""Teachers between two experts: MDM's merge of their displacements from a common start.

After `distill_mdm.py` of andyj1/mdm, which follows Model Stock (Jang et al., ECCV 2024): tensor by
tensor, the more two displacements agree, the further the teacher goes along their mean.
"""

from collections.abc import Sequence

import torch


def merge(
    start: torch.Tensor,
    first: torch.Tensor,
    second: torch.Tensor,
    sizes: Sequence[int],
    share: float,
    *,
    opposed: bool = False,
) -> torch.Tensor:
    """The teacher between two experts.

    Args:
        start: (P,) flat weights that displacements are measured from.
        first: (P,) weights of an expert.
        second: Likewise.
        sizes: Lengths of the tensors in them.
        share: Of the way that is gone.
        opposed: Goes by the formula where displacements point apart, too, as the official code
            does, and so without bound; else a teacher stays at the start there, as the paper says.

    Returns:
        (P,) weights: with c the cosine of both displacements and t = 2c / (1 + c), the start plus
        `share` times t times their mean, in each tensor.
    """
    starts, firsts, seconds = (each.split(list(sizes)) for each in (start, first, second))
    parts = zip(starts, firsts, seconds, strict=True)
    return torch.cat([_merge(a, b, c, share, opposed) for a, b, c in parts])


def _merge(
    start: torch.Tensor, first: torch.Tensor, second: torch.Tensor, share: float, opposed: bool
) -> torch.Tensor:
    moved = first - start, second - start
    lengths = moved[0].norm() * moved[1].norm()
    if not lengths:
        return start
    cosine = (moved[0] * moved[1]).sum() / lengths
    if not opposed:
        cosine = cosine.clamp(min=0)
    ratio = 2 * cosine / (1 + cosine)
    merged: torch.Tensor = start + share * ratio * (moved[0] + moved[1]) / 2
    return merged
