"""The whole path in order, for whoever asks: the command line and the process of a run."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from explorer.config import MapConfig
from explorer.data.built_in import BUILT_IN
from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.data.shared_images import Shared
from explorer.errors import ConfigError
from explorer.explore.view import size_of
from explorer.models.bundles import bundle_advice
from explorer.progress import TimeIsUp
from explorer.runs.config import (
    RunConfig,
    as_written,
    fitted,
    method_of,
    prototypes_of,
    task_of_run,
    with_later,
)
from explorer.runs.opening import require_method, require_run, resolve
from explorer.runs.tables import per_network, upper_first
from explorer.runs.writing import Writing, keeps_best
from explorer.sets.card import ScoreTable, make_card, n_reused, words_per_caption
from explorer.sets.folder import IMPORTED, DistilledSet, Row
from explorer.steps.alike import alike_across, found_in, told
from explorer.steps.context import Context
from explorer.steps.maps import layout
from explorer.store.own import is_distilled
from explorer.tasks.items import ignore, write_items
from explorer.tasks.task import Evaluation, Trained


class Preparation(TypedDict):
    """What was prepared."""

    data: str
    found: str  # in the data, in words
    alike: dict[str, int]  # images of other splits that look like one of train
    n_images: int
    n_captions: int
    n_skipped: int  # images that cannot be read
    n_truncated: int  # captions that the encoder cut
    n_prototypes: int
    n_pairless: int  # of these
    n_reused_captions: int
    maps: list[str]
    key: str  # of the prototypes


class _OfPairs(TypedDict, total=False):
    """What is told of a set with captions alone."""

    n_pairless: int
    n_reused_captions: int
    words: float  # per caption
    similarity: float  # mean


class Made(_OfPairs):
    """A set that was made; of one that is all of train, nothing but what was scored."""

    data: str
    found: NotRequired[str]
    task: str
    method: str
    n_pairs: int
    n_bytes: NotRequired[int]  # that students learn from
    out: NotRequired[str]  # its folder


class MadeAndScored(Made):
    """And how it was scored."""

    evaluation: Evaluation


def prepare(
    opened: Context, config: RunConfig, map_config: MapConfig, spaces: tuple[str, ...]
) -> Preparation:
    """Embeds the train split, finds prototypes and lays out maps; returns a summary."""
    context = replace(opened, size=size_of(opened.dataset, config.size))
    found = context.find_prototypes(prototypes_of(config))
    embedded, found_alike = context.embedded(), _look_across(context, config)
    for space in spaces:
        step = layout(context.embed_key, map_config, space, context.embedded, context.store)
        if note := context.store.fetch(step, context.watcher.report("map")).note:
            context.watcher.say("map", note)
    return {
        "data": config.data,
        "found": _found(context, config),
        "alike": {each.split: each.n_images for each in found_alike},
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


def _look_across(context: Context, config: RunConfig) -> list[Shared]:
    """Images of other splits that look like one of train; of built-in data it is known."""
    if config.data in BUILT_IN or len(context.dataset.splits) < 2:
        return []
    step = alike_across(context.dataset, context.embedded)
    found = context.store.fetch(step, context.watcher.report("embed"))
    if found:
        context.watcher.say("embed", told(found))
    return found


def distill(
    opened: Context, config: RunConfig, folder: Path, checkpoints: Path | None = None
) -> Made:
    """Makes or finishes the set in `folder`; returns a summary.

    What is `opened` several sets may share. `checkpoints` gets the images of a set that is learned,
    as they were on the way.
    """
    method = method_of(config)
    if method.make is None:
        raise ConfigError(
            f"{config.method} takes every pair as it is, so there is no set to make; score it with "
            "`evaluate DATA --test DATA`, or in a sweep."
        )
    config = fitted(config, opened.dataset)
    context = resolve(opened, config)
    require_method(context, config)
    bundle = opened.models.bundle
    advice = bundle_advice(config.data, bundle, for_terminal=True)
    if method.models_of_classes and advice:
        context.watcher.say("embed", advice)
    rows = fill(context, config, DistilledSet(folder), checkpoints)
    return {
        "data": config.data,
        "found": _found(context, config),
        "task": config.task,
        "method": config.method,
        "n_pairs": len(rows),
        "n_bytes": DistilledSet(folder).n_bytes(),
        **_of_pairs(rows, config),
        "out": str(folder),
    }


def _of_pairs(rows: Sequence[Row], config: RunConfig) -> _OfPairs:
    if not task_of_run(config).embeds:
        return {}
    similarity = [row.similarity for row in rows]
    return {
        "n_pairless": sum(row.n_shared == 0 for row in rows),
        "n_reused_captions": n_reused([row.caption for row in rows]),
        "words": words_per_caption([row.caption for row in rows]),
        "similarity": round(sum(similarity) / len(similarity), 4),
    }


def fill(
    context: Context, config: RunConfig, target: DistilledSet, checkpoints: Path | None = None
) -> list[Row]:
    """Makes the set from where it stands: the one loop over the states of every method.

    One that is whole is looked through for damage, and nothing of it is made again.
    """
    method = method_of(config)
    assert method.make is not None, "a set is asked for"
    with target.held():
        about = _about(context, config)
        target.begin(about, lambda written: _as_now(written, about, config))
        writing = Writing(context, config, target, checkpoints)
        if target.is_whole:
            target.check()
            return writing.tell_whole()
        begun = target.read_state()
        for state in method.make(context, config.settings, begun):
            writing.take(state)
            is_new = begun is None or state.done > begun.done  # the first may be what was begun
            if is_new and state.done < state.total and context.until < time.monotonic():
                raise TimeIsUp(kept=True)
        assert state.done == state.total, "the last state is whole"
        rows = writing.finish(state.total)
        write_card(target, config, None)
        target.end()
        writing.forget()
    return rows


def _about(context: Context, config: RunConfig) -> dict[str, Any]:
    """Everything that decides a set, and a sentence about its source."""
    method = method_of(config)
    keys = [step.key for step in method.steps(context, config.settings)]
    values = {**config.as_json(), "found": _found(context, config)}
    del values["evaluation"]
    values["source"] = context.dataset.splits["train"].fingerprint
    if keeps_best(config, context):
        version = task_of_run(config).look_version
        own = {"version": version} if version > 1 else {}
        values["judge"] = {**config.as_json()["evaluation"], "n_seeds": None, **own}
    numbered = [] if method.version == 1 else [str(method.version)]
    values["plan"] = "-".join([method.name, *numbered, *keys])
    return as_written(values)


def _as_now(written: dict[str, Any], about: Mapping[str, Any], config: RunConfig) -> dict[str, Any]:
    """What decided a set as this version writes it; `about` is what would decide it now.

    The sentence about the source decides nothing, its fingerprint does; nor do settings of other
    methods. An earlier version told the source by the keys of what it computed from it.
    """
    told = {"found": about["found"]}
    if "settings" in written:
        kept = {name: v for name, v in written.items() if name != "others"}
        own = {"settings": with_later(written["settings"], type(config.settings))}
        if "judge" in written:
            own["judge"] = with_later(written["judge"], type(config.evaluation))
        return {**kept, **told, **own}
    known = about["plan"].split("-")[-1]
    same = {name: about[name] for name in ("source", "plan")} if known in written["plan"] else {}
    return {**settings_of(written), **told, **same}


def settings_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a set by what its config.json says, of whichever version."""
    beside = ("found", "source", "plan", "judge", "evaluation")
    if written["plan"] == IMPORTED:
        return {name: value for name, value in written.items() if name not in beside}
    own = {name: value for name, value in written.items() if name not in beside}
    about = RunConfig.from_json(own, written=True).as_json()
    del about["evaluation"]
    return as_written(about)


def _found(context: Context, config: RunConfig) -> str:
    """What is told of the source, and of what prototypes started from where they were to."""
    found = found_in(context.store, context.dataset)
    update = context.update(prototypes_of(config))
    return " ".join([found, *([str(context.subset)] if context.subset else []), update]).rstrip()


def make_and_score(
    opened: Context,
    config: RunConfig,
    folder: Path,
    checkpoints: Path | None = None,
    items: Path | None = None,
) -> MadeAndScored:
    """Makes or finishes the set in `folder` and scores it; returns a summary with `evaluation`.

    A method that takes every pair makes nothing: the train split is scored where it lies. `items`
    is the file that gets how each item of test fared.
    """
    keep = partial(write_items, items) if items else ignore
    makes = method_of(config).make is not None
    config = fitted(config, opened.dataset)
    context = require_run(opened, config)  # now, not after hours of work
    task = task_of_run(config)
    if not makes:
        source = Trained(opened.dataset.splits["train"], is_source=True, keep=keep)
        scores = task.evaluate(context, source, config.evaluation)
        return {
            "data": config.data,
            "task": task.name,
            "method": config.method,
            "n_pairs": task.n_rows(scores),
            "evaluation": scores,
        }
    result = distill(opened, config, folder, checkpoints)
    trained = open_trained(str(folder))._replace(keep=keep)
    scores = task.evaluate(context, trained, config.evaluation)
    write_card(DistilledSet(folder), config, scores)
    return {**result, "evaluation": scores}


def score(opened: Context, config: RunConfig, trained: Trained) -> Evaluation:
    """Evaluates a distilled set, or a train split, on the held-out splits of what is open."""
    task, config = task_of_run(config), fitted(config, opened.dataset)
    context = replace(opened, size=trained.split.n_images)
    task.require(context, config.evaluation)
    return task.evaluate(context, trained, config.evaluation)


def score_with_card(opened: Context, config: RunConfig, trained: Trained) -> Evaluation:
    """As `score`; the card of a distilled set tells the scores from then on."""
    result = score(opened, config, trained)
    if trained.folder:
        write_card(DistilledSet(trained.folder), config, result)
    return result


def open_trained(data: str) -> Trained:
    """A distilled set, every sample of it; or the train split of a dataset."""
    if not is_distilled(Path(data)):
        return Trained(open_dataset(data).splits["train"])
    target = DistilledSet(Path(data))
    target.check()
    _, splits = read_splits(data)
    return Trained(
        splits["train"], lambda: target.learned() or target.prototypes(), folder=target.folder
    )


def write_card(target: DistilledSet, config: RunConfig, result: Evaluation | None) -> None:
    """Writes the card of a set, with its scores where there are some."""
    task = task_of_run(config)
    table = None
    if result:
        networks = {
            name: [own[metric.name] for metric in task.metrics if metric.name in own]
            for name, own in task.scores(result).items()
        }
        told = f"{upper_first(task.told(result))}, {per_network(result['n_seeds'])}"
        table = ScoreTable(told, [metric.label for metric in task.metrics], networks)
    written = target.settings()
    about = {**settings_of(written), "found": written["found"]}
    target.write_card(make_card(about, target.rows(), task.unit, table))
