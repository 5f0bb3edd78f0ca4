"""Distribution matching guided by what is known beside the images: their captions and masks.

After Li, Reynaud and Kainz (arXiv 2505.08605), who fuse features of captions with those of images
where these are told apart, and align features of masked images; their formulas were not at hand,
and there is no code to compare with. What is here is ours. Concatenated features that were matched
as they are would leave the images alone, as a caption's part of a mean does not depend on them; so
a random layer that both pass through is matched. Each learned image keeps the caption and the mask
of the real one that it began with.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from explorer.learn.images.distribution import apart, features_by_class
from explorer.learn.images.labelled import IMAGES, RealImages
from explorer.learn.images.parametrisations import Parametrisation
from explorer.learn.networks.augment import draw
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.optimise import Objective, Params, by_autograd
from explorer.learn.students.classifier import Scale

CAPTIONS, MASKS = "captions", "masks"
"""What features of the learned images' captions, and their masks, are called among the parameters;
they stay."""


class Guides(NamedTuple):
    """What is known of n real images beside their pixels, and what it weighs in the loss."""

    captions: torch.Tensor | None = None  # (n, E), of mean 0 and deviation 1
    masks: np.ndarray | None = None  # (n, C, S, S) uint8, 255 where an image shows its class
    caption_weight: float = 1.0
    mask_weight: float = 1.0

    def of(self, rows: np.ndarray, device: torch.device) -> Params:
        """What is known of the images of these (B,) rows, by its name."""
        found = {}
        if self.captions is not None:
            found[CAPTIONS] = self.captions[rows]
        if self.masks is not None:
            found[MASKS] = torch.from_numpy(np.asarray(self.masks[rows])).to(device).float() / 255
        return found


class Fusion(NamedTuple):
    """A layer that sees features of an image beside those of its caption."""

    weight: torch.Tensor  # (F, F + E)
    centre: torch.Tensor  # (F,), mean features of real images
    scale: torch.Tensor  # (), of captions, which vary as much as features with it

    def __call__(self, features: torch.Tensor, captions: torch.Tensor) -> torch.Tensor:
        """(B, F) and (B, E) to (B, F)."""
        both = torch.cat([features - self.centre, self.scale * captions], dim=1)
        return functional.relu(both @ self.weight.T)


def fusion(features: torch.Tensor, captions: torch.Tensor, rng: torch.Generator) -> Fusion:
    """A random layer as wide as the features, scaled by (B, F) and (B, E) real ones."""
    n_features, n_both = features.shape[1], features.shape[1] + captions.shape[1]
    weight = torch.randn((n_features, n_both), generator=rng) * (2 / n_both) ** 0.5
    varied = [rows.var(dim=0, correction=0).sum() for rows in (features, captions)]
    scale = (varied[0] / varied[1].clamp(min=1e-12)).sqrt()
    return Fusion(weight.to(features.device), features.mean(dim=0), scale)


def standardised(features: np.ndarray, device: torch.device) -> torch.Tensor:
    """(n, E) features with mean 0 and deviation 1; one that never varies is 0."""
    found = torch.from_numpy(np.array(features, dtype=np.float32)).to(device)
    std = found.std(dim=0, correction=0)
    return (found - found.mean(dim=0)) / torch.where(std > 0, std, 1)


def masked(images: torch.Tensor, masks: torch.Tensor, scale: Scale) -> torch.Tensor:
    """The images, as networks see them, with the mean colour of all where the masks are 0."""
    return scale.enter(masks * scale.leave(images) + (1 - masks) * scale.mean)


def pixels(source: RealImages, start: str, n: int, guides: Guides) -> Parametrisation:
    """Each image by its own pixels, beside what is known of the real one that it began with.

    Images that begin as noise have what is known of real ones of their class at random.
    """

    def begin(rng: torch.Generator) -> Params:
        drawn = [np.resize(source.rows_of(c, n, rng), n) for c in range(source.n_classes)]
        rows = np.concatenate(drawn)
        images = source.take(rows) if start == "real" else source.start(start, n, rng)
        return {IMAGES: images, **guides.of(rows, images.device)}

    return Parametrisation(begin, lambda params: params[IMAGES], n)


def matching(
    network: ConvNet,
    source: RealImages,
    batch: int,
    augmentation: tuple[str, ...],
    guides: Guides,
) -> Objective:
    """The objective of DM, and the same of features with captions, and of masked images."""

    def loss(params: Params, rng: torch.Generator) -> torch.Tensor:
        images, device = params[IMAGES], params[IMAGES].device
        weights = {n: w.to(device) for n, w in network.init(rng).items()}
        classes = range(source.n_classes)
        calls = [draw(rng, augmentation) for _ in classes]
        rows = [source.rows_of(c, batch, rng) for c in classes]
        real, known = [source.take(own) for own in rows], [guides.of(own, device) for own in rows]
        see = partial(features_by_class, network, weights, calls=calls)
        with torch.no_grad():
            wanted = see(real)
        learned = see(images.chunk(source.n_classes))
        found = apart(wanted, learned)
        if CAPTIONS in params:
            read = [own[CAPTIONS] for own in known]
            fuse = fusion(torch.cat(wanted), torch.cat(read), rng)
            kept = params[CAPTIONS].detach().chunk(source.n_classes)
            fused = [fuse(*both) for both in zip(learned, kept, strict=True)]
            fused_wanted = [fuse(*both) for both in zip(wanted, read, strict=True)]
            found = found + guides.caption_weight * apart(fused_wanted, fused)
        if MASKS in params:
            hide = partial(masked, scale=source.scale)
            with torch.no_grad():
                things = see([hide(x, own[MASKS]) for x, own in zip(real, known, strict=True)])
            shown = hide(images, params[MASKS].detach()).chunk(source.n_classes)
            found = found + guides.mask_weight * apart(things, see(shown))
        return found

    return by_autograd(loss)
