"""The published procedures for labelled images in plain words: what steps are held against.

After what VICO-UoE/DatasetCondensation, GeorgeCazenavette/mtt-distillation and google-research's
KIP notebook do, with this program's layers and augmentation. Nothing of it is used elsewhere.
"""

import math

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from explorer.learn.images.labelled import RealImages
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import ConvNet

_EPS = 1e-6


class PlainConvNet(nn.Module):
    """The network as a module."""

    def __init__(self, plan: ConvNet) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for block in range(plan.depth):
            layers += [
                nn.Conv2d(plan.width if block else 3, plan.width, 3, padding=1),
                nn.GroupNorm(plan.width, plan.width),
                nn.ReLU(),
                nn.AvgPool2d(2, 2),
            ]
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(plan.width * plan.sides[-1] ** 2, plan.n_classes)

    def embed(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.features(x).flatten(1)
        return found

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.classifier(self.embed(x))
        return found


class DistributionMatching:
    """A new network a step; each class goes through it by itself."""

    def __init__(
        self, source: RealImages, images: torch.Tensor, plan: ConvNet, real_batch: int
    ) -> None:
        self._source, self._plan, self._batch = source, plan, real_batch
        self._images = images.clone().requires_grad_()
        self._optimizer = torch.optim.SGD([self._images], lr=1.0, momentum=0.5)
        self._rng = torch.Generator().manual_seed(0)

    def step(self) -> None:
        network = PlainConvNet(self._plan)
        for weight in network.parameters():
            weight.requires_grad = False
        loss = torch.tensor(0.0)
        for c, own in enumerate(self._images.chunk(self._source.n_classes)):
            real = self._source.of_class(c, self._batch, self._rng)
            call = draw(self._rng)
            wanted = network.embed(call(real)).detach()
            loss = loss + (wanted.mean(0) - network.embed(call(own)).mean(0)).square().sum()
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()


class GradientMatching:
    """Gradients of each class, compared row by row; then the network learns from the set."""

    def __init__(
        self, source: RealImages, images: torch.Tensor, plan: ConvNet, real_batch: int
    ) -> None:
        self._source, self._batch, self._network = source, real_batch, PlainConvNet(plan)
        self._images = images.clone().requires_grad_()
        self._optimizer = torch.optim.SGD([self._images], lr=0.1, momentum=0.5)
        self._own = torch.optim.SGD(self._network.parameters(), lr=0.01)
        self._rng = torch.Generator().manual_seed(0)

    def step(self) -> None:
        weights = list(self._network.parameters())
        loss = torch.tensor(0.0)
        chunks = self._images.chunk(self._source.n_classes)
        for c, own in enumerate(chunks):
            real = self._source.of_class(c, self._batch, self._rng)
            sides = []
            for x, is_learned in ((real, False), (own, True)):
                y = torch.full((len(x),), c)
                cost = functional.cross_entropy(self._network(x), y)
                sides.append(torch.autograd.grad(cost, weights, create_graph=is_learned))
            for a, b in zip(*sides, strict=True):
                if a.dim() > 1:
                    a, b = a.detach().flatten(1), b.flatten(1)
                    lengths = a.norm(dim=1) * b.norm(dim=1) + _EPS
                    loss = loss + (1 - (a * b).sum(1) / lengths).sum()
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        y = torch.arange(self._source.n_classes).repeat_interleave(len(chunks[0]))
        cost = functional.cross_entropy(self._network(self._images.detach()), y)
        self._own.zero_grad()
        cost.backward()
        self._own.step()


class TrajectoryMatching:
    """Unrolls the student in one graph and goes back through all of it."""

    def __init__(
        self,
        images: torch.Tensor,
        target: torch.Tensor,
        plan: ConvNet,
        start: torch.Tensor,
        end: torch.Tensor,
        steps: int,
    ) -> None:
        self._images, self._target, self._plan = images.clone().requires_grad_(), target, plan
        self._rate = torch.tensor(0.01, requires_grad=True)
        self._start, self._end, self._steps = start, end, steps
        self._optimizer = torch.optim.SGD([self._images, self._rate], lr=1e-3, momentum=0.5)

    def step(self) -> None:
        flat = self._start.clone().requires_grad_()
        for _ in range(self._steps):
            logits = self._plan.outputs(self._plan.named(flat), self._images)
            cost = functional.cross_entropy(logits, self._target)
            (gradient,) = torch.autograd.grad(cost, flat, create_graph=True)
            flat = flat - self._rate * gradient
        gap = (flat - self._end).square().sum() / (self._start - self._end).square().sum()
        self._optimizer.zero_grad()
        gap.backward()
        self._optimizer.step()


class Students:
    """One after the other, with a loader of batches and the accuracy of each."""

    def __init__(
        self, images: torch.Tensor, target: torch.Tensor, plan: ConvNet, epochs: int
    ) -> None:
        self._data, self._plan, self._epochs = TensorDataset(images, target), plan, epochs

    def train(self, n: int = 5) -> None:
        for seed in range(n):
            rng = torch.Generator().manual_seed(seed)
            network = PlainConvNet(self._plan)
            optimizer = self._optimizer(network, 0.01)
            for epoch in range(self._epochs + 1):
                for x, y in DataLoader(self._data, batch_size=256, shuffle=True):
                    output = network(draw(rng, n=len(x))(x))
                    loss = functional.cross_entropy(output, y)
                    (output.detach().numpy().argmax(-1) == y.numpy()).sum()
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    loss.item()
                if epoch == self._epochs // 2 + 1:
                    optimizer = self._optimizer(network, 0.001)

    def _optimizer(self, network: nn.Module, rate: float) -> torch.optim.Optimizer:
        weights = network.parameters()
        return torch.optim.SGD(weights, lr=rate, momentum=0.9, weight_decay=5e-4)


def fully_connected_ntk(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """(A, B) NTK of one hidden layer: each kernel of each layer in full, as a stack of layers."""
    x, y = a.flatten(1), b.flatten(1)
    size = x.shape[1]

    def dense(k: torch.Tensor) -> torch.Tensor:
        return 2.0 * k + 0.01

    between, of_x, of_y = (dense(p @ q.T / size) for p, q in ((x, y), (x, x), (y, y)))
    ntk = between
    lengths = torch.sqrt(torch.outer(of_x.diagonal(), of_y.diagonal()))
    cosine = (between / lengths).clamp(-1, 1)
    angle = torch.arccos(cosine)
    slope = (math.pi - angle) / (2 * math.pi)
    turned = torch.sin(angle) + (math.pi - angle) * cosine
    nngp = dense(lengths / (2 * math.pi) * turned)
    return 2.0 * ntk * slope + nngp
