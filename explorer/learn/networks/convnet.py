"""The ConvNet that dataset distillation is measured with, as functions of its weights.

After `networks.py` of VICO-UoE/DatasetCondensation: per block convolution, norm, activation,
pooling; then one linear layer. Weights are a dict in the order and under the names of that
module's parameters, so that recorded ones fit, and every function is differentiable in them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.config import NetworkConfig

Weights = Mapping[str, torch.Tensor]

_ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": functional.relu,
    "sigmoid": torch.sigmoid,
    "leakyrelu": lambda x: functional.leaky_relu(x, 0.01),
    "swish": functional.silu,
}
_POOLINGS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "avgpooling": lambda x: functional.avg_pool2d(x, 2, 2),
    "maxpooling": lambda x: functional.max_pool2d(x, 2, 2),
    "none": lambda x: x,
}
GREY_BORDER = 3  # of the first convolution of grey images, which makes 28 pixels 32
_CACHE = 2**23  # bytes of a layer's output that a processor's cache holds beside its input


class FlatWeights(ABC):
    """A network whose weights, by name, also lie behind each other in one vector."""

    @property
    @abstractmethod
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Shapes of the weights by name, in their order."""

    @abstractmethod
    def init(self, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """Random weights by name."""

    def kept(self, weights: Weights, x: torch.Tensor) -> Weights:
        """What its weights hold, by name, of a step of training on (B, C, H, W) besides descent."""
        return {}

    def start(self, rng: torch.Generator) -> torch.Tensor:
        """(P,) random weights."""
        return self.flat(self.init(rng))

    def flat(self, weights: Weights) -> torch.Tensor:
        """All weights as one (P,) vector, in their order."""
        return torch.cat([weights[name].reshape(-1) for name in self.shapes])

    def named(self, flat: torch.Tensor) -> dict[str, torch.Tensor]:
        """The weights in a (P,) vector; views, so that gradients reach it."""
        parts = flat.split([torch.Size(shape).numel() for shape in self.shapes.values()])
        named = zip(self.shapes.items(), parts, strict=True)
        return {name: part.view(shape) for (name, shape), part in named}


class _Fields(NamedTuple):
    size: int  # pixels of a side
    n_classes: int
    channels: int = 3
    width: int = 128  # channels of every block
    depth: int = 3  # blocks; each but the pooling "none" halves the side
    norm: str = "instancenorm"  # or batchnorm, layernorm, groupnorm, none
    activation: str = "relu"  # or sigmoid, leakyrelu, swish
    pooling: str = "avgpooling"  # or maxpooling, none


class ConvNet(_Fields, FlatWeights):
    """What decides the network; `init` draws weights for it."""

    @cached_property
    def sides(self) -> list[int]:
        """Pixels of a side within each block, and after the last."""
        side = self.size + 2 * (self._border - 1)
        found = [side]
        for _ in range(self.depth):
            side = side if self.pooling == "none" else side // 2
            found.append(side)
        return found

    @property
    def _border(self) -> int:
        return GREY_BORDER if self.channels == 1 else 1

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        has_norm, place, n_in = self.norm != "none", 0, self.channels
        for block in range(self.depth):
            found[f"features.{place}.weight"] = (self.width, n_in, 3, 3)
            found[f"features.{place}.bias"] = (self.width,)
            if has_norm:
                side = self.sides[block]
                shape = (self.width, side, side) if self.norm == "layernorm" else (self.width,)
                found |= {f"features.{place + 1}.{each}": shape for each in ("weight", "bias")}
            place += 2 + has_norm + (self.pooling != "none")
            n_in = self.width
        n_features = self.width * self.sides[-1] ** 2
        found["classifier.weight"] = (self.n_classes, n_features)
        found["classifier.bias"] = (self.n_classes,)
        return found

    def init(self, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """A random network, as PyTorch starts its layers, but drawn from `rng`."""
        weights = {}
        fan_in = 1
        for name, shape in self.shapes.items():
            if len(shape) in (2, 4):
                fan_in = int(torch.tensor(shape[1:]).prod())
            is_norm = self._is_norm(name)
            if is_norm:
                value = float(name.endswith("weight"))
                weights[name] = torch.full(shape, value)
            else:  # Kaiming-uniform with a = sqrt(5) has the same bound as the bias
                bound = fan_in**-0.5
                weights[name] = torch.empty(shape).uniform_(-bound, bound, generator=rng)
        return weights

    def _is_norm(self, name: str) -> bool:
        return len(self.shapes[f"{name.rpartition('.')[0]}.weight"]) in (1, 3)

    def features(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        """What stands before the classifier: (B, C, H, W) to (B, F).

        A processor takes as many images at once as its cache holds, which is up to twice as fast
        as all of them, and the same but for the order in which gradients of weights are added up.
        """
        is_whole = x.device.type != "cpu" or self.norm == "batchnorm"  # there, images are not alone
        pieces = (x,) if is_whole else x.split(self._at_once)
        return torch.cat([self.layers(weights, each)[-1].flatten(1) for each in pieces])

    @cached_property
    def _at_once(self) -> int:
        """Images of which the first block, the widest, fits into the cache."""
        return max(1, _CACHE // (4 * self.width * self.sides[0] ** 2))

    def layers(self, weights: Weights, x: torch.Tensor) -> list[torch.Tensor]:
        """(B, width, side, side) of each block before its pooling, and of the last after it."""
        passed = self._blocks(weights, x)
        return [*(before for before, _ in passed), passed[-1][1]]

    def blocks(self, weights: Weights, x: torch.Tensor) -> list[torch.Tensor]:
        """(B, width, side, side) of each block after its pooling."""
        return [after for _, after in self._blocks(weights, x)]

    def _blocks(self, weights: Weights, x: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Of each block, before and after its pooling."""
        has_norm, place, border = self.norm != "none", 0, self._border
        found = []
        for _ in range(self.depth):
            weight, bias = weights[f"features.{place}.weight"], weights[f"features.{place}.bias"]
            x = functional.conv2d(x, weight, bias, padding=border)
            if has_norm:
                x = self._normed(x, weights, f"features.{place + 1}")
            active = _ACTIVATIONS[self.activation](x)
            x = _POOLINGS[self.pooling](active)
            found.append((active, x))
            place += 2 + has_norm + (self.pooling != "none")
            border = 1
        return found

    def _normed(self, x: torch.Tensor, weights: Weights, name: str) -> torch.Tensor:
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        if self.norm == "batchnorm":  # by kept statistics; without any, by those of the batch
            kept = weights.get(f"{name}.running_mean"), weights.get(f"{name}.running_var")
            return functional.batch_norm(x, *kept, weight, bias, training=kept[0] is None)
        if self.norm == "layernorm":
            return functional.layer_norm(x, list(weight.shape), weight, bias)
        groups = self.width if self.norm == "instancenorm" else 4
        return functional.group_norm(x, groups, weight, bias)

    def outputs(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        """Logits: (B, C, H, W) to (B, n_classes)."""
        return self.head(weights, self.features(weights, x))

    def head(self, weights: Weights, features: torch.Tensor) -> torch.Tensor:
        """Logits of (B, F) features."""
        return functional.linear(features, weights["classifier.weight"], weights["classifier.bias"])

    def answers(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        """Logits after training, which are the same."""
        return self.outputs(weights, x)


def network_of(config: NetworkConfig, n_classes: int) -> ConvNet:
    """The network that was chosen."""
    return ConvNet(config.image_size, n_classes, config.n_channels, config.width, config.blocks)
