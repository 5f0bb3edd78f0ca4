"""One way to open every dataset: the format of a folder is found by looking into it."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.errors import BadDataError, MissingDataError
from explorer.pipeline.datasets import (
    caption_table,
    coco,
    flickr_tokens,
    hub,
    imagefolder,
    karpathy,
    karpathy_original,
    parquet,
    shards,
    textfiles,
)
from explorer.pipeline.datasets.records import Reading, make_splits, take
from explorer.pipeline.datasets.splits import SPLITS
from explorer.scenes.world import open_scenes
from explorer.types import Dataset, Pairs

HELD_OUT = 0.1
"""Share of the train pictures that stands in for a split that is missing."""


class Format(NamedTuple):
    name: str
    layout: str  # what such a folder holds, for the message when nothing is recognised
    read: Callable[[Path], Reading | None]  # None where the folder is of another format


FORMATS = tuple(
    Format(each.NAME, each.LAYOUT, each.read)
    for each in (
        karpathy,
        karpathy_original,
        coco,
        imagefolder,
        flickr_tokens,
        shards,
        textfiles,
        parquet,
        caption_table,
    )
)
"""In the order in which they are tried: what says more about the splits comes first."""


class _Found(NamedTuple):
    format: str
    splits: dict[str, Pairs]  # those that are really there, train among them
    notes: list[str]  # sentences


def open_dataset(data: str) -> Dataset:
    """Opens `scenes`, the built-in world, a folder in any of `FORMATS`, or `hf:owner/name`.

    A val or test split that is missing is taken out of train, by a rule that never changes; the
    sentence in `found` says so, and what was left out.
    """
    if data == "scenes":
        return _scenes()
    found = _find(data)
    missing = [split for split in ("val", "test") if split not in found.splits]
    splits = _hold_out(found.splits, missing)
    sizes = "; ".join(
        f"{split} {pairs.n_images:,} pictures with {pairs.n_captions:,} captions"
        for split, pairs in splits.items()
    )
    sentences = [f"{found.format}: {sizes}.", *found.notes]
    if taken := [split for split in missing if split in splits]:
        names = " and ".join(taken).capitalize()
        sentences.append(f"{names} taken out of train, {HELD_OUT:.0%} each.")
    name = data.removeprefix("hf:") if data.startswith("hf:") else Path(data).resolve().name
    return Dataset(name=name, found=" ".join(sentences), splits=splits)


def read_splits(data: str) -> tuple[str, dict[str, Pairs]]:
    """The name of a dataset's format and the splits that are really in it, train among them."""
    found = _find(data)
    return found.format, found.splits


def _find(data: str) -> _Found:
    if data.startswith("hf:"):
        return _as_found(data, hub.NAME, hub.read(data))
    folder = Path(data).expanduser()
    if not folder.is_dir():
        raise MissingDataError(
            f"There is no folder {data!r}; give a folder, hf:owner/name or `scenes`."
        )
    for each in FORMATS:
        if reading := each.read(folder):
            return _as_found(data, each.name, reading)
    known = "; ".join(f"{each.name}: {each.layout}" for each in FORMATS)
    raise BadDataError(f"Nothing in {folder} looks like a dataset. Understood are: {known}.")


def _as_found(data: str, name: str, reading: Reading) -> _Found:
    splits = make_splits(reading)
    _check(data, splits)
    notes = list(reading.notes)
    if left_out := [f"{what} ({count:,})" for what, count in reading.left_out.items() if count]:
        notes.append(f"Left out: {', '.join(left_out)}.")
    return _Found(name, {split: splits[split] for split in SPLITS if split in splits}, notes)


@cache
def _scenes() -> Dataset:
    """Opened once per process: it never changes, and thinking it up takes a second or two."""
    return open_scenes()


def _check(data: str, splits: Mapping[str, Pairs]) -> None:
    if "train" not in splits:
        raise BadDataError(f"{data} has no train split, only {' and '.join(splits) or 'nothing'}.")
    for split, pairs in splits.items():
        if pairs.n_captions == 0:
            raise BadDataError(f"The {split} split of {data} has no captions.")


def _hold_out(splits: dict[str, Pairs], missing: list[str]) -> dict[str, Pairs]:
    """Makes missing splits from the train pictures whose hashed names come first."""
    train = splits["train"]
    size = round(train.n_images * HELD_OUT) or 1
    if not missing or train.n_images < 1 + len(missing):
        return splits
    hashes = [hashlib.sha256(name.encode()).digest() for name in train.image_names]
    order = np.array(sorted(range(train.n_images), key=hashes.__getitem__))
    parts = {
        split: np.sort(order[place * size : (place + 1) * size])
        for place, split in enumerate(missing)
    }
    parts["train"] = np.sort(order[len(missing) * size :])
    taken = {split: take(train, images) for split, images in parts.items()}
    return {split: taken.get(split, splits.get(split, train)) for split in SPLITS}
