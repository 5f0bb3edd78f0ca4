"""HaBa: images as bases that are each seen in several styles, which all of them share.

Liu et al., NeurIPS 2022; `distill_fac.py` of Huage001/DatasetFactorization. A style is a
convolution, a scale and a shift for each place, and a convolution back. Beside the matched
trajectory, a network of its own learns to see the same in one base in two styles, and bases learn
to show it different things.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.images.following import RATE, Following, batches_of, segment_of
from explorer.learn.images.labelled import IMAGES, RealImages
from explorer.learn.images.parametrisations import Parametrisation
from explorer.learn.inner.step_gradients import Weights
from explorer.learn.inner.trajectories import match_trajectory
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of
from explorer.learn.students.contrastive import TEMPERATURE

JUDGE, JUDGE_VELOCITY = "judge", "judge.velocity"
"""What the network that compares styles is called among the parameters, and its memory."""
STYLE = ("in.weight", "in.bias", "scale", "shift", "out.weight", "out.bias")
"""What a style is made of, stacked over the styles."""
JUDGE_RATE, JUDGE_MOMENTUM = 1e-3, 0.9
Style = dict[str, torch.Tensor]


def styled(bases: torch.Tensor, style: Style) -> torch.Tensor:
    """(n, C, S, S), what bases of that shape show in a style."""
    seen = functional.conv2d(bases, style["in.weight"], style["in.bias"])
    moved = style["scale"] * seen + style["shift"]
    return functional.conv_transpose2d(moved, style["out.weight"], style["out.bias"])


def style_of(params: Params, number: int) -> Style:
    return {name: params[name][number] for name in STYLE}


def bases_and_styles(source: RealImages, start: str, n: int, n_styles: int) -> Parametrisation:
    """Each base, n of every class, in every style: base by base, and style by style within one."""
    (c, side, _), device = source.shape, source.scale.mean.device
    inner = (n_styles, 1, c, side - 2, side - 2)
    bound = (c * 9) ** -0.5  # of a convolution's start

    def begin(rng: torch.Generator) -> Params:
        params = {IMAGES: source.start(start, n, rng)}
        for name in ("in", "out"):
            for part, shape in (("weight", (n_styles, c, c, 3, 3)), ("bias", (n_styles, c))):
                drawn = torch.empty(shape).uniform_(-bound, bound, generator=rng)
                params[f"{name}.{part}"] = drawn.to(device)
        return params | {
            "scale": torch.ones(inner, device=device),
            "shift": torch.zeros(inner, device=device),
        }

    def render(params: Params) -> torch.Tensor:
        shown = [styled(params[IMAGES], style_of(params, k)) for k in range(n_styles)]
        return torch.stack(shown, dim=1).flatten(0, 1)

    return Parametrisation(begin, render, n * n_styles)


class Content(NamedTuple):
    """What one base in two styles has in common, as the network that compares them sees it."""

    different: torch.Tensor  # what bases and styles lower
    classes: torch.Tensor  # and what that network does: classes,
    alike: torch.Tensor  # features of one base,
    contrast: torch.Tensor  # and of one class


def content(features: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> Content:
    """The terms of (2 n, F) features and (2 n, C) logits of n bases in one style, then another."""
    first, second = features.chunk(2)
    cosines = functional.cosine_similarity(first, second, dim=1)
    return Content(
        ((cosines + 1) / 2).mean(),
        functional.cross_entropy(logits, torch.cat([labels, labels])),
        ((1 - cosines) / 2).mean(),
        supervised_contrast(functional.normalize(features, dim=1), torch.cat([labels, labels])),
    )


def supervised_contrast(features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """How much less (n, F) unit features fit those of their class than all others (SupCon).

    Khosla et al., NeurIPS 2020.
    """
    fits = features @ features.T / TEMPERATURE
    others = ~torch.eye(len(fits), dtype=torch.bool, device=fits.device)
    shares = fits - (fits.exp() * others).sum(dim=1, keepdim=True).log()
    same = (labels[:, None] == labels) & others
    return -((shares * same).sum(dim=1) / same.sum(dim=1)).mean()


class Weighting(NamedTuple):
    """How much the terms of the content count."""

    different: float
    alike: float
    contrast: float


def hallucinating(
    network: ConvNet,
    experts: np.ndarray,
    target: torch.Tensor,
    n_styles: int,
    how: Following,
    weights: Weighting,
) -> Objective:
    """The objective: students of bases, each time in a style at random, follow experts.

    One network is that of experts (E, epochs + 1, P), of students and of what compares styles.
    `target` (K,) has the classes of the bases, of which a batch in `how` is one.
    """
    learned = (IMAGES, *STYLE)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        leaves = leaves_of({n: params[n] for n in learned})
        segment = segment_of(experts, how, rng, target.device)
        batches = list(batches_of(len(target), how.student_steps, how.batch, rng))
        calls = [draw(rng, how.augmentation, len(rows)) for rows in batches]
        styles = torch.randint(n_styles, (len(batches),), generator=rng).tolist()

        def loss(step: int, flat: Weights) -> torch.Tensor:
            rows = batches[step].to(target.device)
            shown = styled(leaves[IMAGES][rows], style_of(leaves, styles[step]))
            logits = network.outputs(network.named(flat[0]), calls[step](shown))
            return functional.cross_entropy(logits, target[rows])

        found = match_trajectory(
            loss, segment, params[RATE].view(1), list(leaves.values()), how.student_steps
        )
        total = dict(zip(leaves, found.inputs, strict=True))
        different, judge = _compared(network, params, leaves, target, how, weights, rng)
        total = {n: g + weights.different * different[n] for n, g in total.items()}
        value = found.losses.sum().item()
        return Gradients(value, {**total, RATE: found.rates[0]}, judge)

    return objective


def _compared(
    network: ConvNet,
    params: Params,
    leaves: Params,
    target: torch.Tensor,
    how: Following,
    weights: Weighting,
    rng: torch.Generator,
) -> tuple[Params, Params]:
    """The gradient of the first term, and the network that compares after a step on the others."""
    pair = torch.randperm(len(leaves["scale"]), generator=rng)[:2].tolist()
    shown = torch.cat([styled(leaves[IMAGES], style_of(leaves, k)) for k in pair])
    shown = draw(rng, how.augmentation, len(shown))(shown)
    flat = params[JUDGE].detach().requires_grad_()
    terms = content(*_seen(network, flat, shown), target)
    found = torch.autograd.grad(terms.different, list(leaves.values()), allow_unused=True,
                                retain_graph=True, materialize_grads=True)  # fmt: skip
    judged = terms.classes + weights.alike * terms.alike + weights.contrast * terms.contrast
    (gradient,) = torch.autograd.grad(judged, flat)
    velocity = JUDGE_MOMENTUM * params[JUDGE_VELOCITY] + gradient
    moved = {JUDGE: params[JUDGE] - JUDGE_RATE * velocity, JUDGE_VELOCITY: velocity}
    return dict(zip(leaves, found, strict=True)), moved


def _seen(
    network: ConvNet, flat: torch.Tensor, images: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    named = network.named(flat)
    features = network.features(named, images)
    return features, network.head(named, features)


def with_judge(
    begin: Callable[[torch.Generator], Params], network: ConvNet
) -> Callable[[torch.Generator], Params]:
    """What learning begins with, and a random network that compares styles."""

    def begin_both(rng: torch.Generator) -> Params:
        params = begin(rng)
        flat = network.start(rng).to(params[IMAGES].device)
        return {**params, JUDGE: flat, JUDGE_VELOCITY: torch.zeros_like(flat)}

    return begin_both
