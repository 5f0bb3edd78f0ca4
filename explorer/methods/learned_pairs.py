"""What the methods share that learn pairs by matching experts' trajectories: settings and loop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from PIL.Image import Image

from explorer.config import FilterConfig, PrototypeConfig
from explorer.core.coresets import random_pairs
from explorer.core.geometry import cosine_rows
from explorer.errors import ConfigError
from explorer.methods.base import Method
from explorer.methods.learn_types import AtOnce, Params, Problem, Similarity, Students
from explorer.methods.learned_images import GRADIENTS, kept_setting, noting, saying
from explorer.methods.pairs import nearest_real
from explorer.methods.subsets.choosing import longest_of_kept
from explorer.models.bundles import typed_model
from explorer.models.fingerprint import fingerprint
from explorer.models.parts import require_backbones
from explorer.progress import within
from explorer.sets.folder import as_image
from explorer.settings import Settings, seed_setting, setting
from explorer.steps.context import Context
from explorer.steps.embeddings import nearest_texts
from explorer.steps.features import Features, features, prepared
from explorer.steps.head_experts import (
    HEADS,
    HeadExperts,
    PairFeatures,
    Training,
    head_experts,
    whole,
)
from explorer.store.rates import on
from explorer.store.step import Step, Work
from explorer.types import Samples, State

SIMILARITIES = ("identity", "full", "low-rank", "shared")
STARTS = ("random", "longest", "prototypes")


class NetworkChoice(Settings):
    """Which network images are learned through."""

    network: str = setting(
        "Network",
        "Image network that images are learned through; none means the bundle's first.",
        default="",
        on_form=False,
    )


class ExpertSettings(Settings):
    """How experts are trained, on all real pairs."""

    experts: int = setting(
        "Experts", "Students that are trained on all real pairs.", default=10, at_least=1
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
    two_tracks: bool = setting(
        "Tell wrong pairs",
        "After a first epoch another network beside each expert tells which pairs are likely wrong "
        "by its losses, and the expert learns not to find those, as in MDW.",
        default=False,
    )


class StudentSettings(Settings):
    """How students are trained within a step of learning."""

    student_steps: int = setting(
        "Student steps",
        "Steps that a student takes, before its end is compared with the expert's.",
        default=8,
        at_least=1,
        at_most=1000,
    )
    student_batch: int = setting(
        "Student batch",
        "Pairs in each of its steps; a set, and each phase of one, needs as many.",
        default=20,
        at_least=2,
    )


class SimilaritySettings(Settings):
    """A learned similarity of images and texts."""

    storage_fair: bool = setting(
        "Storage-fair",
        "Learn one pair fewer than asked for, as published: the similarity is stored in its place. "
        "The run says what both take.",
        default=False,
    )

    @property
    def spared(self) -> int:
        """Pairs in whose place the similarity is stored."""
        return int(self.storage_fair)


class LowRankSettings(SimilaritySettings):
    """One of low rank."""

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
    similarity_rate: float = setting(
        "Rate of the similarity",
        "Learning rate of the similarity's factors.",
        default=1.0,
        at_least=0,
    )


class GradientSettings(Settings):
    """Which gradient is followed."""

    gradient: str = setting(
        "Gradient",
        "`exact`, or `truncated` as it was published: each step of a student is taken for itself.",
        default="exact",
        choices=GRADIENTS,
    )


class PairRates(Settings):
    """How fast pairs are learned."""

    first_step: float = setting(
        "First step",
        "Share of their own size that images and texts change by in the first step, which sets the "
        "rates that are 0; both are learned at these from then on.",
        default=0.01,
        at_least=0,
        below=1,
    )
    image_rate: float = setting(
        "Rate of images",
        "Learning rate of the images; 0 leaves it to the first step. Published ones of 100 to "
        "5,000 belong to images of 224 pixels and another network.",
        default=0.0,
        at_least=0,
    )
    text_rate: float = setting(
        "Rate of texts",
        "Learning rate of the text embeddings; 0 leaves it to the first step. Published ones are "
        "100 to 5,000.",
        default=0.0,
        at_least=0,
    )
    momentum: float = setting(
        "Momentum", "Of the updates of the pairs.", default=0.5, at_least=0, below=1
    )
    seed: int = seed_setting("Of all that is drawn at random.", default=0)


class StudentRates(Settings):
    """What students learn with, and how fast that is learned."""

    rate_rate: float = setting(
        "Rate of the student's rates",
        "Learning rate of the student's learning rates.",
        default=0.003,
        at_least=0,
    )
    start_rate: float = setting(
        "Student's first rate",
        "Learning rate of both sides of a student at first; both are learned, too.",
        default=0.1,
        above=0,
    )


class SmoothSettings(Settings):
    """What makes learning smoother: straight experts, and an average of the pairs."""

    shortcut: bool = setting(
        "Shortcuts",
        "Match experts on straight lines from their start to their end, tensor by tensor, as "
        "PTM-ST does.",
        default=False,
    )
    average: float = setting(
        "Moving average",
        "Share that is kept of the average of the pairs in each step; the set is this average. 0 "
        "for the pairs of the last step.",
        default=0.0,
        at_least=0,
        below=1,
    )


class StepSettings(Settings):
    """How long pairs are learned, and from where."""

    steps: int = setting("Steps", "Updates of the pairs.", default=300, at_least=1)
    kept: str = kept_setting()
    start: str = setting(
        "Start",
        "Real pairs to begin with: `random` ones; random images with their `longest` captions, "
        "after the filter of PDS; or those nearest to its `prototypes`.",
        default="random",
        choices=STARTS,
    )


class FrozenSettings(PairRates, NetworkChoice, StepSettings):
    """Of every method that learns pairs through a frozen network."""

    @property
    def is_whole(self) -> bool:
        """Whether all weights of the network are trained instead."""
        return False


class PairSettings(ExpertSettings, FrozenSettings):
    """Of those that do it with experts."""


class MatchedSettings(
    SmoothSettings, StudentRates, GradientSettings, StudentSettings, PairSettings
):
    """Of every method that matches trajectories of pairs."""

    @property
    def spared(self) -> int:
        """Pairs in whose place a similarity is stored."""
        return 0


class NetworksKind(Settings):
    """Whether the network that images are learned through is frozen."""

    networks: str = setting(
        "Networks",
        "What is trained on real pairs: `heads` over the frozen network, or, as published, the "
        "`whole` image network from its weights as they are, beside what lies over the frozen "
        "encoder of texts. Whole ones take hours, and often lower rates of what is trained.",
        default="heads",
        choices=("heads", "whole"),
    )

    @property
    def is_whole(self) -> bool:
        """Whether all weights of the network are trained."""
        return self.networks == "whole"


class NetworksSettings(NetworksKind, MatchedSettings):
    """Of those that match trajectories and are published for whole networks."""


def with_room(context: Context, settings: MatchedSettings) -> Context:
    """The context with the pairs that are left where a similarity is stored in the place of one."""
    if not settings.spared:
        return context
    if context.size <= settings.spared:
        raise ConfigError(
            "No pair is left where the similarity is stored in its place (storage_fair); ask for "
            "more, or turn it off."
        )
    return replace(context, size=context.size - settings.spared)


def _tell_storage(context: Context, side: int, width: int) -> None:
    """Says what a similarity takes beside pairs of images of this side and texts so wide."""
    pair, square = (3 * side**2 + width) * 4 / 1000, context.size**2 * 4 / 1000
    saying(context)(
        f"The similarity of {context.size:,} pairs takes {square:,.0f} KB, a pair {pair:,.0f} KB."
    )


Phases = Callable[[Context, Any], list[Students]]
"""Takes the context and the settings of a method; gives how students are trained in each phase."""
Moments = Callable[[int], int | None]
"""Takes the number of a phase; gives how many moments of experts are known to it, or None: all."""


def students_of(
    settings: MatchedSettings, similarity: Similarity | None = None, **other: Any
) -> Students:
    """Students by the settings that all such methods have; texts of one image each if not said.

    `other` are further fields of `Students`.
    """
    from explorer.learn.pairs.matched_pairs import Students
    from explorer.learn.pairs.similarity import Identity

    return Students(
        steps=settings.student_steps,
        batch=settings.student_batch,
        similarity=similarity or Identity(),
        truncated=settings.gradient == "truncated",
        **other,
    )


def similarity_of(kind: str, own: LowRankSettings) -> Similarity:
    """The kind of similarity that a setting names, one of `SIMILARITIES`."""
    from explorer.learn.pairs import similarity

    if kind == "identity":
        return similarity.Identity()
    if kind == "full":
        return similarity.Full()
    of_rank = similarity.Shared if kind == "shared" else similarity.OfLowRank
    return of_rank(own.rank, own.alpha / own.rank)


def _learn(
    context: Context,
    settings: MatchedSettings,
    state: State | None,
    phases: Phases,
    moments: Moments,
    work: Work,
) -> Iterator[State]:
    """The pairs after each step."""
    experts = trained_experts(context, settings)
    real = RealPairs(context, start_rows(context, settings))
    telling = context.watcher.report("synthesize")
    telling(0.0, "Loading what learns pairs")
    from explorer.learn.optimise import Problem, optimise
    from explorer.learn.phases import in_phases
    from explorer.models.backbones import load_backbone

    backbone = load_backbone(network_of(context, settings), context.models.device)
    own = phases(context, settings)
    if settings.spared:
        _tell_storage(context, backbone.size, real.text.shape[1])
    problems = _problems(settings, own, moments, experts, real, backbone)

    def run(number: int, problem: Problem, own: State | None) -> Iterator[State]:
        share = number / len(problems), (number + 1) / len(problems)
        note = noting(context, work)
        yield from optimise(problem, own, within(telling, *share), note, saying(context))

    yield from in_phases(problems, settings.average, state, run)


def _problems(
    settings: Any,
    phases: list[Students],
    moments: Moments,
    experts: HeadExperts,
    real: "RealPairs",
    backbone: Any,
) -> list[Problem]:
    """What is learned in each phase."""
    from explorer.learn.pairs import matched_pairs as pairs
    from explorer.learn.pairs.learned_pairs import Experts, beginning, frozen, whole

    begun = beginning(backbone, real.images(), real.text)
    first, shares = phases[0], np.array_split(np.arange(settings.steps), len(phases))
    rates: dict[str, Sequence[str]] = {"rate_rate": (pairs.RATES,)}
    learner = (whole if settings.is_whole else frozen)(backbone, real.text.shape[1])
    if parts := first.similarity.parts:
        rates["similarity_rate"] = parts

    def known(phase: int) -> Experts:
        own = Experts(*(side[:, : moments(phase)] for side in experts))
        return pairs.straightened(own, learner.towers) if settings.shortcut else own

    return [
        problem_of(
            settings,
            learner.at_once,
            rates,
            begin=pairs.beginning(begun, first.similarity, settings.start_rate),
            objective=pairs.matching(learner, known(phase), students),
            samples=lambda own: pairs.samples(own, backbone, first, real.captions, real.columns),
            steps=len(share),
            seed=settings.seed + phase,
            at_least={pairs.RATES: pairs.LEAST_RATE},
            lower_first=("start_rate",),
        )
        for phase, (students, share) in enumerate(zip(phases, shares, strict=True))
    ]


def problem_of(
    settings: FrozenSettings,
    at_once: AtOnce,
    rates: Mapping[str, Sequence[str]] = {},
    **other: Any,
) -> Problem:
    """What is learned of pairs; rates of images and texts that are 0 are set by the first step.

    `rates` are further settings that are rates, and the parameters that they are of. Fewer images
    pass through the network `at_once` where memory runs out.
    """
    from explorer.learn.optimise import Problem, Rate
    from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS
    from explorer.learn.rules import sgd

    named = {"image_rate": (IMAGES,), "text_rate": (TEXTS,), **rates}

    def rate(of: str, name: str) -> Rate:
        value = getattr(settings, name)
        is_free = of in (IMAGES, TEXTS) and not value
        return Rate(0.0, "first_step", settings.first_step) if is_free else Rate(value, name)

    defaults = {"steps": settings.steps, "seed": settings.seed, "lower_first": tuple(named)}
    return Problem(
        **{**defaults, **other},
        rates={each: rate(each, name) for name, own in named.items() for each in own},
        rule=sgd(settings.momentum),
        halve=at_once.halve,
    )


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


def _features(context: Context, settings: FrozenSettings) -> Step[Features]:
    network = (network_of(context, settings),)
    train, device = context.dataset.pairs(), context.models.device
    seen = prepared if settings.is_whole else features
    step = seen(train, network, "train", device, context.engine)
    (work,) = step.cost
    return replace(step, cost=(work._replace(stage="features"),))


def real_features(context: Context, settings: FrozenSettings) -> PairFeatures:
    """All real pairs, as the frozen network and the encoder see them; images if it is whole."""
    embedded, network = context.embedded(), network_of(context, settings)
    seen = context.store.fetch(_features(context, settings), context.watcher.report("features"))
    rows, image = np.searchsorted(seen.number, embedded.number), seen.image[network]
    if settings.is_whole:
        return PairFeatures(image, np.asarray(embedded.caption), rows[embedded.image_of_caption])
    image = np.asarray(image)[rows]
    return PairFeatures(image, np.asarray(embedded.caption), embedded.image_of_caption)


def trained_experts(
    context: Context, settings: PairSettings, *, one_start: bool = False
) -> HeadExperts:
    """The experts, trained where they are not there yet."""
    step = _experts(context, settings, one_start)
    (work,) = step.cost
    if work.n_bytes and not context.store.has(step):
        room = f"{work.n_bytes / 2**20:,.0f} MiB on disk, twice that while they are joined"
        context.watcher.say("experts", f"Experts will take {room}.")
    return context.store.fetch(step, context.watcher.report("experts"))


def _experts(context: Context, settings: PairSettings, one_start: bool) -> Step[HeadExperts]:
    network = network_of(context, settings)
    training = Training(
        settings.experts,
        settings.expert_epochs,
        settings.expert_rate,
        settings.seed,
        one_start,
        settings.two_tracks,
    )
    encoder, device = context.models.bundle.encoder, context.models.device
    by, sides = f"{fingerprint(network)} and {fingerprint(encoder)}", HEADS
    if settings.is_whole:
        by, sides = on(device, f"whole {by}"), whole(network, encoder, device)
    return head_experts(
        (_features(context, settings).key, context.embed_key),
        context.n_rows,
        training,
        by,
        lambda: real_features(context, settings),
        context.engine,
        sides,
    )


def check(context: Context, settings: FrozenSettings) -> None:
    """The network is here, and there are real pairs enough to begin with."""
    require_backbones((network_of(context, settings),))
    if context.size > context.n_rows:
        raise ConfigError(
            f"Cannot begin with {context.size:,} pairs where there are {context.n_rows:,}; ask for "
            "fewer."
        )


def check_matched(context: Context, settings: MatchedSettings) -> None:
    """As `check`, and students find the pairs of a batch."""
    check(context, settings)
    check_batch(context.size, settings, "set")


def check_batch(n_pairs: int, settings: StudentSettings, what: str) -> None:
    """Raises where a student has fewer pairs than it takes in a step."""
    if n_pairs < settings.student_batch:
        raise ConfigError(
            f"A student takes {settings.student_batch} pairs in a step (student_batch), and the "
            f"{what} has {n_pairs}: lower student_batch, or ask for more pairs."
        )


def steps(
    context: Context, settings: PairSettings, *, one_start: bool = False
) -> Sequence[Step[Any]]:
    """What they build on; experts may have one start in common."""
    trained = _experts(context, settings, one_start)
    return [*steps_without_experts(context, settings), trained]


def steps_without_experts(context: Context, settings: FrozenSettings) -> Sequence[Step[Any]]:
    """The features of all real pairs, and the prototypes where learning begins with them."""
    if settings.start != "prototypes":
        return [_features(context, settings)]
    found = context.prototypes(_prototypes(settings))
    work = [each._replace(stage="synthesize") for each in found.cost]
    return [_features(context, settings), replace(found, cost=tuple(work))]


def cost_of_steps(
    context: Context, settings: FrozenSettings, what: str, pairs: int
) -> Sequence[Work]:
    """The work of steps in which so many pairs pass through the network."""
    by = on(context.models.device, f"{what}, {fingerprint(network_of(context, settings))}")
    return [Work("synthesize", "steps to learn", settings.steps, "learn", by, each=pairs)]


def learned_samples(
    backbone: Any, pairs: RealPairs, are_tokens: bool = False
) -> Callable[[Params], Samples]:
    """The set that parameters mean, where nothing is learned but images and texts, or tokens."""
    from explorer.learn.pairs.learned_pairs import TEXTS, levels_of

    def samples(params: Params) -> Samples:
        learned, images = params[TEXTS].cpu().numpy(), levels_of(backbone, params)
        encoder = pairs.context.models.encoder
        text = encoder.embed_tokens(learned) if are_tokens else learned
        return Samples(
            images=images,
            texts=pairs.captions(text),
            text_embeddings=text,
            token_embeddings=learned if are_tokens else None,
            columns=pairs.columns(images),
        )

    return samples


def matched(
    *,
    name: str,
    phases: Phases,
    moments: Moments = lambda phase: None,
    check: Callable[[Context, Any], None] = check_matched,
    **about: Any,
) -> Method:
    """A method whose pairs are learned by matching trajectories.

    `phases` says how students are trained; it is called late, because it imports torch. Where their
    similarity is learned, the settings have a `similarity_rate`. A phase knows so many `moments` of
    experts. `about` are further fields of `Method`.
    """

    def cost(context: Context, settings: Any) -> Sequence[Work]:
        n = context.size - settings.spared
        if settings.is_whole:
            n = settings.student_steps * min(n, settings.student_batch)
            return cost_of_steps(context, settings, f"whole, {settings.gradient}", n)
        return cost_of_steps(context, settings, f"{name}, {settings.student_steps} steps", n)

    def make(context: Context, settings: Any, state: State | None) -> Iterator[State]:
        own, work = with_room(context, settings), cost(context, settings)
        yield from _learn(own, settings, state, phases, moments, *work)

    def checked(context: Context, settings: Any) -> None:
        check(with_room(context, settings), settings)

    def builds_on(context: Context, settings: Any) -> Sequence[Step[Any]]:
        return steps(with_room(context, settings), settings)

    return Method(
        name=name,
        family="trajectory",
        learns=True,
        stages=("embed", "features", "experts", "synthesize"),
        make=make,
        check=checked,
        steps=builds_on,
        cost=cost,
        **about,
    )
