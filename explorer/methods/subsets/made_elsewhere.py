"""A set that somebody else made, taken as it is: to be looked at, scored and compared like ours."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.data.found import read_splits
from explorer.errors import ConfigError, MissingDataError
from explorer.methods.base import Method
from explorer.progress import Report
from explorer.sets.elsewhere import read_elsewhere, sentences_beside, tensor_files
from explorer.sets.folder import DistilledSet
from explorer.settings import Settings, setting
from explorer.steps.context import Context
from explorer.steps.embeddings import nearest_texts
from explorer.store.digests import file_digest
from explorer.store.own import is_distilled
from explorer.store.step import Computed, Step
from explorer.types import Pairs, Samples, State


class ElsewhereSettings(Settings):
    """Which set."""

    path: str = setting(
        "Set made elsewhere",
        "Folder of a set that `import` or this program wrote; tensors (.pt) of LoRS, RepBlend, "
        "PTM-ST or MDM; or the folder of MTT-VL.",
        default="",
        opens=True,
    )


def make(context: Context, settings: ElsewhereSettings, state: State | None) -> Iterator[State]:
    """The set in one step."""
    report = context.watcher.report("synthesize")
    report(0.0, "Reading the set")
    samples = _samples(context, _place(settings))
    texts = samples.texts
    assert texts is not None
    _require_size(context, len(texts))
    yield State(done=1, total=1, samples=lambda: samples)
    report(1.0, f"{len(texts):,} pairs read")


def _place(settings: ElsewhereSettings) -> Path:
    if not settings.path:
        raise ConfigError("Name the set that was made elsewhere: its folder or file (path).")
    path = Path(settings.path).expanduser()
    if not path.exists():
        raise MissingDataError(f"There is no set at {settings.path}.")
    return path


def _files(path: Path) -> list[Path]:
    """What decides the set."""
    if is_distilled(path):
        folders = (path, path / "train")
        kept = [each for folder in folders for each in folder.iterdir() if each.is_file()]
        return sorted(each for each in kept if each.name not in ("README.md", "config.json"))
    if files := tensor_files([path]):
        return files
    raise ConfigError(
        f"{path.name} holds no set that is known here; `import` reads folders of images with "
        "captions, and several files of subsets."
    )


def _samples(context: Context, path: Path) -> Samples:
    if is_distilled(path):
        return _of_folder(path)
    files = tensor_files([path])
    found = read_elsewhere(files, sentences_beside(files)).samples
    return found if found.texts is not None else _with_nearest(context, found)


def _of_folder(path: Path) -> Samples:
    target = DistilledSet(path)
    target.check()
    pairs, rows = read_splits(str(path))[1]["train"], target.rows()
    if not isinstance(pairs, Pairs):
        raise ConfigError(f"{path.name} has classes; a set of pairs has captions.")
    learned = target.learned() or target.prototypes() or Samples()
    images = learned.images
    if not isinstance(images, np.ndarray):
        images = [pairs.open_image(i) for i in range(pairs.n_images)]
    kept = {name: [getattr(row, name) for row in rows] for name in ("n_shared", "similarity")}
    return replace(learned, images=images, texts=[row.caption for row in rows], columns=kept)


def _with_nearest(context: Context, found: Samples) -> Samples:
    """With the captions of the data that are nearest to its embeddings."""
    embedded, own = context.embedded(), found.text_embeddings
    assert own is not None
    if own.shape[1] != embedded.caption.shape[1]:
        raise ConfigError(
            f"The set has no captions, and its text embeddings are {own.shape[1]} wide where those "
            f"of these models are {embedded.caption.shape[1]}; `import` takes captions from a file."
        )
    return replace(found, texts=nearest_texts(own, embedded))


def _require_size(context: Context, n: int) -> None:
    if n != context.size:
        raise ConfigError(f"That set has {n:,} pairs, not {context.size:,}; ask for as many.")


def check(context: Context, settings: ElsewhereSettings) -> None:
    """The set is there, and as large as is asked for."""
    path = _place(settings)
    _files(path)
    if is_distilled(path):
        _require_size(context, len(DistilledSet(path).rows()))


def builds_on(context: Context, settings: ElsewhereSettings) -> Sequence[Step[Any]]:
    """What the files hold; nothing is kept of it but its key."""
    digests = [file_digest(path) for path in _files(_place(settings))]

    def nothing(scratch: Path, report: Report) -> Computed:
        return Computed({})

    return [Step("made-elsewhere", 1, {"files": digests}, nothing, lambda entry: None)]


METHOD = Method(
    name="made-elsewhere",
    label="A set that was made elsewhere",
    family="subsets",
    about="The pairs of a set that somebody else made, with all that was learned.",
    config=ElsewhereSettings,
    learns=True,
    stages=("synthesize",),
    make=make,
    check=check,
    steps=builds_on,
)
