"""Sets from which kernel regression reads the real images: KIP, RFAD and FRePo.

Targets of a regression are centred: 1 - 1/C for the right class, -1/C for others. Learned ones
become shares of classes when students read them.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch.nn import functional

from explorer.learn.images.labelled import RealImages
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.networks.kernels import Kernel, regress
from explorer.learn.networks.widening import WideningConvNet
from explorer.learn.optimise import Gradients, Objective, Params, by_autograd
from explorer.learn.rules import adam

LABELS = "labels"
"""What learned targets are called among the parameters, (K, C)."""
SHARPNESS = "sharpness"
"""What the logarithm of the scale of predictions is called there, a scalar."""
POOL, AGES, MEANS, SQUARES, LAST = "pool", "ages", "means", "squares", "last"
"""What a pool of networks is called there: weights, steps of training, Adam's memory, and which
network the last step met, -1 before the first."""
Pooled = ConvNet | WideningConvNet
"""A network of a pool."""
Images = Callable[[Params], torch.Tensor]
"""Gives the learned images, as a network sees them."""


def centred(classes: torch.Tensor, n_classes: int) -> torch.Tensor:
    """(n, C) float32 targets of (n,) classes."""
    return functional.one_hot(classes, n_classes).float() - 1 / n_classes


def shares(labels: torch.Tensor) -> torch.Tensor:
    """(K, C) shares of classes, not negative and of sum 1, of centred targets of any scale."""
    levels = labels / labels.max(dim=1, keepdim=True).values.clamp(min=1e-6)
    n_classes = labels.shape[1]
    raised = (levels * (1 - 1 / n_classes) + 1 / n_classes).clamp(min=0)
    return raised / raised.sum(dim=1, keepdim=True).clamp(min=1e-6)


def half_mean_square(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Half of the mean over images and classes, as in KIP."""
    return 0.5 * (target - predicted).square().mean()


def half_square(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Half of the sum over classes, mean over images, as in FRePo."""
    return 0.5 * (target - predicted).square().sum(dim=1).mean()


def margin(labels: torch.Tensor) -> torch.Tensor:
    """Rewards a best class that is ahead of the next, up to 1/C; as in FRePo."""
    best = labels.topk(2, dim=1).values
    return -(best[:, 0] - best[:, 1]).clamp(max=1 / labels.shape[1]).mean()


class Read(NamedTuple):
    """Real images, and the learned ones from which a regression reads them."""

    source: RealImages
    render: Images  # gives the learned ones
    fixed: torch.Tensor  # (K, C) targets, where none are learned
    batch: int  # real images in a step
    ridge: float  # as of `kernels.regress`


class Batch(NamedTuple):
    """Real images of a step."""

    images: torch.Tensor
    classes: torch.Tensor  # (B,)


def balanced(source: RealImages, n: int, rng: torch.Generator) -> Batch:
    """About n images, as many of each class where there are enough."""
    each = max(1, n // source.n_classes)
    own = [source.of_class(c, each, rng) for c in range(source.n_classes)]
    sizes = torch.tensor([len(x) for x in own], device=own[0].device)
    classes = torch.arange(source.n_classes, device=own[0].device)
    return Batch(torch.cat(own), classes.repeat_interleave(sizes))


def closed(kernel: Kernel, read: Read) -> Objective:
    """The objective of KIP, in float64, by the kernel of an infinitely wide network."""

    def loss(params: Params, rng: torch.Generator) -> torch.Tensor:
        real = balanced(read.source, read.batch, rng)
        learned = read.render(params).double()
        target = params.get(LABELS, read.fixed).double()
        own, both = kernel(learned, learned), kernel(real.images.double(), learned)
        wanted = centred(real.classes, read.source.n_classes).double()
        return half_mean_square(regress(own, both, target, read.ridge), wanted)

    return by_autograd(loss)


def wide_start(network: ConvNet, rng: torch.Generator) -> dict[str, torch.Tensor]:
    """Weights of deviation sqrt(2 / fan-in) and biases of 0.1, as in RFAD."""
    found = {}
    for name, shape in network.shapes.items():
        fan_in = torch.Size(shape[1:]).numel()
        deviation = (2 / fan_in) ** 0.5 if len(shape) > 1 else 0.1
        found[name] = torch.randn(shape, generator=rng) * deviation
    return found


def feature_kernel(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """(A, B) kernel of (A, F) and (B, F) features of random networks, as in RFAD."""
    return 2 * a @ b.T + 0.01


def read_by_features(networks: int, network: ConvNet, read: Read) -> Objective:
    """The objective of RFAD: new random networks in every step.

    Predictions are scored by cross-entropy where their sharpness is learned, else as in KIP.
    """

    def loss(params: Params, rng: torch.Generator) -> torch.Tensor:
        real, learned = balanced(read.source, read.batch, rng), read.render(params)
        both = torch.cat([learned, real.images])
        found = []
        for _ in range(networks):
            weights = {n: w.to(both.device) for n, w in wide_start(network, rng).items()}
            found.append(network.features(weights, both))
        seen = torch.cat(found, dim=1)
        own, others = (seen / seen.shape[1] ** 0.5).double().split([len(learned), len(real.images)])
        target = params.get(LABELS, read.fixed)
        predicted = regress(
            feature_kernel(own, own), feature_kernel(others, own), target, read.ridge
        )
        if SHARPNESS not in params:
            wanted = centred(real.classes, read.source.n_classes).double()
            return half_mean_square(predicted, wanted)
        return functional.cross_entropy(params[SHARPNESS].double().exp() * predicted, real.classes)

    return by_autograd(loss)


class Pool(NamedTuple):
    """Networks that are trained on the set, each up to an age."""

    size: int
    oldest: int  # steps of training, after which one begins anew
    rate: float  # of Adam


def begin_pool(network: Pooled, pool: Pool, device: torch.device) -> Callable[..., Params]:
    """Random networks of staggered ages, which are counted and not trained for."""

    def begin(rng: torch.Generator) -> Params:
        weights = torch.stack([network.start(rng) for _ in range(pool.size)])
        ages = torch.arange(pool.size) * pool.oldest // pool.size
        empty = torch.zeros_like(weights).to(device)
        pooled = {POOL: weights.to(device), AGES: ages, MEANS: empty, SQUARES: empty.clone()}
        return {**pooled, LAST: torch.tensor(-1)}

    return begin


def read_by_pool(
    pool: Pool,
    network: Pooled,
    read: Read,
) -> Objective:
    """The objective of FRePo: regression on features of one network of the pool.

    That network is then trained on the set that the step made, which is at hand in the next step.
    """

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        older = _older(pool, network, read, params, rng)
        chosen = int(torch.randint(pool.size, (), generator=rng))
        weights = network.named(older.get(POOL, params[POOL])[chosen])
        real = balanced(read.source, read.batch, rng)
        wanted = centred(real.classes, read.source.n_classes)
        own = {n: p for n, p in params.items() if n not in (POOL, AGES, MEANS, SQUARES, LAST)}

        def loss(leaves: Params, rng: torch.Generator) -> torch.Tensor:
            seen = network.features(weights, read.render(leaves))
            with torch.no_grad():
                of_real = network.features(weights, real.images)
            labels = leaves.get(LABELS, read.fixed)
            predicted = regress(seen @ seen.T, of_real @ seen.T, labels, read.ridge)
            return half_square(predicted, wanted) + margin(labels)

        found = by_autograd(loss)(own, rng)
        return found._replace(replaced={**older, LAST: torch.tensor(chosen)})

    return objective


def _older(pool: Pool, network: Pooled, read: Read, params: Params, rng: torch.Generator) -> Params:
    """The pool after one step of training of the last network, or with a new one in its place."""
    if (chosen := int(params[LAST])) < 0:
        return {}
    now = {n: params[n].clone() for n in (POOL, AGES, MEANS, SQUARES)}
    if now[AGES][chosen] >= pool.oldest:
        fresh = network.start(rng).to(now[POOL].device)
        now[POOL][chosen], now[AGES][chosen] = fresh, 0
        now[MEANS][chosen] = now[SQUARES][chosen] = 0
        return now
    flat = now[POOL][chosen].detach().requires_grad_()
    with torch.no_grad():
        images = read.render(params)
    gap = network.outputs(network.named(flat), images) - params.get(LABELS, read.fixed)
    (gradient,) = torch.autograd.grad(0.5 * gap.square().sum(dim=1).mean(), flat)
    kept = network.kept(network.named(flat.detach()), images)
    now[AGES][chosen] += 1
    memory = now[MEANS][chosen], now[SQUARES][chosen]
    age = int(now[AGES][chosen])
    direction, remembered = adam().direction(flat.detach(), gradient, age, *memory)
    moved = network.named(flat.detach() - pool.rate * direction)
    now[POOL][chosen] = network.flat({**moved, **kept})
    now[MEANS][chosen], now[SQUARES][chosen] = remembered
    return now
