"""The real pairs that learning begins with and learns from, through the network it is done with."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from PIL.Image import Image

from explorer.config import FilterConfig, PrototypeConfig
from explorer.core.coresets import random_pairs
from explorer.core.geometry import cosine_rows
from explorer.errors import ConfigError
from explorer.methods.learned_pairs.settings import FrozenSettings
from explorer.methods.pairs import nearest_real
from explorer.methods.subsets.choosing import longest_of_kept
from explorer.models.bundles import typed_model
from explorer.models.fingerprint import fingerprint
from explorer.models.parts import require_backbones
from explorer.sets.folder import as_image
from explorer.steps.context import Context
from explorer.steps.embeddings import nearest_texts
from explorer.steps.features import Features, features, prepared
from explorer.steps.head_experts import PairFeatures
from explorer.store.rates import on
from explorer.store.step import Step, Work


class RealPairs(NamedTuple):
    """The real pairs that learning begins with, and what is told of learned ones."""

    context: Context
    rows: np.ndarray  # (K,) captions

    @property
    def text(self) -> np.ndarray:
        """(K, D) embeddings."""
        return np.asarray(self.context.embedded().caption[self.rows])

    @property
    def _image(self) -> np.ndarray:
        image: np.ndarray = self.context.embedded().image_of_caption[self.rows]
        return image

    def images(self) -> list[Image]:
        """(K,) images."""
        numbers = self.context.embedded().number[self._image]
        return [self.context.dataset.pairs().open_image(int(number)) for number in numbers]

    def tokens(self) -> np.ndarray:
        """(K, T, W) embeddings of the tokens of their captions."""
        captions = self.context.embedded().captions
        return self.context.models.encoder.token_embeddings([captions[int(m)] for m in self.rows])

    def captions(self, texts: np.ndarray) -> list[str]:
        """The real captions nearest to (K, D) learned embeddings."""
        return nearest_texts(texts, self.context.embedded())

    def columns(self, learned: np.ndarray) -> dict[str, list[Any]]:
        """How similar (K, 3, S, S) learned images are to those they began as."""
        seen = self.context.models.embed_images([as_image(each) for each in learned])
        fits = cosine_rows(seen, np.asarray(self.context.embedded().image[self._image]))
        return {"similarity": [round(float(fit), 4) for fit in fits]}


def start_rows(context: Context, settings: FrozenSettings) -> np.ndarray:
    """The (K,) captions of the pairs that learning begins with."""
    embedded, size, seed = context.embedded(), context.size, settings.seed
    if settings.start == "longest":
        return longest_of_kept(embedded, FilterConfig(), size, seed)
    if settings.start == "prototypes":
        step = context.prototypes(_prototypes(settings))
        found = context.store.fetch(step, context.watcher.report("synthesize"))
        return nearest_real(embedded, found.prototypes)
    return random_pairs(embedded.image_of_caption, size, seed)


def _prototypes(settings: FrozenSettings) -> PrototypeConfig:
    return PrototypeConfig(seed=settings.seed)


def network_of(context: Context, settings: FrozenSettings) -> str:
    """The image network that is learned through."""
    named = settings.network
    return typed_model(named) if named else context.models.bundle.backbones[0]


def features_of(context: Context, settings: FrozenSettings) -> Step[Features]:
    network = (network_of(context, settings),)
    train, device = context.dataset.pairs(), context.models.device
    seen = prepared if settings.is_whole else features
    step = seen(train, network, "train", device, context.engine)
    (work,) = step.cost
    return replace(step, cost=(work._replace(stage="features"),))


def real_features(context: Context, settings: FrozenSettings) -> PairFeatures:
    """All real pairs, as the frozen network and the encoder see them; images if it is whole."""
    embedded, network = context.embedded(), network_of(context, settings)
    seen = context.store.fetch(features_of(context, settings), context.watcher.report("features"))
    rows, image = np.searchsorted(seen.number, embedded.number), seen.image[network]
    if settings.is_whole:
        return PairFeatures(image, np.asarray(embedded.caption), rows[embedded.image_of_caption])
    image = np.asarray(image)[rows]
    return PairFeatures(image, np.asarray(embedded.caption), embedded.image_of_caption)


def check(context: Context, settings: FrozenSettings) -> None:
    """The network is here, and there are real pairs enough to begin with."""
    require_backbones((network_of(context, settings),))
    if context.size > context.n_rows:
        raise ConfigError(
            f"Cannot begin with {context.size:,} pairs where there are {context.n_rows:,}; ask for "
            "fewer."
        )


def steps_without_experts(context: Context, settings: FrozenSettings) -> Sequence[Step[Any]]:
    """The features of all real pairs, and the prototypes where learning begins with them."""
    if settings.start != "prototypes":
        return [features_of(context, settings)]
    found = context.prototypes(_prototypes(settings))
    work = [each._replace(stage="synthesize") for each in found.cost]
    return [features_of(context, settings), replace(found, cost=tuple(work))]


def cost_of_steps(
    context: Context, settings: FrozenSettings, what: str, pairs: int
) -> Sequence[Work]:
    """The work of steps in which so many pairs pass through the network."""
    by = on(context.models.device, f"{what}, {fingerprint(network_of(context, settings))}")
    return [Work("synthesize", "steps to learn", settings.steps, "learn", by, each=pairs)]
