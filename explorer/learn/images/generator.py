"""A small generator of images of classes, trained here: a conditional variational autoencoder.

Kingma and Welling, ICLR 2014. Functions of named weights, as the ConvNet's.
"""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.inner.descent import shuffled
from explorer.learn.networks.convnet import FlatWeights, Weights
from explorer.learn.rules import adam


class _Fields(NamedTuple):
    size: int  # pixels of a side
    n_classes: int
    channels: int = 3
    latent: int = 32
    width: int = 32


class Generator(_Fields, FlatWeights):
    """What decides the generator; `init` draws weights for it."""

    @property
    def _coarse(self) -> int:
        """Pixels of a side after two halvings."""
        return -(-self.size // 4)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        w, flat = self.width, 2 * self.width * self._coarse**2
        layers: dict[str, tuple[int, ...]] = {
            "encoder.0": (w, self.channels, 4, 4),
            "encoder.1": (2 * w, w, 4, 4),
            "encoder.2": (2 * self.latent, flat + self.n_classes),
            "decoder.0": (flat, self.latent + self.n_classes),
            "decoder.1": (2 * w, w, 4, 4),
            "decoder.2": (w, self.channels, 4, 4),
        }
        found: dict[str, tuple[int, ...]] = {}
        for name, shape in layers.items():
            is_transposed = name in ("decoder.1", "decoder.2")
            found[f"{name}.weight"] = shape
            found[f"{name}.bias"] = (shape[1 if is_transposed else 0],)
        return found

    def init(self, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """Random weights, uniform by what leads to each output; biases are 0."""
        found = {}
        for name, shape in self.shapes.items():
            bound = (3 / torch.Size(shape[1:]).numel()) ** 0.5 if len(shape) > 1 else 0.0
            found[name] = torch.empty(shape).uniform_(-bound, bound, generator=rng)
        return found

    def encode(
        self, weights: Weights, x: torch.Tensor, classes: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Means and logarithms of variances, (B, latent) each, of (B, C, S, S) images."""
        missing = 4 * self._coarse - self.size
        x = functional.pad(x, (0, missing, 0, missing))
        for layer in range(2):
            weight, bias = _layer(weights, f"encoder.{layer}")
            x = functional.relu(functional.conv2d(x, weight, bias, stride=2, padding=1))
        seen = torch.cat([x.flatten(1), self._one_hot(classes).to(x)], dim=1)
        mean, spread = functional.linear(seen, *_layer(weights, "encoder.2")).chunk(2, dim=1)
        return mean, spread

    def decode(self, weights: Weights, z: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """(B, C, S, S) images, as networks see them, of (B, latent) codes."""
        given = torch.cat([z, self._one_hot(classes).to(z)], dim=1)
        x = functional.relu(functional.linear(given, *_layer(weights, "decoder.0")))
        x = x.view(len(z), 2 * self.width, self._coarse, self._coarse)
        weight, bias = _layer(weights, "decoder.1")
        x = functional.relu(functional.conv_transpose2d(x, weight, bias, stride=2, padding=1))
        weight, bias = _layer(weights, "decoder.2")
        x = functional.conv_transpose2d(x, weight, bias, stride=2, padding=1)
        return x[:, :, : self.size, : self.size]

    def _one_hot(self, classes: torch.Tensor) -> torch.Tensor:
        return functional.one_hot(classes, self.n_classes)


def _layer(weights: Weights, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def train_generator(
    generator: Generator,
    source: RealImages,
    *,
    epochs: int,
    batch: int,
    rate: float,
    seed: int,
    on_epoch: Callable[[float], None],
) -> torch.Tensor:
    """(P,) weights of a generator that learned the source by Adam.

    The seed is that of start, order and noise; `on_epoch` gets the mean loss of each pass.
    """
    rng, device = torch.Generator().manual_seed(seed), source.scale.mean.device
    flat = generator.start(rng).to(device)
    rule, step = adam(), 0
    memory: tuple[torch.Tensor, ...] = (torch.zeros_like(flat), torch.zeros_like(flat))
    for _ in range(epochs):
        total = 0.0
        for rows in shuffled(len(source.labels), batch, rng):
            step += 1
            x = source.take(rows.numpy())
            classes = torch.from_numpy(source.labels[rows.numpy()]).to(device)
            noise = torch.randn((len(rows), generator.latent), generator=rng).to(device)
            leaf = flat.detach().requires_grad_()
            loss = lower_bound(generator, generator.named(leaf), x, classes, noise)
            (gradient,) = torch.autograd.grad(loss, leaf)
            direction, memory = rule.direction(flat, gradient, step, *memory)
            flat = flat - rate * direction
            total += loss.item() * len(rows)
        on_epoch(total / len(source.labels))
    return flat


def lower_bound(
    generator: Generator,
    weights: Weights,
    x: torch.Tensor,
    classes: torch.Tensor,
    noise: torch.Tensor,
) -> torch.Tensor:
    """What is lowered: half the squared error plus how far codes are from the normal ones."""
    mean, spread = generator.encode(weights, x, classes)
    shown = generator.decode(weights, mean + noise * (spread / 2).exp(), classes)
    error = (shown - x).square().flatten(1).sum(dim=1) / 2
    distance = (mean.square() + spread.exp() - spread - 1).sum(dim=1) / 2
    return (error + distance).mean()
