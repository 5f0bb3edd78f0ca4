"""CovMatch: pairs whose two sides vary together as those of real pairs do.

After the paper (arXiv 2510.18583); there is no code to compare with. Over a frozen network the real
cross-covariance is one matrix, known before, and only projections are trained. The paper trains
both encoders meanwhile, which changes what is matched; `networks` trains the image network, and
matches the real batch as it is seen in each step. All begin anew after 50 steps. Its values: rate
of images and texts 1.0 with momentum 0.5, strength 2 for 100 pairs and 1 for more, weight of the
means 0.1 to 0.6, 10,000 steps; its texts are token embeddings, ours are those of whole captions
unless `tokens` is set.
"""

from collections.abc import Mapping
from typing import Any

from explorer.errors import ConfigError
from explorer.methods.learned_pairs.problem import learned_samples
from explorer.methods.learned_pairs.real import check as check_network
from explorer.methods.learned_pairs.settings import FrozenSettings, NetworksKind
from explorer.methods.learned_pairs.without_experts import Learning, without_experts
from explorer.models.parts import require_tokens
from explorer.settings import setting
from explorer.steps.context import Context


class CovmatchSettings(NetworksKind, FrozenSettings):
    """What of the real pairs is matched, and how."""

    first_step: float = setting(
        "First step",
        "Share of their own size that images and texts change by in the first step, which sets the "
        "rates that are 0; both are learned at these from then on.",
        default=0.003,
        at_least=0,
        below=1,
    )
    strength: float = setting(
        "Strength",
        "What the real cross-covariance is multiplied by before it is matched.",
        default=1.0,
        above=0,
    )
    means_weight: float = setting(
        "Weight of means", "Of how far the means of both sides are away.", default=0.1, at_least=0
    )
    tokens: bool = setting(
        "Tokens",
        "Learn each text as the embeddings of its tokens, as published, which pass through the "
        "frozen text encoder; else as one embedding of it.",
        default=False,
    )
    reset: int = setting(
        "New projections after", "Steps that projections are trained.", default=50, at_least=1
    )
    projection_rate: float = setting(
        "Rate of projections", "Learning rate of the projections.", default=0.1, above=0
    )
    real_batch: int = setting(
        "Real batch", "Real pairs that projections are trained on in a step, all where there are "
        "fewer.", default=128, at_least=2,
    )  # fmt: skip
    network_rate: float = setting(
        "Rate of the network", "Learning rate of the network, where it is trained.",
        default=0.01, above=0,
    )  # fmt: skip


def problem(settings: CovmatchSettings, learning: Learning) -> Mapping[str, Any]:
    """What is lowered, with projections that are trained meanwhile."""
    from explorer.learn.pairs import covariance, learned_pairs

    backbone, real, begin, at_once, pairs = learning
    read = None
    if settings.tokens:
        begin = learned_pairs.with_tokens(begin, pairs.tokens)
        read = pairs.context.models.encoder.encode_tokens
    how = covariance.Covariance(
        strength=settings.strength,
        means=settings.means_weight,
        width=real.image.shape[1],
        reset=settings.reset,
        rate=settings.projection_rate,
        real_batch=settings.real_batch,
        network_rate=settings.network_rate,
    )
    if settings.is_whole:
        match, added = covariance.matching_whole, covariance.with_network
        lower_first = ["network_rate", "projection_rate"]
    else:
        match, added = covariance.matching, covariance.with_projections
        lower_first = ["projection_rate"]
    return {
        "begin": lambda rng: added(begin(), backbone, real, how, rng),
        "objective": match(backbone, real, how, at_once, read),
        "samples": learned_samples(backbone, pairs, settings.tokens),
        "lower_first": tuple(lower_first),
    }


def passing(context: Context, settings: CovmatchSettings) -> int:
    """Images that pass through the network in a step."""
    real = min(settings.real_batch, context.n_rows) if settings.is_whole else 0
    return context.size + real


def check(context: Context, settings: CovmatchSettings) -> None:
    """There are pairs enough to vary, and tokens can be learned where they are to be."""
    check_network(context, settings)
    if settings.tokens:
        require_tokens(context.models.bundle.encoder)
    if context.size < 2:
        raise ConfigError("One pair varies with nothing; ask for two or more.")


METHOD = without_experts(
    name="covmatch",
    label="Cross-covariance (CovMatch)",
    family="distribution",
    about="Pairs whose two sides vary together as those of all pairs do; after the paper, no code.",
    paper="arXiv 2510.18583",
    config=CovmatchSettings,
    problem=problem,
    passing=passing,
    check=check,
)
