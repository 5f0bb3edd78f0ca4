"""Single prepared pictures to the batch that a network takes."""

from collections.abc import Sequence

import torch


def stack(prepared: Sequence[torch.Tensor]) -> torch.Tensor:
    """Stacks B prepared pictures (3, H, W) as (B, 3, H, W); callers need not import torch."""
    return torch.stack(list(prepared))
