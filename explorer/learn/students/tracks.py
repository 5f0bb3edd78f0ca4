"""Experts that tell right pairs from wrong ones, and learn both on tracks of their own.

After the paper of MDW (Dang et al., arXiv 2506.01586), which has no code; what is not known of it
is as in DivideMix (Li et al., ICLR 2020): two networks are trained beside each other, and each is
told by the losses of the other which pairs are wrong.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.inner.descent import Loss, Pass, Passed, descend, shuffled
from explorer.learn.inner.step_gradients import Weights
from explorer.learn.networks.heads import Towers
from explorer.learn.networks.whole import Stored
from explorer.learn.students.contrastive import TEMPERATURE

_BATCH = 256
"""Pairs among which each is to be told from the others, when it is judged."""
_TINY = 1e-6
_ROUNDS = 30
"""In which a mixture is fitted."""
_LEAST_VARIANCE = 1e-4
"""Of losses that are scaled to [0, 1]."""


class RealRows(NamedTuple):
    """What experts learn from."""

    image: torch.Tensor | Stored  # (N, F) features, or (N, H, W, 3) uint8
    text: torch.Tensor  # (M, D) embeddings
    partner: torch.Tensor  # (M,) the image of each text

    def logits(self, towers: Towers, weights: Weights, rows: torch.Tensor) -> torch.Tensor:
        """(B, B) of the pairs `rows`."""
        cosines = towers.cosines(weights, self.image[self.partner[rows]], self.text[rows])
        return cosines / TEMPERATURE


def tracked(logits: torch.Tensor, belief: torch.Tensor) -> torch.Tensor:
    """The scalar loss of a batch whose pairs are right only as far as they are believed.

    A right pair is to be found among all others, as by InfoNCE; a wrong one is not to be found.

    Args:
        logits: (B, B), rows images and columns texts.
        belief: (B,) that pairs belong together, in [0, 1]; all 1 gives InfoNCE.
    """

    def one_way(rows: torch.Tensor) -> torch.Tensor:
        log_found = functional.log_softmax(rows, dim=1).diagonal()
        log_missed = torch.log1p(-log_found.exp() + _TINY)
        return -(belief * log_found + (1 - belief) * log_missed).mean()

    return (one_way(logits) + one_way(logits.T)) / 2


def likely_right(losses: np.ndarray) -> np.ndarray:
    """(M,) float32 in [0, 1], the chance of each pair to be of the kind with the lower losses.

    By a mixture of two normal distributions of the (M,) losses; all 1 where these are all alike.
    """
    if np.ptp(losses) < _TINY:
        return np.ones(len(losses), dtype=np.float32)
    x = (losses.astype(np.float64)[:, None] - losses.min()) / np.ptp(losses)
    means, variances, shares = np.array([0.0, 1.0]), np.full(2, x.var()), np.full(2, 0.5)
    chance = np.empty((len(x), 2))
    for _ in range(_ROUNDS):
        log = np.log(shares) - np.log(variances) / 2 - (x - means) ** 2 / variances / 2
        chance = np.exp(log - np.logaddexp(*log.T)[:, None])
        counts = chance.sum(axis=0) + _TINY
        shares = counts / counts.sum()
        means = (chance * x).sum(axis=0) / counts
        variances = (chance * (x - means) ** 2).sum(axis=0) / counts + _LEAST_VARIANCE
    return chance[:, means.argmin()].astype(np.float32)


def train_on_two_tracks(
    real: RealRows,
    towers: Towers,
    *,
    epochs: int,
    batch: int,
    rate: float,
    rngs: tuple[torch.Generator, torch.Generator],
    on_epoch: Callable[[float], None],
) -> list[Weights]:
    """The weights of one of two networks, at the start and after each epoch.

    In the first epoch all pairs are believed; then each network believes what the other one does.
    """
    n = len(real.text)
    starts = [towers.start(rng) for rng in rngs]
    device = starts[0][0].device
    real = real._replace(text=real.text.to(device))
    beliefs = [torch.ones(n, device=device), torch.ones(n, device=device)]
    judged = shuffled(n, _BATCH, rngs[0])

    def loss_of(which: int) -> Loss:
        return lambda rows, weights: tracked(
            real.logits(towers, weights, rows), beliefs[which][rows]
        )

    def trained(which: int) -> Iterator[Passed]:
        passes = (shuffled(n, batch, rngs[which], whole=True) for _ in range(epochs))
        return descend(loss_of(which), starts[which], passes, (rate, rate))

    kept: list[Weights] = [starts[0]]
    for first, second in zip(trained(0), trained(1), strict=True):
        kept.append(first.weights)
        for which, other in enumerate((second, first)):
            losses = _losses(real, towers, other.weights, judged)
            beliefs[which] = torch.from_numpy(likely_right(losses)).to(device)
        on_epoch(first.loss)
    return kept


@torch.no_grad()
def _losses(real: RealRows, towers: Towers, weights: Weights, batches: Pass) -> np.ndarray:
    """(M,) of each pair, to be found both ways among a batch."""
    losses = torch.zeros(len(real.text))
    for rows in batches:
        logits = real.logits(towers, weights, rows)
        ways = [functional.log_softmax(each, dim=1).diagonal() for each in (logits, logits.T)]
        losses[rows] = -torch.stack(ways).mean(dim=0).cpu()
    return losses.numpy()
