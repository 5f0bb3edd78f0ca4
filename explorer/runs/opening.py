"""What a run works with, opened, and refused before hours are spent where it cannot be used."""

import math
from dataclasses import replace
from typing import TypedDict

from explorer.config import FilterConfig
from explorer.core.pairs import n_kept
from explorer.data.open import open_dataset
from explorer.engine.engine import HERE, Engine
from explorer.errors import ConfigError
from explorer.models.bundles import Bundle, bundle_advice
from explorer.models.fingerprint import fingerprint
from explorer.models.loaded import Models
from explorer.models.parts import require_encoder
from explorer.progress import Watcher
from explorer.runs.about import stages_of
from explorer.runs.config import RunConfig, bundle_of, method_of, task_of_run
from explorer.settings import groups
from explorer.steps.context import Context
from explorer.steps.subset import find_subset
from explorer.store.store import Store
from explorer.tasks.registry import task_of
from explorer.types import Dataset


def open_all(
    store: Store,
    data: str,
    bundle: Bundle,
    device: str,
    watcher: Watcher,
    stage: str,
    engine: Engine = HERE,
    until: float = math.inf,
) -> Context:
    """Opens the dataset, which `stage` tells of; models are loaded when they are first used."""
    watcher.report(stage)(0.0, f"Opening {data}")
    dataset = open_dataset(data)
    watcher.say(stage, dataset.found)
    if task_of(dataset).embeds and (advice := bundle_advice(data, bundle, for_terminal=True)):
        watcher.say(stage, advice)
    return Context(
        store=store,
        dataset=dataset,
        models=Models(bundle, device),
        watcher=watcher,
        engine=engine,
        until=until,
    )


def open_run(
    store: Store,
    config: RunConfig,
    device: str,
    watcher: Watcher,
    stage: str = "",
    engine: Engine = HERE,
    until: float = math.inf,
) -> Context:
    """What the run works with; its first stage tells of the opening, unless another is named."""
    method = method_of(config)
    first = stages_of(method, task_of_run(config))[0] if method.make else "evaluate"
    bundle = bundle_of(config)
    return open_all(store, config.data, bundle, device, watcher, stage or first, engine, until)


class Sources(TypedDict):
    """What scores are computed from besides settings, by fingerprints."""

    splits: dict[str, str]
    models: list[str]


def sources(config: RunConfig, dataset: Dataset) -> Sources:
    bundle = bundle_of(config)
    backbones = getattr(config.evaluation, "backbones", ()) or bundle.backbones
    return {
        "splits": {name: rows.fingerprint for name, rows in dataset.splits.items()},
        "models": [fingerprint(model) for model in (bundle.encoder, bundle.decoder, *backbones)],
    }


def resolve(opened: Context, config: RunConfig) -> Context:
    """What the method and the task of a run see of what is open; several runs may share that."""
    task, method = task_of_run(config), method_of(config)
    if not task.fits(opened.dataset):
        raise ConfigError(f"{opened.dataset.name} is not made for {task.label.lower()}.")
    if task.name not in method.tasks:
        raise ConfigError(f"{method.name} makes no sets for {task.label.lower()}.")
    subset = None
    if config.subset:
        subset = find_subset(opened.store, opened.dataset.pairs(), config.subset)
    return replace(opened, size=config.size, subset=subset, edits=config.edits)


def require_run(opened: Context, config: RunConfig) -> Context:
    """As `resolve`; raises what would end the run later, where that can be known."""
    context = resolve(opened, config)
    task_of_run(config).require(context, config.evaluation)
    require_method(context, config)
    return context


def require_method(context: Context, config: RunConfig) -> None:
    """Raises where the method cannot be used on these rows, or its models are not here."""
    method = method_of(config)
    if method.make is None:
        return
    if method.encodes(task_of_run(config).embeds):
        require_encoder(context.models.bundle)
    if task_of_run(config).embeds:
        _require_rows(context, config)
    method.check(context, config.settings)


def _require_rows(context: Context, config: RunConfig) -> None:
    """Raises where there are fewer rows than pairs; some of them may prove unreadable later."""
    own = config.settings
    parts = [own, *(getattr(own, name) for name in groups(type(own)))]
    shares = [each.drop_fraction for each in parts if isinstance(each, FilterConfig)]
    most = n_kept(context.n_rows, max(shares, default=0))
    if context.size > most:
        of = f"{most:,} rows that survive the filter" if shares else f"{most:,} rows"
        lower = ", lower drop_fraction" if shares else ""
        raise ConfigError(
            f"Cannot make {context.size:,} pairs from {of}; ask for 1 to {most:,}{lower}, or use "
            "more data."
        )
