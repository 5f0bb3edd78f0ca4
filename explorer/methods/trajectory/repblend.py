"""RepBlend: pairs from which two heads learn what experts learned from all pairs.

Zhang et al., 2025 (arXiv 2505.14705; zhangxin-xd/RepBlend). Published numbers take 20 experts, a
network of 224 pixels, 3,000 steps, the truncated gradient, and rates that belong to that network:
100 to 5,000 for images and texts, 5 to 500 for the similarity, 0.01 for the student's rates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.core.coresets import random_pairs
from explorer.core.geometry import cosine_rows
from explorer.core.prototypes import nearest_captions
from explorer.methods.base import Method
from explorer.methods.learned_images import GRADIENTS, learn
from explorer.models.bundles import typed_model
from explorer.models.fingerprint import fingerprint
from explorer.models.parts import require_backbones
from explorer.progress import Report, silent, within
from explorer.sets.folder import as_image
from explorer.settings import Settings, seed_setting, setting
from explorer.steps.context import Context
from explorer.steps.features import Features, features
from explorer.steps.head_experts import HeadExperts, PairFeatures, Training, head_experts
from explorer.store.rates import on
from explorer.store.step import Step, Work
from explorer.types import State


class RepblendSettings(Settings):
    """How experts are trained, and how pairs are learned from them."""

    steps: int = setting("Steps", "Updates of the pairs.", default=300, at_least=1)
    experts: int = setting(
        "Experts", "Pairs of heads that are trained on all real pairs.", default=10, at_least=1
    )
    expert_epochs: int = setting(
        "Epochs of an expert",
        "Passes of each expert; every step of learning matches one of them.",
        default=2,
        at_least=1,
        at_most=100,
    )
    expert_rate: float = setting(
        "Rate of experts", "Learning rate of the experts.", default=0.1, above=0
    )
    network: str = setting(
        "Network",
        "Frozen image network that images are learned through; none means the bundle's first.",
        default="",
        on_form=False,
    )
    student_steps: int = setting(
        "Student steps",
        "Steps that a student takes, before its end is compared with the expert's.",
        default=8,
        at_least=1,
        at_most=1000,
    )
    student_batch: int = setting(
        "Student batch", "Pairs in each of its steps.", default=20, at_least=2
    )
    blend: float = setting(
        "Blending",
        "Both parameters of the Beta distribution that shares of blended pairs are drawn from; 0 "
        "turns blending off.",
        default=1.0,
        at_least=0,
    )
    rank: int = setting(
        "Rank of the similarity",
        "Columns of each factor of the learned similarity of images and texts.",
        default=10,
        at_least=1,
    )
    alpha: float = setting(
        "Weight of the similarity",
        "What the product of its factors is multiplied by, divided by the rank.",
        default=3.0,
        above=0,
    )
    gradient: str = setting(
        "Gradient",
        "`exact`, or `truncated` as it was published: each step of a student is taken for itself.",
        default="exact",
        choices=GRADIENTS,
    )
    image_rate: float = setting(
        "Rate of images", "Learning rate of the images.", default=1000.0, at_least=0
    )
    text_rate: float = setting(
        "Rate of texts", "Learning rate of the text embeddings.", default=10.0, at_least=0
    )
    similarity_rate: float = setting(
        "Rate of the similarity",
        "Learning rate of the similarity's factors.",
        default=1.0,
        at_least=0,
    )
    rate_rate: float = setting(
        "Rate of the student's rates",
        "Learning rate of the student's learning rates.",
        default=0.003,
        at_least=0,
    )
    start_rate: float = setting(
        "Student's first rate",
        "Learning rate of a student's two heads at first; both are learned, too.",
        default=0.1,
        above=0,
    )
    momentum: float = setting(
        "Momentum", "Of the updates of the pairs.", default=0.5, at_least=0, below=1
    )
    seed: int = seed_setting("Start of all that is drawn.", default=0)


def make(context: Context, settings: RepblendSettings, state: State | None) -> Iterator[State]:
    """The pairs after each step."""
    embedded, size = context.embedded(), context.size
    report = context.watcher.report("experts")
    experts = context.store.fetch(_experts(context, settings, within(report, 0.0, 0.5)), report)
    chosen = random_pairs(embedded.image_of_caption, size, settings.seed)
    real = embedded.image_of_caption[chosen]
    context.watcher.report("synthesize")(0.0, "Loading what learns pairs")
    from explorer.learn import blended_pairs as pairs
    from explorer.learn.optimise import Problem
    from explorer.models.backbones import load_backbone

    backbone = load_backbone(_network(context, settings), context.models.device)
    images = [context.dataset.pairs().open_image(int(embedded.number[i])) for i in real]
    text, scale = np.asarray(embedded.caption[chosen]), settings.alpha / settings.rank

    def captions(texts: np.ndarray) -> list[str]:
        return [embedded.captions[int(m)] for m in nearest_captions(texts, embedded.caption)]

    def columns(learned: np.ndarray) -> dict[str, list[Any]]:
        seen = context.models.embed_images([as_image(each) for each in learned])
        fits = cosine_rows(seen, np.asarray(embedded.image[real]))
        return {"similarity": [round(float(fit), 4) for fit in fits]}

    blending = pairs.Blending(
        steps=settings.student_steps,
        batch=settings.student_batch,
        alpha=settings.blend,
        scale=scale,
        truncated=settings.gradient == "truncated",
    )
    problem = Problem(
        begin=pairs.beginning(backbone, images, text, settings.rank, settings.start_rate),
        objective=pairs.matching(backbone, pairs.Trajectories(*experts), blending),
        samples=lambda params: pairs.samples(params, backbone, scale, captions, columns),
        rates={
            pairs.IMAGES: settings.image_rate,
            pairs.TEXTS: settings.text_rate,
            pairs.RATES: settings.rate_rate,
            **dict.fromkeys(pairs.SIMILARITY, settings.similarity_rate),
        },
        momentum=settings.momentum,
        steps=settings.steps,
        seed=settings.seed,
        at_least={pairs.RATES: pairs.LEAST_RATE},
    )
    yield from learn(context, problem, state, *cost(context, settings))


def _network(context: Context, settings: RepblendSettings) -> str:
    named = settings.network
    return typed_model(named) if named else context.models.bundle.backbones[0]


def _features(context: Context, settings: RepblendSettings) -> Step[Features]:
    network = (_network(context, settings),)
    train, device = context.dataset.pairs(), context.models.device
    step = features(train, network, "train", device, context.engine)
    (work,) = step.cost
    return replace(step, cost=(work._replace(stage="experts"),))


def _experts(
    context: Context, settings: RepblendSettings, report: Report = silent
) -> Step[HeadExperts]:
    seeing, network = _features(context, settings), _network(context, settings)

    def pairs() -> PairFeatures:
        embedded, seen = context.embedded(), context.store.fetch(seeing, report)
        rows = np.searchsorted(seen.number, embedded.number)
        image = np.asarray(seen.image[network])[rows]
        return PairFeatures(image, np.asarray(embedded.caption), embedded.image_of_caption)

    training = Training(
        settings.experts, settings.expert_epochs, settings.expert_rate, settings.seed
    )
    by = f"{fingerprint(network)} and {fingerprint(context.models.bundle.encoder)}"
    keys = (seeing.key, context.embed_key)
    return head_experts(keys, context.n_rows, training, by, pairs, context.engine)


def check(context: Context, settings: RepblendSettings) -> None:
    """The network is here."""
    require_backbones((_network(context, settings),))


def steps(context: Context, settings: RepblendSettings) -> Sequence[Step[Any]]:
    return [_features(context, settings), _experts(context, settings)]


def cost(context: Context, settings: RepblendSettings) -> Sequence[Work]:
    network = fingerprint(_network(context, settings))
    by = on(context.models.device, f"{METHOD.name}, {network}, {settings.student_steps} steps")
    return [Work("synthesize", "steps to learn", settings.steps, "learn", by, each=context.size)]


METHOD = Method(
    name="repblend",
    label="Trajectories of blended pairs (RepBlend)",
    family="trajectory",
    about="Pairs from which two heads learn as they did from all pairs, with similarity learned.",
    paper="Zhang et al., 2025 (arXiv 2505.14705)",
    config=RepblendSettings,
    learns=True,
    stages=("embed", "experts", "synthesize"),
    make=make,
    check=check,
    steps=steps,
    cost=cost,
)
