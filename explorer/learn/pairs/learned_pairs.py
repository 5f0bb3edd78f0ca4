"""Pairs as parameters: images as a network sees them, texts as embeddings; and their students."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from PIL.Image import Image
from torch.utils.checkpoint import checkpoint

from explorer.learn.networks.heads import Towers
from explorer.learn.networks.whole import whole_over
from explorer.learn.optimise import Params
from explorer.learn.steady import AtOnce
from explorer.learn.students.classifier import Scale
from explorer.learn.students.two_sided import heads_over
from explorer.models.backbones import CLIP_MEAN, CLIP_STD, Backbone

IMAGES, TEXTS = "images", "texts"
"""Names of what is learned; images are scaled as networks see them."""
_ENCODED, _SIDE = 64, 224
"""Images, and pixels of their sides, whose way through the network is kept in memory at once."""


class Experts(NamedTuple):
    """Weights at the start and after each epoch, which may be memory-mapped."""

    image: np.ndarray  # (E, epochs + 1, P) float32
    text: np.ndarray  # (E, epochs + 1, Q) float32

    def at(self, expert: int, epoch: int, device: torch.device) -> tuple[torch.Tensor, ...]:
        """The weights of both sides."""
        sides = (np.asarray(side[expert, epoch]) for side in self)
        return tuple(torch.tensor(each, device=device) for each in sides)


def scale_of(backbone: Backbone) -> Scale:
    """From levels in [0, 1] to what is learned: images as the network sees them."""
    mean, std = (torch.tensor(each, device=backbone.device) for each in (CLIP_MEAN, CLIP_STD))
    return Scale(mean.view(3, 1, 1), std.view(3, 1, 1))


def beginning(
    backbone: Backbone, images: Sequence[Image], text: np.ndarray
) -> Callable[[], Params]:
    """What learning begins with: N images, in the backbone's size, and their (N, D) texts."""
    device, scale = backbone.device, scale_of(backbone)

    def begin() -> Params:
        levels = torch.stack([backbone.prepare(each) for each in images]).permute(0, 3, 1, 2) / 255
        return {
            IMAGES: scale.enter(levels.to(device)).contiguous(),
            TEXTS: torch.tensor(np.asarray(text), dtype=torch.float32, device=device),
        }

    return begin


def with_tokens(
    begin: Callable[[], Params], tokens: Callable[[], np.ndarray]
) -> Callable[[], Params]:
    """What learning begins with, its texts as (N, T, W) embeddings of their tokens."""

    def begin_with_tokens() -> Params:
        pairs = begin()
        return {**pairs, TEXTS: torch.tensor(tokens(), device=pairs[TEXTS].device)}

    return begin_with_tokens


def at_once_through(backbone: Backbone) -> AtOnce:
    """How many images pass through the network at once; the more, the smaller they are."""
    return AtOnce(max(1, round(_ENCODED * (_SIDE / backbone.size) ** 2)))


def encode(
    backbone: Backbone,
    images: torch.Tensor,
    at_once: AtOnce,
    see: Callable[[torch.Tensor], torch.Tensor] | None = None,
) -> torch.Tensor:
    """(N, F) features; of many images they are made anew on the way back, to save memory.

    `see` makes them of levels in [0, 1], where it is not the backbone as it is.
    """
    see = see or backbone.encode
    parts = scale_of(backbone).leave(images).split(at_once.n)
    if len(parts) == 1:
        return see(parts[0])
    return torch.cat([checkpoint(see, part, use_reentrant=False) for part in parts])


class Learner(NamedTuple):
    """What students of learned pairs are."""

    towers: Towers
    encode: Callable[[torch.Tensor], torch.Tensor]
    """From (N, 3, S, S) learned images to what the image side takes of them; differentiable."""
    at_once: AtOnce  # for the encoding


def frozen(backbone: Backbone, n_text: int) -> Learner:
    """Two heads over the network, through which images pass once, whatever students do."""
    at_once = at_once_through(backbone)
    towers = heads_over(backbone.width, n_text)
    return Learner(towers, lambda images: encode(backbone, images, at_once), at_once)


def whole(backbone: Backbone, n_text: int) -> Learner:
    """All weights of the network and a head of texts; a mini-batch passes through it as a whole."""
    return Learner(whole_over(backbone, n_text), scale_of(backbone).leave, AtOnce(1))


def levels_of(backbone: Backbone, params: Params) -> np.ndarray:
    """(N, 3, S, S) float32 images, [0, 1] and beyond."""
    with torch.no_grad():
        return scale_of(backbone).leave(params[IMAGES]).cpu().numpy().astype(np.float32)
