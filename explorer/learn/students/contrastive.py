"""Losses of a square of logits, rows images and columns texts, against soft targets of its shape.

After `similarity_mining.py` of silicx/LoRS_Distill (Xu et al., ICML 2024). B pairs; the target of
pairs that only belong to themselves is the identity.
"""

from collections.abc import Callable, Mapping

import torch
from torch.nn import functional

Contrast = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Takes logits (B, B) and targets (B, B); gives the scalar loss."""

TEMPERATURE = 0.07
"""What cosines are divided by to be logits, everywhere in the field."""
_TINY = 1e-6
_SHARPNESS = 10.0  # of the targets of KL, before their softmax


def infonce(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean of both cross-entropies, of rows and of columns; targets need not sum to 1."""
    return (_cross_entropy(logits, targets) + _cross_entropy(logits.T, targets.T)) / 2


def cwcl(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropies whose rows are divided by the sums of their targets."""
    rows = targets / (targets.sum(dim=1, keepdim=True) + _TINY)
    columns = targets.T / (targets.T.sum(dim=1, keepdim=True) + _TINY)
    return (_cross_entropy(logits, rows) + _cross_entropy(logits.T, columns)) / 2


def wbce(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy, with targets above and below 1/2 weighing the same altogether."""
    likely = torch.sigmoid(logits)
    missed = -targets * torch.log(likely + _TINY) - (1 - targets) * torch.log(1 - likely + _TINY)
    is_positive = (targets > 0.5).to(missed.dtype)
    means = [
        (missed * mask).sum() / (mask.sum() + _TINY) for mask in (is_positive, 1 - is_positive)
    ]
    return (means[0] + means[1]) / 2


def bce(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy; targets beyond [0, 1], where official code ends, count as its ends."""
    return functional.binary_cross_entropy(torch.sigmoid(logits), targets.clamp(0, 1))


def mse(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean squared error of the sigmoid."""
    return (torch.sigmoid(logits) - targets).square().mean()


def kl(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Both divergences from the softmax of the targets, divided by B * B as published."""
    return (_divergence(logits, targets) + _divergence(logits.T, targets.T)) / 2


CONTRASTS: Mapping[str, Contrast] = {
    "wbce": wbce,
    "infonce": infonce,
    "cwcl": cwcl,
    "bce": bce,
    "mse": mse,
    "kl": kl,
}


def _cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return -(targets * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()


def _divergence(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    wanted = functional.softmax(_SHARPNESS * targets, dim=1)
    found = functional.log_softmax(logits, dim=1)
    return functional.kl_div(found, wanted, reduction="batchmean") / len(logits)
