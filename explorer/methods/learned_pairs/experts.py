"""Experts of real pairs, trained where they are not there yet."""

from collections.abc import Sequence
from typing import Any

from explorer.methods.learned_pairs.real import (
    features_of,
    network_of,
    real_features,
    steps_without_experts,
)
from explorer.methods.learned_pairs.settings import PairSettings
from explorer.models.fingerprint import fingerprint
from explorer.steps.context import Context
from explorer.steps.head_experts import HEADS, HeadExperts, Training, head_experts, whole
from explorer.store.rates import on
from explorer.store.step import Step


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
        (features_of(context, settings).key, context.embed_key),
        context.n_rows,
        training,
        by,
        lambda: real_features(context, settings),
        context.engine,
        sides,
    )


def steps(
    context: Context, settings: PairSettings, *, one_start: bool = False
) -> Sequence[Step[Any]]:
    """What they build on; experts may have one start in common."""
    trained = _experts(context, settings, one_start)
    return [*steps_without_experts(context, settings), trained]
