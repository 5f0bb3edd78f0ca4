"""Pairs whose two sides vary together as those of real pairs do: after the paper of CovMatch.

There is no code to compare with. For features v, t of both sides, the best linear projections of
the linearised InfoNCE depend on the cross-covariance alone, so that is matched; and the means, as
projections see them that are trained on real pairs meanwhile. The image network is frozen, or is
trained along with the projections, and begins anew with them.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import torch

from explorer.learn.networks.heads import unit
from explorer.learn.networks.whole import Whole
from explorer.learn.optimise import Gradients, Objective, Params, leaves_of, slopes
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, encode
from explorer.learn.pairs.merged_teachers import Real
from explorer.learn.steady import AtOnce
from explorer.learn.students.contrastive import TEMPERATURE, infonce
from explorer.models.backbones import Backbone

IMAGE_SIDE, TEXT_SIDE, MET = "projection.image", "projection.text", "met"
"""What is carried besides the pairs: both projections, and how many steps they were trained."""
NETWORK = "network"
"""Carried, too, where it is trained: the (P,) weights of the image network."""


def cross_covariance(image: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """(F, D) of (N, F) and (N, D) rows that belong together, N at least 2."""
    centred = image - image.mean(dim=0), text - text.mean(dim=0)
    return centred[0].T @ centred[1] / (len(image) - 1)


class Moments(NamedTuple):
    """Of real pairs."""

    covariance: torch.Tensor  # (F, D)
    image: torch.Tensor  # (F,)
    text: torch.Tensor  # (D,)

    @classmethod
    def of(cls, real: Real, device: torch.device) -> "Moments":
        """Those of all pairs."""
        image = torch.tensor(real.image[real.image_of_text], dtype=torch.float32)
        moments = cls.among(image, torch.tensor(real.text, dtype=torch.float32))
        return cls(*(each.to(device) for each in moments))

    @classmethod
    def among(cls, image: torch.Tensor, text: torch.Tensor) -> "Moments":
        """Those of (N, F) and (N, D) rows that belong together."""
        return cls(cross_covariance(image, text), image.mean(dim=0), text.mean(dim=0))


class Covariance(NamedTuple):
    """What is lowered, and how projections are trained."""

    strength: float  # of the real cross-covariance
    means: float  # weight of the means
    width: int  # of the projections
    reset: int  # steps after which projections are new
    rate: float  # of their plain SGD
    real_batch: int
    network_rate: float = 0.0  # of the network's, where it is trained


def loss_of(
    image: torch.Tensor,
    text: torch.Tensor,
    real: Moments,
    sides: tuple[torch.Tensor, ...],
    how: Covariance,
) -> torch.Tensor:
    """The scalar that is lowered: distances of learned features (N, F), (N, D) to the real moments.

    That of cross-covariances is divided by the square of the real one, that of means by the squares
    of the real means, so that rates do not hang on the scale of a network's features.
    """
    wanted = how.strength * real.covariance
    gap = wanted - cross_covariance(image, text)
    total = gap.square().sum() / wanted.square().sum()
    for side, rows, mean in zip(sides, (image, text), (real.image, real.text), strict=True):
        target = side @ mean
        distance = (target - side @ rows.mean(dim=0)).square().sum()
        total = total + how.means * distance / target.square().sum()
    return total


def with_projections(
    pairs: Params, backbone: Backbone, real: Real, how: Covariance, rng: torch.Generator
) -> Params:
    """What learning begins with: the pairs, and projections as they are when they are new."""
    widths = backbone.width, real.text.shape[1]
    image, text = (_fresh(how.width, width, rng).to(backbone.device) for width in widths)
    met = torch.zeros((), dtype=torch.int64, device=backbone.device)
    return {**pairs, IMAGE_SIDE: image, TEXT_SIDE: text, MET: met}


def with_network(
    pairs: Params, backbone: Backbone, real: Real, how: Covariance, rng: torch.Generator
) -> Params:
    """The same with the network as it was published."""
    started = Whole(backbone).start(rng).to(backbone.device)
    return {**with_projections(pairs, backbone, real, how, rng), NETWORK: started}


def _fresh(n_out: int, n_in: int, rng: torch.Generator) -> torch.Tensor:
    bound = n_in**-0.5
    return torch.empty(n_out, n_in).uniform_(-bound, bound, generator=rng)


Read = Callable[[torch.Tensor], torch.Tensor]
"""Makes embeddings (N, D) of what is learned of texts."""


def matching(
    backbone: Backbone, real: Real, how: Covariance, at_once: AtOnce, read: Read | None = None
) -> Objective:
    """Lowers how far the moments of learned pairs are from the real ones, over a frozen network.

    Texts are embeddings, (N, D), or what `read` makes embeddings of. Between two steps the
    projections are trained on a real batch, or are new after `reset` steps.
    """
    moments = Moments.of(real, backbone.device)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        def see(images: torch.Tensor) -> torch.Tensor:
            return encode(backbone, images, at_once)

        def trained() -> Params:
            image, text = _batch(real, how, rng, backbone.device)
            sides = leaves_of(_sides(params))
            return _trained(image.float(), text, sides, dict.fromkeys(sides, how.rate))

        loss, steps = _lowered(params, see, moments, how, read)
        anew = partial(with_projections, params, backbone, real, how, rng)
        return Gradients(loss, steps, _met_next(params, how, anew, trained))

    return objective


def matching_whole(
    backbone: Backbone, real: Real, how: Covariance, at_once: AtOnce, read: Read | None = None
) -> Objective:
    """The same while all weights of the network are trained, too, as published.

    Images of `real` are prepared, (N, H, W, 3) uint8. The real moments are those of the batch that
    network and projections are trained on next, as the network sees it in this step; all are as
    they began after `reset` steps.
    """
    network = Whole(backbone)

    def objective(params: Params, rng: torch.Generator) -> Gradients:
        def see(images: torch.Tensor) -> torch.Tensor:
            return encode(backbone, images, at_once, partial(network, params[NETWORK]))

        shown, text = _batch(real, how, rng, backbone.device)
        trained = leaves_of({**_sides(params), NETWORK: params[NETWORK]})
        image = network(trained[NETWORK], shown)
        loss, steps = _lowered(params, see, Moments.among(image.detach(), text), how, read)
        rates = {**dict.fromkeys(_sides(params), how.rate), NETWORK: how.network_rate}
        anew = partial(with_network, params, backbone, real, how, rng)
        moved = partial(_trained, image, text, trained, rates)
        return Gradients(loss, steps, _met_next(params, how, anew, moved))

    return objective


def _met_next(
    params: Params, how: Covariance, anew: Callable[[], Params], trained: Callable[[], Params]
) -> Params:
    """What the next step meets besides the pairs: trained a step further, or new after a while."""
    met = params[MET] + 1
    own = anew() if int(met) % how.reset == 0 else trained()
    carried = {name: each for name, each in own.items() if name not in (IMAGES, TEXTS)}
    return {**carried, MET: met}


def _sides(params: Params) -> Params:
    return {name: params[name] for name in (IMAGE_SIDE, TEXT_SIDE)}


def _lowered(
    params: Params,
    see: Callable[[torch.Tensor], torch.Tensor],
    moments: Moments,
    how: Covariance,
    read: Read | None,
) -> tuple[float, Params]:
    """The loss of the learned pairs, and its slopes."""
    pairs = leaves_of({name: params[name] for name in (IMAGES, TEXTS)})
    texts = read(pairs[TEXTS]) if read else pairs[TEXTS]
    sides = tuple(_sides(params).values())
    loss = loss_of(see(pairs[IMAGES]), texts, moments, sides, how)
    return loss.item(), slopes(loss, pairs)


def _batch(
    real: Real, how: Covariance, rng: torch.Generator, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Images, or their features, and (B, D) embeddings of real pairs."""
    rows = torch.randperm(len(real.text), generator=rng)[: how.real_batch].numpy()
    image = torch.from_numpy(np.asarray(real.image[real.image_of_text[rows]]))
    text = torch.tensor(real.text[rows], dtype=torch.float32)
    return image.to(device), text.to(device)


def _trained(
    image: torch.Tensor, text: torch.Tensor, leaves: Params, rates: Mapping[str, float]
) -> Params:
    """Leaves, both projections among them, after a step on features that belong together."""
    sides = unit(image @ leaves[IMAGE_SIDE].T), unit(text @ leaves[TEXT_SIDE].T)
    loss = infonce(sides[0] @ sides[1].T / TEMPERATURE, torch.eye(len(text), device=text.device))
    steps = slopes(loss, leaves)
    return {name: each.detach() - rates[name] * steps[name] for name, each in leaves.items()}
