"""The program from Python: what the command line does, answered with arrays and data frames.

Settings are named as on the command line, with `_` for `-`. Everything is kept in `cache` and found
there again, by the page as well.
"""

import argparse
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from explorer.commands.options import EVALUATION, read_run
from explorer.commands.terminal import Terminal
from explorer.config import MapConfig, PrototypeConfig, SynthesisConfig
from explorer.core import columns as cells
from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.explore import previews
from explorer.explore.columns import all_columns, of_captions
from explorer.explore.dataset import Prepared, find_prepared
from explorer.explore.query import find_rows
from explorer.explore.search import find_images
from explorer.methods.base import Method
from explorer.methods.registry import all_methods, find_method, methods_for, usual_methods
from explorer.methods.ways import method_of_way, varied
from explorer.models.loaded import Models
from explorer.progress import NOBODY, Watcher
from explorer.runs import distill as distilling
from explorer.runs import sweep as sweeping
from explorer.runs.config import RunConfig, SweepConfig, view_of
from explorer.runs.launcher import Runs
from explorer.runs.opening import open_run
from explorer.sets.folder import DistilledSet
from explorer.settings import Settings, every_setting, is_text
from explorer.store.own import is_distilled
from explorer.store.store import Store
from explorer.tasks.registry import TASKS, task_of, task_of_split
from explorer.tasks.task import Task

if TYPE_CHECKING:
    from pandas import DataFrame

    from explorer.ui.notebook import Shown


def prepare(
    data: str = "scenes",
    n_prototypes: int = 100,
    *,
    cache: str | Path = "cache",
    spaces: Sequence[str] = ("image",),
    verbose: bool = True,
    **settings: Any,
) -> Prepared:
    """Embeds the train split, finds prototypes and lays out maps; or finds them done.

    Args:
        data: As on the command line: "scenes", a folder, "hf:owner/name".
        n_prototypes: K.
        cache: The folder of all results.
        spaces: Maps to lay out: of "image", "caption" and "both".
        verbose: Whether progress goes to stderr.
        settings: Of prototypes, and `bundle`, `encoder`, `decoder`, `revision`.

    Returns:
        Embeddings `image` (N, D), `caption` (M, D), `image_of_caption` (M,), `captions`, `names`,
        `prototypes` (see `Prototypes`), `layout("image")` (N, 2) and more.
    """
    task = TASKS[RunConfig.task]
    method = methods_for(task.name)[0]
    named = _named(settings, PrototypeConfig, method.name)
    config = _read(task, method, data, named, n_prototypes)
    store, maps = Store(_path(cache)), _listed(spaces)
    opened = open_run(store, config, "auto", _watcher(verbose), "embed")
    distilling.prepare(opened, config, MapConfig(), maps)
    found = find_prepared(store, view_of(config))
    assert found is not None, "it was just prepared"
    return found


def rows(prepared: Prepared, where: str = "") -> "DataFrame":
    """A row per caption, or of those that a condition holds for, such as 'similarity < 0.1'.

    Returns:
        `image`, `file`, `caption`, `prototype` (from 0, -1 for none), `similarity` (cosine of image
        and caption), `is_kept` (False where it was dropped before clustering); what else the page
        knows of rows, such as the columns of the data; `tags`, a list each. The index is the
        number of the row.
    """
    from pandas import DataFrame

    _require_texts(where)
    names = np.array(list(prepared.names), dtype=object)
    frame = DataFrame(
        {
            "image": prepared.image_of_caption,
            "file": names[prepared.image_of_caption],
            "caption": list(prepared.captions),
            "prototype": prepared.prototype_of_caption,
            "similarity": prepared.similarity,
            "is_kept": prepared.is_kept,
        }
    )
    for name, about in all_columns(prepared.store, prepared).items():
        if about.is_there and name not in (*frame.columns, "kept"):
            frame[name] = cells.to_list(of_captions(about.read(), prepared))
    if "tags" not in frame:
        frame["tags"] = [[] for _ in range(len(frame))]
    return frame.loc[find_rows(prepared.store, prepared, where)] if where else frame


def points(prepared: Prepared, space: str = "image") -> "DataFrame":
    """A row per point of a map: `x`, `y`; of images also `file` and `prototype`."""
    from pandas import DataFrame

    place = prepared.layout(space)
    if place is None:
        raise ConfigError(f"There is no map of {space!r} yet; prepare it with spaces=({space!r},).")
    frame = DataFrame({"x": place[:, 0], "y": place[:, 1]})
    if space == "image":
        frame["file"], frame["prototype"] = list(prepared.names), prepared.prototype_of_image
    return frame


def show(prepared: Prepared, *, port: int | None = None, height: int = 860) -> "Shown":
    """Serves the page with this map, on this machine alone; a notebook shows it in a frame.

    It works on the same cache: rows that are tagged there come with their `tags` from `rows`, edits
    from `prepare`, and runs from `list_runs`.

    Args:
        prepared: What to show.
        port: To listen on; the first that is free from 7860 on where none is named.
        height: Of the frame, in pixels.

    Returns:
        The page, with its `address`, and `close`.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read by Gradio when it is imported
    from explorer.ui.notebook import serve

    return serve(prepared, port, height)


def search(prepared: Prepared, query: str | Image.Image, n: int = 20) -> "DataFrame":
    """The n images most like words or an image, by CLIP: `image`, `file`, `caption`, `similarity`.

    Of the captions of an image the one most like the query is given.
    """
    from pandas import DataFrame

    models = Models(prepared.config.models)
    if not isinstance(query, Image.Image):
        _require_texts(query)
        embedded = models.encoder.embed_captions([query])[0]
    else:
        embedded = models.embed_images([query.convert("RGB")])[0]
    found = find_images(prepared, embedded, n)
    image = prepared.image_of_caption[found.shown]
    return DataFrame(
        {
            "image": image,
            "file": [prepared.names[int(i)] for i in image],
            "caption": [prepared.captions[int(m)] for m in found.shown],
            "similarity": found.similarity,
        }
    )


def generate(
    prepared: Prepared, prototype: int, n: int = 1, *, cache: str | Path = "cache", **settings: Any
) -> list[Image.Image]:
    """Generates n images of a prototype (from 0); the first is what a set would hold.

    `settings` are those of drawing, such as `steps` and `seed`; the bundle's own where not named.
    """
    if not isinstance(prototype, int | np.integer) or not 0 <= prototype < prepared.n_prototypes:
        raise ConfigError(
            f"There are {prepared.n_prototypes} prototypes, from 0; there is no {prototype!r}."
        )
    bundle = prepared.config.models
    _require_known(settings, SynthesisConfig, "Drawing")
    how = SynthesisConfig(**{**vars(bundle.synthesis), **settings})
    asked = previews.subject(prepared, prototype)
    drawn = previews.draw(Store(_path(cache)), Models(bundle), asked, how, n)
    return [Image.open(io.BytesIO(each.png)) for each in drawn]


def distill(
    data: str,
    out: str | Path,
    size: int | None = None,
    *,
    method: str = "",
    cache: str | Path = "cache",
    verbose: bool = True,
    **settings: Any,
) -> DistilledSet:
    """Makes a distilled set in the folder `out`, or goes on with it.

    Args:
        data: As in `prepare`, or data with classes.
        out: The folder.
        size: Pairs, or images per class; the task's usual size where none is said.
        method: A name of `list_methods`; the first of the task where none is said.
        cache: As in `prepare`.
        verbose: As in `prepare`.
        settings: Of the method, and the models as in `prepare`.
    """
    _require_texts(data, method)
    task, folder = task_of(open_dataset(data)), _path(out)
    chosen = find_method(method or usual_methods(task.name)[0])
    config = _read(task, chosen, data, _named(settings, chosen.config, chosen.name), size)
    opened = open_run(Store(_path(cache)), config, "auto", _watcher(verbose))
    distilling.distill(opened, config, folder)
    return DistilledSet(folder)


def evaluate(
    made: DistilledSet | str | Path,
    test: str = "scenes",
    *,
    cache: str | Path = "cache",
    verbose: bool = True,
    **settings: Any,
) -> "DataFrame":
    """Trains students on a set, or on a dataset, and scores them on test.

    Returns:
        A row per network and metric: `network`, `metric`, `mean` in its unit, and `half` of the
        95 % interval over students. `frame.attrs["result"]` is all that is known.
    """
    from pandas import DataFrame

    data = str(made.folder if isinstance(made, DistilledSet) else _path(made))
    _require_texts(test)
    trained = distilling.open_trained(data)
    task = task_of_split(trained.split, data)
    named = _named(settings, task.config, "The evaluation", EVALUATION)
    config = _read(task, methods_for(task.name)[0], data, named)
    store, on = Store(_path(cache)), replace(config, data=test)
    opened = open_run(store, on, "auto", _watcher(verbose), "evaluate")
    result = distilling.score_with_card(opened, config, trained)
    scores = [
        {"network": network, "metric": metric, "mean": mean, "half": half}
        for network, own in task.scores(result).items()
        for metric, (mean, half) in own.items()
    ]
    frame = DataFrame(scores)
    frame.attrs["result"] = result
    return frame


def sweep(
    data: str,
    out: str | Path,
    methods: Sequence[str] = (),
    sizes: Sequence[int] = (),
    n_sets: int = 5,
    *,
    vary: str = "",
    cache: str | Path = "cache",
    verbose: bool = True,
    **settings: Any,
) -> "DataFrame":
    """Makes and scores sets of every method and size; what is in `out` is not done again.

    `vary` sweeps settings as well: "guidance = 1, 2, 5; steps = 5, 20".

    Returns:
        A row per network, method and size: `n_sets`, and of each metric and of `headline` the mean
        over sets with `half` of its 95 % interval; `lead` is how far the first method is ahead.
    """
    from pandas import DataFrame

    ways = _listed(methods)
    _require_texts(data, vary, *ways)
    task = task_of(open_dataset(data))
    names = varied(ways or usual_methods(task.name), vary)
    plan = SweepConfig(methods=names, n_pairs=_listed(sizes) or task.usual_sizes, n_sets=n_sets)
    named = _named(settings, task.config, "The evaluation", EVALUATION)
    config = _read(task, method_of_way(names[0]), data, named)
    opened = open_run(Store(_path(cache)), config, "auto", _watcher(verbose), "sweep")
    result = sweeping.sweep(opened, config, plan, _path(out))
    return DataFrame([_flat(row) for row in result["rows"]])


def open_set(folder: str | Path) -> DistilledSet:
    """A distilled set: `rows()`, `read_prototypes()`, `learned()`, `settings()`; see `pairs`."""
    if not is_distilled(_path(folder)):
        raise ConfigError(f"There is no distilled set in {folder}.")
    return DistilledSet(_path(folder))


def pairs(made: DistilledSet) -> "DataFrame":
    """The lines of a set: `file_name`, `caption` or `label`, `prototype`, `seed` ..."""
    from pandas import DataFrame

    return DataFrame([row.as_json() for row in made.rows()])


def list_methods() -> "DataFrame":
    """Every method: `name`, `label`, `family`, `tasks`, `paper`, `about`."""
    from pandas import DataFrame

    columns = ("name", "label", "family", "tasks", "paper", "about")
    return DataFrame([{c: getattr(each, c) for c in columns} for each in all_methods().values()])


def list_runs(cache: str | Path = "cache") -> "DataFrame":
    """The runs that were started from the page, newest first."""
    from pandas import DataFrame

    found = Runs(_path(cache))
    return DataFrame(
        {
            "run": run.id,
            "name": run.label.name,
            "data": run.job.config.data,
            "method": run.job.config.method,
            "size": run.job.config.size,
            "state": run.status.state,
            "folder": str(found.folder / run.id),
        }
        for run in found.list_runs("distill", "sweep")
    )


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a sweep's table, each interval in two columns."""
    intervals = {"headline": row["mean"], "lead": row["lead"] or (None, None), **row["scores"]}
    flat = {name: row[name] for name in ("network", "method")}
    flat |= {"size": row["n_pairs"], "n_sets": row["n_sets"]}
    for name, (mean, half) in intervals.items():
        flat |= {name: mean, f"{name}_half": half}
    return flat


def _require_texts(*given: object) -> None:
    for each in given:
        if not is_text(each):
            raise ConfigError(f"Names and conditions must be texts, got {each!r}.")


def _path(given: object) -> Path:
    if not isinstance(given, str | Path) or not is_text(str(given)):
        raise ConfigError(f"Folders must be texts or paths, got {given!r}.")
    return Path(given)


def _listed(given: Iterable[Any]) -> tuple[Any, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ConfigError(f"Several must be a list, got {given!r}.")
    return tuple(given)


def _watcher(verbose: bool) -> Watcher:
    return Terminal() if verbose else NOBODY


def _named(
    settings: Mapping[str, Any], kind: type[Settings], whose: str, scope: str = ""
) -> dict[str, Any]:
    """Models, and settings of `kind`, under the names that the options of the command line have."""
    _require_known([name for name in settings if name not in _MODELS], kind, whose)
    _require_texts(*(value for name, value in settings.items() if name in _MODELS))
    return {name if name in _MODELS else scope + name: v for name, v in settings.items()}


def _require_known(names: Iterable[str], kind: type[Settings], whose: str) -> None:
    own = {each.name for each in every_setting(kind)}
    for name in names:
        if name not in own:
            raise ConfigError(f"{whose} has no setting {name!r}; it has {', '.join(sorted(own))}.")


_MODELS = {"bundle": RunConfig.bundle, "encoder": "", "decoder": "", "revision": ""}


def _read(
    task: Task, method: Method, data: str, named: Mapping[str, Any], size: int | None = None
) -> RunConfig:
    """A run of what was named, read as the command line reads its options."""
    sizes = {"per_class" if task.per_class else "size": size}
    options = argparse.Namespace(**{"data": data, **_MODELS, **sizes, **named})
    return read_run(options, task, method)
