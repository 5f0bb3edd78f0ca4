"""The whole path in order, for whoever asks: the command line and the process of a run."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from explorer.config import MapConfig, RunConfig
from explorer.errors import ConfigError
from explorer.models.bundles import choose_bundle
from explorer.models.parts import require_backbones, require_decoder, require_encoder
from explorer.pipeline.datasets.open import open_dataset, read_splits
from explorer.pipeline.distilled import DistilledSet, is_distilled, make_card, n_reused
from explorer.pipeline.methods import find_method
from explorer.pipeline.progress import Measured
from explorer.pipeline.rates import Rates, drawing_key
from explorer.pipeline.stages.embed import embed
from explorer.pipeline.stages.embedded import Embedded
from explorer.pipeline.stages.evaluate import Trainable, evaluate
from explorer.pipeline.stages.maps import map_layout
from explorer.pipeline.stages.prototypes import prototypes
from explorer.pipeline.stages.synthesize import Emit, synthesize
from explorer.pipeline.store import Store
from explorer.pipeline.studio import Studio
from explorer.pipeline.subset import find_subset, restrict
from explorer.types import Dataset, Pairs, Report

_SHOWN = 20  # skipped pictures that are listed one by one


class Watcher(Protocol):
    """Who is told what happens."""

    def report(self, stage: str) -> Report:
        """Takes the progress of a stage."""

    def emit(self, stage: str) -> Emit:
        """Takes the pictures and the curves of a stage."""

    def say(self, stage: str, text: str) -> None:
        """Takes a line that should be kept."""


class Opened(NamedTuple):
    """What a run works with; the sets of a sweep share one."""

    dataset: Dataset
    studio: Studio


def open_all(config: RunConfig, device: str, watcher: Watcher, stage: str) -> Opened:
    """Opens the dataset, which `stage` tells of; models are loaded when they are first used."""
    watcher.report(stage)(0.0, f"Opening {config.data}")
    dataset = open_dataset(config.data)
    watcher.say(stage, dataset.found)
    return Opened(dataset, Studio(choose_bundle(config), device))


def prepare(
    store: Store,
    config: RunConfig,
    map_config: MapConfig,
    spaces: tuple[str, ...],
    device: str,
    watcher: Watcher,
) -> dict[str, Any]:
    """Embeds the train split, finds prototypes and lays out maps; returns a summary."""
    dataset, _ = open_all(config, device, watcher, "embed")
    embedded = _embed(store, dataset, config, device, watcher)
    found = prototypes(store, embedded, config.prototypes, watcher.report("prototypes"))
    for space in spaces:
        entry = map_layout(store, embedded, map_config, space, watcher.report("map"))
        if entry.notes["note"]:
            watcher.say("map", entry.notes["note"])
    return {
        "data": config.data,
        "found": dataset.found,
        "n_images": len(embedded.image),
        "n_captions": len(embedded.caption),
        "n_skipped": len(embedded.skipped),
        "n_truncated": embedded.n_truncated,
        "n_prototypes": len(found.prototypes.image),
        "n_pairless": int((found.prototypes.n_shared == 0).sum()),
        "n_reused_captions": n_reused([embedded.captions[int(m)] for m in found.chosen_caption]),
        "maps": list(spaces),
        "key": found.key,
    }


def distill(
    store: Store,
    config: RunConfig,
    folder: Path,
    device: str,
    watcher: Watcher,
    opened: Opened | None = None,
) -> dict[str, Any]:
    """Makes or finishes the set in `folder`; returns a summary.

    Whoever makes several sets gives what they share as `opened`; otherwise it is opened here.
    """
    method = find_method(config.method)
    if method.plan is None:
        raise ConfigError(
            f"{config.method} takes every pair as it is, so there is no set to make; score it with "
            "`evaluate DATA --test DATA`, or in a sweep."
        )
    require_method(config)
    dataset, studio = opened or open_all(config, device, watcher, "embed")
    train, found = dataset.splits["train"], dataset.found
    subset = find_subset(store, train, config.subset) if config.subset else None
    embedded = _embed(store, dataset, config, device, watcher)
    if subset:
        embedded, found = restrict(embedded, subset), f"{found} {subset}"
    plan = method.plan(store, embedded, config, watcher.report("prototypes"))
    target = DistilledSet(folder)
    report, emit = watcher.report("synthesize"), watcher.emit("synthesize")
    with target.held():
        target.begin(config, plan.key, found)
        rows, measured = synthesize(target, plan, train, studio, config, report, emit)
        target.write_card(make_card(target.settings(), rows, result=None))
    _note_rate(store, config, device, measured)
    return {
        "data": config.data,
        "found": found,
        "method": config.method,
        "n_pairs": len(rows),
        "n_pairless": sum(row.n_shared == 0 for row in rows),
        "n_reused_captions": n_reused([row.caption for row in rows]),
        "similarity": round(sum(row.similarity for row in rows) / len(rows), 4),
        "out": str(folder),
    }


def _note_rate(store: Store, config: RunConfig, device: str, measured: Measured) -> None:
    """Keeps what pictures took, so that the cost of the next set can be told beforehand."""
    if find_method(config.method).draws:
        models = drawing_key(choose_bundle(config), config.synthesis, device)
        n_steps = measured.n * config.synthesis.steps
        Rates(store).note("draw", models, measured._replace(n=n_steps))
    else:
        Rates(store).note("copy", "", measured)


def make_and_score(
    store: Store,
    config: RunConfig,
    folder: Path,
    device: str,
    watcher: Watcher,
    opened: Opened | None = None,
) -> dict[str, Any]:
    """Makes or finishes the set in `folder` and scores it; returns a summary with `evaluation`.

    A method that takes every pair makes nothing: the train split is scored where it lies.
    """
    require_scoring(config)  # now, not after hours of drawing
    require_method(config)
    makes = find_method(config.method).plan is not None
    opened = opened or open_all(config, device, watcher, "embed" if makes else "evaluate")
    if not makes:
        all_pairs = Trainable(opened.dataset.splits["train"], None)
        # A pair that is nobody's prototype is its own: its caption's embedding is both texts.
        own = replace(config, evaluation=replace(config.evaluation, text="caption"))
        scores = _score(store, own, all_pairs, opened, watcher)
        about = {"data": config.data, "method": config.method, "n_pairs": scores["n_pairs"]}
        return {**about, "evaluation": scores}
    result = distill(store, config, folder, device, watcher, opened)
    made = open_trainable(str(folder), config.evaluation.text)
    scores = _score(store, config, made, opened, watcher)
    target = DistilledSet(folder)
    target.write_card(make_card(target.settings(), target.rows(), scores))
    return {**result, "evaluation": scores}


def require_method(config: RunConfig) -> None:
    """Raises where the method cannot be used on these rows, or its models are not here."""
    method, bundle = find_method(config.method), choose_bundle(config)
    if method.plan is None:
        if config.subset:
            raise ConfigError(f"{config.method} takes every pair, so it cannot take a subset.")
        return
    require_encoder(bundle)
    if method.draws:
        require_decoder(bundle, config.synthesis, method.draws.from_prototypes)


def score(
    store: Store, config: RunConfig, trained_on: str, test: str, device: str, watcher: Watcher
) -> dict[str, Any]:
    """Evaluates a distilled set, or the train split of any dataset, on held-out splits."""
    require_scoring(config)
    trainable = open_trainable(trained_on, config.evaluation.text)
    opened = Opened(open_dataset(test), Studio(choose_bundle(config), device))
    return _score(store, config, trainable, opened, watcher)


def _score(
    store: Store, config: RunConfig, trainable: Trainable, opened: Opened, watcher: Watcher
) -> dict[str, Any]:
    return evaluate(
        store,
        trainable,
        opened.dataset,
        opened.studio,
        config.evaluation,
        watcher.report("evaluate"),
        watcher.emit("evaluate"),
    )


def require_scoring(config: RunConfig) -> None:
    """Raises where models that `score` needs are not on this machine."""
    bundle = choose_bundle(config)
    require_encoder(bundle)
    require_backbones(config.evaluation.backbones or bundle.backbones)


def open_trainable(data: str, text: str) -> Trainable:
    """A distilled set, every pair of it; or the train split of a dataset.

    Args:
        data: What `open_dataset` opens.
        text: What students will read: the stored "caption", or the stored "prototype".
    """
    if not is_distilled(Path(data)):
        return Trainable(open_dataset(data).splits["train"], None)
    _, splits = read_splits(data)
    if text == "caption":
        return Trainable(splits["train"], None)
    return Trainable(splits["train"], DistilledSet(Path(data)).read_prototypes()["caption"])


def _embed(
    store: Store, dataset: Dataset, config: RunConfig, device: str, watcher: Watcher
) -> Embedded:
    report = watcher.report("embed")
    train: Pairs = dataset.splits["train"]
    embedded = embed(store, train, choose_bundle(config), device, report)
    if skipped := embedded.skipped:
        watcher.say("embed", f"{len(skipped):,} pictures cannot be read and are left out:")
        for line in skipped[:_SHOWN]:
            watcher.say("embed", line)
    if embedded.n_truncated:
        watcher.say(
            "embed",
            f"{embedded.n_truncated:,} captions are longer than the encoder reads; their ends are "
            "cut.",
        )
    return embedded
