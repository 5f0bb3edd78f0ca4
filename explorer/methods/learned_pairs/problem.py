"""What is learned of pairs, and the set that it means."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from explorer.methods.learn_types import AtOnce, Params, Problem
from explorer.methods.learned_pairs.real import RealPairs
from explorer.methods.learned_pairs.settings import FrozenSettings
from explorer.types import Samples


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
