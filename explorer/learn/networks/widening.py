"""The ConvNet of FRePo, whose width doubles from block to block, as functions of its weights.

After `Conv` in `lib/models/networks.py` of yongchao97/FRePo: per block convolution, ReLU, average
pooling; norm, if any, stands before the convolution of every block but the first. Features lie
place by place, (H, W, C), as there.
"""

from functools import cached_property
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.networks.convnet import GREY_BORDER, FlatWeights, Weights

_KEPT = 0.9
"""Share of its means and variances that a batch norm keeps in each step of training."""
_CUT = 0.87962566  # deviation of a normal number that is cut off beyond 2


class _Fields(NamedTuple):
    size: int  # pixels of a side
    n_classes: int
    channels: int = 3
    width: int = 128  # channels of the first block
    depth: int = 3  # blocks, each of which halves the side
    has_norm: bool = False  # batch norm


class WideningConvNet(_Fields, FlatWeights):
    """What decides the network; `init` draws weights for it.

    What batch norms keep lies among the weights, without gradients.
    """

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        side, n_in = self.size + 2 * (self._border - 1), self.channels
        for block in range(self.depth):
            width = self.width * 2**block
            if self.has_norm and block:
                names = ("weight", "bias", "mean", "variance")
                found |= {f"norm{block}.{name}": (n_in,) for name in names}
            found[f"conv{block}.weight"] = (width, n_in, 3, 3)
            found[f"conv{block}.bias"] = (width,)
            side, n_in = side // 2, width
        found["classifier.weight"] = (self.n_classes, n_in * side**2)
        found["classifier.bias"] = (self.n_classes,)
        return found

    @property
    def _border(self) -> int:
        return GREY_BORDER if self.channels == 1 else 1

    def init(self, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """A random network as Flax starts its layers: variances of 1 / fan-in, biases of 0."""
        weights = {}
        for name, shape in self.shapes.items():
            if len(shape) > 1:
                deviation = torch.Size(shape[1:]).numel() ** -0.5 / _CUT
                drawn = torch.nn.init.trunc_normal_(torch.empty(shape), a=-2, b=2, generator=rng)
                weights[name] = drawn * deviation
            else:
                is_one = name.startswith("norm") and name.endswith(("weight", "variance"))
                weights[name] = torch.full(shape, float(is_one))
        return weights

    def features(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        """What stands before the classifier, by what norms keep: (B, C, H, W) to (B, F)."""
        return self._seen(weights, x, training=False)[0]

    def outputs(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        """Logits in training, where norms go by the batch: (B, C, H, W) to (B, n_classes)."""
        return self.head(weights, self._seen(weights, x, training=True)[0])

    def head(self, weights: Weights, features: torch.Tensor) -> torch.Tensor:
        """Logits of (B, F) features."""
        return functional.linear(features, weights["classifier.weight"], weights["classifier.bias"])

    @torch.no_grad()
    def kept(self, weights: Weights, x: torch.Tensor) -> dict[str, torch.Tensor]:
        _, met = self._seen(weights, x, training=True)
        return {name: _KEPT * weights[name] + (1 - _KEPT) * each for name, each in met.items()}

    def _seen(
        self, weights: Weights, x: torch.Tensor, *, training: bool
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """(B, F) features; and the means and variances of the batch that norms went by."""
        border, met = self._border, dict[str, torch.Tensor]()
        for block in range(self.depth):
            if self.has_norm and block:
                if training:
                    places, now = (0, 2, 3), x.detach()
                    met[f"norm{block}.mean"] = now.mean(places)
                    met[f"norm{block}.variance"] = now.var(places, correction=0)
                x = self._normed(weights, x, f"norm{block}", training)
            kernel, bias = weights[f"conv{block}.weight"], weights[f"conv{block}.bias"]
            seen = functional.relu(functional.conv2d(x, kernel, bias, padding=border))
            x, border = functional.avg_pool2d(seen, 2), 1
        return x.permute(0, 2, 3, 1).flatten(1), met

    def _normed(self, weights: Weights, x: torch.Tensor, name: str, training: bool) -> torch.Tensor:
        kept = [None if training else weights[f"{name}.{each}"] for each in ("mean", "variance")]
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return functional.batch_norm(x, kept[0], kept[1], weight, bias, training)
