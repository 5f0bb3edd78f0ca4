"""Images by codes: of a generator that is there, or of small decoders that are learned, too."""

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.images.distribution import Further
from explorer.learn.images.generator import Generator
from explorer.learn.images.labelled import RealImages
from explorer.learn.images.parametrisations import Parametrisation
from explorer.learn.networks.convnet import ConvNet, Weights
from explorer.learn.optimise import Params

CODES, FIRST = "codes", "codes.first"
"""What codes are called among the parameters, and those that they began with."""
DECODERS = ("decoder.0.weight", "decoder.0.bias", "decoder.1.weight", "decoder.1.bias")
"""What decoders are made of, stacked over the decoders."""


def generated(
    generator: Generator, weights: np.ndarray, source: RealImages, start: str, n: int
) -> Parametrisation:
    """Images, n of each class, of a generator whose (P,) weights stay.

    Codes begin as those of real images where `start` is "real", else as "noise".
    """
    classes = source.targets(n)
    named = generator.named(torch.from_numpy(np.array(weights)).to(classes.device))

    def begin(rng: torch.Generator) -> Params:
        if start == "real":
            with torch.no_grad():
                codes, _ = generator.encode(named, source.start(start, n, rng), classes)
        else:
            codes = torch.randn((len(classes), generator.latent), generator=rng).to(classes.device)
        return {CODES: codes, FIRST: codes.clone()}

    def render(params: Params) -> torch.Tensor:
        return generator.decode(named, params[CODES], classes)

    return Parametrisation(begin, render, n)


def staying_near(render: Callable[[Params], torch.Tensor], weight: float) -> Further:
    """Squared distances of an image's features to those of the code it began with."""

    def further(network: ConvNet, weights: Weights, params: Params) -> torch.Tensor:
        with torch.no_grad():
            first = network.features(weights, render({**params, CODES: params[FIRST].detach()}))
        now = network.features(weights, render(params))
        return weight * (now - first).square().sum()

    return further


def decoded(
    source: RealImages, start: str, n_codes: int, n_decoders: int, channels: int
) -> Parametrisation:
    """Each code in each of a few small decoders, which all classes share (after KFS).

    A code is a grid of a quarter of the side; a decoder, two transposed convolutions. Where the
    start is real, the first channels of a code are a real image scaled down.
    """
    n_seen, side, _ = source.shape
    device, coarse = source.scale.mean.device, -(-side // 4)
    shapes = ((channels, channels, 4, 4), (channels,), (channels, n_seen, 4, 4), (n_seen,))

    def begin(rng: torch.Generator) -> Params:
        codes = torch.randn((source.n_classes * n_codes, channels, coarse, coarse), generator=rng)
        codes = codes.to(device)
        if start == "real":
            real = source.repeated("real", n_codes, rng)
            small = functional.adaptive_avg_pool2d(real, coarse)[:, :channels]
            codes[:, : small.shape[1]] = small
        params = {CODES: codes}
        for name, shape in zip(DECODERS, shapes, strict=True):
            bound = (3 / (4 * channels)) ** 0.5 if len(shape) > 1 else 0.0
            drawn = torch.empty((n_decoders, *shape)).uniform_(-bound, bound, generator=rng)
            params[name] = drawn.to(device)
        return params

    def render(params: Params) -> torch.Tensor:
        shown = []
        for k in range(n_decoders):
            first, first_bias, second, second_bias = (params[name][k] for name in DECODERS)
            x = functional.conv_transpose2d(params[CODES], first, first_bias, stride=2, padding=1)
            x = functional.leaky_relu(x, 0.2)
            x = functional.conv_transpose2d(x, second, second_bias, stride=2, padding=1)
            shown.append(x[:, :, :side, :side])
        return torch.stack(shown, dim=1).flatten(0, 1)

    return Parametrisation(begin, render, n_codes * n_decoders)
