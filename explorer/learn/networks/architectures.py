"""Networks by name that students of labelled images may be: those of the field's benchmarks.

After `networks.py` of VICO-UoE/DatasetCondensation, where some have a wider border around grey
images, as MNIST's, which makes their 28 pixels 32. Plain names have the norm
that suits small sets, a group per channel; those with `-bn` have batch norm, and what ends in `-ap`
halves images by average pooling instead of strides. The ViT is a small one of our own. Where images
are smaller than a network can halve, it sees them scaled up.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import NamedTuple, Protocol

import torch
from torch import nn
from torch.nn import functional

from explorer.config import NETWORKS, NetworkConfig
from explorer.errors import ConfigError
from explorer.learn.networks.convnet import GREY_BORDER, ConvNet, Weights, network_of


class Learner(Protocol):
    """A network as functions of its weights."""

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Of the weights that are trained, by name."""

    def init(self, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """A random network, with what it keeps besides weights."""

    def outputs(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        """Logits in training: (B, 3, S, S) to (B, C)."""

    def answers(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        """Logits afterwards, where no image depends on the others."""


class Architecture:
    """A network that is written as a module; its weights stay outside it."""

    def __init__(self, build: Callable[[], nn.Module], least_side: int) -> None:
        """Builds it without memory for weights; smaller images are scaled up to `least_side`."""
        with torch.device("meta"):
            self._module = build()
        self._least = least_side

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: tuple(each.shape) for name, each in self._module.named_parameters()}

    def init(self, rng: torch.Generator) -> dict[str, torch.Tensor]:
        """As PyTorch starts its layers, but drawn from `rng`; and running means of batch norms."""
        return dict(_started(self._module, rng))

    def outputs(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        return self._called(weights, x, training=True)

    def answers(self, weights: Weights, x: torch.Tensor) -> torch.Tensor:
        return self._called(weights, x, training=False)

    def _called(self, weights: Weights, x: torch.Tensor, training: bool) -> torch.Tensor:
        if x.shape[-1] < self._least:
            size = (self._least, self._least)
            x = functional.interpolate(x, size, mode="bilinear", align_corners=False)
        self._module.train(training)
        found: torch.Tensor = torch.func.functional_call(self._module, dict(weights), (x,))
        return found


def _started(module: nn.Module, rng: torch.Generator) -> Iterator[tuple[str, torch.Tensor]]:
    for path, layer in module.named_modules():
        for name, each in layer.named_parameters(path, recurse=False):
            yield name, _start(layer, name, each, rng)
        for name, each in layer.named_buffers(path, recurse=False):
            value = float(name.endswith("running_var"))
            yield name, torch.full(each.shape, value, dtype=each.dtype)


def _start(layer: nn.Module, name: str, weight: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    found = torch.empty(weight.shape)
    if isinstance(layer, nn.Conv2d | nn.Linear):
        fan_in = layer.weight[0].numel()
        return found.uniform_(-(fan_in**-0.5), fan_in**-0.5, generator=rng)
    if isinstance(layer, nn.MultiheadAttention | _Patches) and weight.dim() > 1:
        return found.normal_(0, 0.02, generator=rng)
    return torch.full(weight.shape, float(name.endswith(".weight")))


def _wider(channels: int) -> int:
    """Pixels by which the border around grey images is wider."""
    return GREY_BORDER - 1 if channels == 1 else 0


def _norm(channels: int, kind: str) -> nn.Module:
    if kind == "batchnorm":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(channels, channels)


class _Mlp(nn.Module):
    def __init__(self, channels: int, size: int, n_classes: int) -> None:
        super().__init__()
        self.fc_1 = nn.Linear(channels * size * size, 128)
        self.fc_2 = nn.Linear(128, 128)
        self.fc_3 = nn.Linear(128, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = functional.relu(self.fc_2(functional.relu(self.fc_1(x.flatten(1)))))
        found: torch.Tensor = self.fc_3(seen)
        return found


class _LeNet(nn.Module):
    def __init__(self, channels: int, size: int, n_classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, 6, 5, padding=_wider(channels)), nn.ReLU(), nn.MaxPool2d(2, 2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2),
        )  # fmt: skip
        side = ((size + 2 * _wider(channels) - 4) // 2 - 4) // 2
        self.fc_1 = nn.Linear(16 * side * side, 120)
        self.fc_2 = nn.Linear(120, 84)
        self.fc_3 = nn.Linear(84, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = functional.relu(self.fc_1(self.features(x).flatten(1)))
        found: torch.Tensor = self.fc_3(functional.relu(self.fc_2(seen)))
        return found


class _AlexNet(nn.Module):
    def __init__(self, channels: int, size: int, n_classes: int, batch_norm: bool) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        plan = ((channels, 128, 5, True), (128, 192, 5, True), (192, 256, 3, False),
                (256, 192, 3, False), (192, 192, 3, True))  # fmt: skip
        for n_in, n_out, side, halves in plan:
            border = side // 2 + (0 if layers else _wider(channels))
            layers.append(nn.Conv2d(n_in, n_out, side, padding=border))
            layers += [nn.BatchNorm2d(n_out)] if batch_norm else []
            layers.append(nn.ReLU())
            layers += [nn.MaxPool2d(2, 2)] if halves else []
        self.features = nn.Sequential(*layers)
        self.fc = nn.Linear(192 * ((size + 2 * _wider(channels)) // 8) ** 2, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.fc(self.features(x).flatten(1))
        return found


class _Vgg11(nn.Module):
    def __init__(self, channels: int, size: int, n_classes: int, norm: str) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        n_in = channels
        for n_out, halves in (
            (64, True), (128, True), (256, False), (256, True),
            (512, False), (512, True), (512, False), (512, True),
        ):  # fmt: skip
            border = 1 + (0 if layers else _wider(channels))
            layers += [nn.Conv2d(n_in, n_out, 3, padding=border), _norm(n_out, norm), nn.ReLU()]
            layers += [nn.MaxPool2d(2, 2)] if halves else []
            n_in = n_out
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(512 * ((size + 2 * _wider(channels)) // 32) ** 2, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.classifier(self.features(x).flatten(1))
        return found


class _Block(nn.Module):
    """Two convolutions around a shortcut; halved by their stride."""

    def __init__(self, n_in: int, n_out: int, stride: int, norm: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False)
        self.bn1 = _norm(n_out, norm)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = _norm(n_out, norm)
        self.shortcut = nn.Sequential()
        if stride != 1 or n_in != n_out:
            entered = nn.Conv2d(n_in, n_out, 1, stride, bias=False)
            self.shortcut = nn.Sequential(entered, _norm(n_out, norm))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(seen + self.shortcut(x))


class _PooledBlock(nn.Module):
    """The same, halved by average pooling."""

    def __init__(self, n_in: int, n_out: int, stride: int, norm: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, padding=1, bias=False)
        self.bn1 = _norm(n_out, norm)
        self.pool = nn.AvgPool2d(stride, stride)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = _norm(n_out, norm)
        self.shortcut = nn.Sequential()
        if n_in != n_out:
            entered = nn.Conv2d(n_in, n_out, 1, bias=False)
            self.shortcut = nn.Sequential(entered, self.pool, _norm(n_out, norm))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = self.pool(functional.relu(self.bn1(self.conv1(x))))
        return functional.relu(self.bn2(self.conv2(seen)) + self.shortcut(x))


class _ResNet18(nn.Module):
    def __init__(
        self, channels: int, size: int, n_classes: int, norm: str, pooled: bool = False
    ) -> None:
        """Halves by strides and takes means of 4 x 4 places; or, if pooled, halves by means."""
        super().__init__()
        block = _PooledBlock if pooled else _Block
        self.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
        self.bn1 = _norm(64, norm)
        self.layer1 = nn.Sequential(block(64, 64, 1, norm), block(64, 64, 1, norm))
        self.layer2 = nn.Sequential(block(64, 128, 2, norm), block(128, 128, 1, norm))
        self.layer3 = nn.Sequential(block(128, 256, 2, norm), block(256, 256, 1, norm))
        self.layer4 = nn.Sequential(block(256, 512, 2, norm), block(512, 512, 1, norm))
        self.pool = nn.AvgPool2d(1 if pooled else 4)
        side = size // 8 if pooled else (-(-size // 8)) // 4
        self.classifier = nn.Linear(512 * side * side, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        found: torch.Tensor = self.classifier(self.pool(x).flatten(1))
        return found


class _Patches(nn.Module):
    """Where patches stand, and what collects from all of them."""

    def __init__(self, n: int, width: int) -> None:
        super().__init__()
        self.collector = nn.Parameter(torch.empty(1, 1, width))
        self.place = nn.Parameter(torch.empty(1, n + 1, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.collector.expand(len(x), -1, -1), x], dim=1) + self.place


class _Vit(nn.Module):
    """Eight patches a side, four layers of width 128 with four heads, norm first."""

    def __init__(self, channels: int, size: int, n_classes: int) -> None:
        super().__init__()
        patch, width = -(-size // 8), 128
        self.size = 8 * patch
        self.enter = nn.Conv2d(channels, width, patch, patch)
        self.patches = _Patches(64, width)
        layers = [
            nn.TransformerEncoderLayer(
                width, 4, 2 * width, dropout=0.0, activation="gelu", batch_first=True,
                norm_first=True,
            )
            for _ in range(4)
        ]  # fmt: skip
        self.layers = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        missing = self.size - x.shape[-1]
        x = self.enter(functional.pad(x, (0, missing, 0, missing)))
        seen = self.layers(self.patches(x.flatten(2).transpose(1, 2)))
        found: torch.Tensor = self.classifier(self.norm(seen[:, 0]))
        return found


class _ConvNet(nn.Module):
    """The benchmarks' ConvNet with batch norm, which keeps means for later."""

    def __init__(self, plan: ConvNet) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for block in range(plan.depth):
            n_in = plan.width if block else plan.channels
            border = 1 + (0 if layers else _wider(plan.channels))
            layers += [nn.Conv2d(n_in, plan.width, 3, padding=border), nn.BatchNorm2d(plan.width)]
            layers += [nn.ReLU(), nn.AvgPool2d(2, 2)]
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(plan.width * plan.sides[-1] ** 2, plan.n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.classifier(self.features(x).flatten(1))
        return found


class _Kind(NamedTuple):
    build: Callable[[int, int, int], nn.Module]  # channels, pixels of a side, classes
    least_side: int = 0  # of colour images
    is_wider: bool = False  # around grey ones


_KINDS = {
    "mlp": _Kind(_Mlp),
    "lenet": _Kind(_LeNet, 16, is_wider=True),
    "alexnet": _Kind(partial(_AlexNet, batch_norm=False), 8, is_wider=True),
    "alexnet-bn": _Kind(partial(_AlexNet, batch_norm=True), 8, is_wider=True),
    "vgg11": _Kind(partial(_Vgg11, norm="instancenorm"), 32, is_wider=True),
    "vgg11-bn": _Kind(partial(_Vgg11, norm="batchnorm"), 32, is_wider=True),
    "resnet18": _Kind(partial(_ResNet18, norm="instancenorm"), 25),
    "resnet18-bn": _Kind(partial(_ResNet18, norm="batchnorm"), 25),
    "resnet18-bn-ap": _Kind(partial(_ResNet18, norm="batchnorm", pooled=True), 8),
    "vit": _Kind(_Vit, 8),
}
_CONVNETS = {
    "convnet": "instancenorm",
    "convnet-ln": "layernorm",
    "convnet-gn": "groupnorm",
    "convnet-none": "none",
}


def learner_called(name: str, config: NetworkConfig, n_classes: int) -> Learner:
    """The network of this name for images as large as the config has them.

    Raises:
        ConfigError: There is none.
    """
    plan = network_of(config, n_classes)
    if name in _CONVNETS:
        return plan._replace(norm=_CONVNETS[name])
    if name == "convnet-bn":
        return Architecture(lambda: _ConvNet(plan), 0)
    if name not in _KINDS:
        raise ConfigError(f"No network {name!r}. Choose of: {', '.join(NETWORKS)}.")
    kind = _KINDS[name]
    channels = config.n_channels
    least = kind.least_side - (2 * _wider(channels) if kind.is_wider else 0)
    size = max(config.image_size, least)
    return Architecture(lambda: kind.build(channels, size, n_classes), least)
