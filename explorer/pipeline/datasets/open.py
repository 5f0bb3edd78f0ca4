"""One way to open every dataset: the format of a folder is found by looking into it."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.pipeline.datasets import imagefolder, karpathy
from explorer.pipeline.datasets.records import take
from explorer.scenes.world import open_scenes
from explorer.types import Dataset, Pairs

SPLITS = ("train", "val", "test")
HELD_OUT = 0.1
"""Share of the train pictures that stands in for a split that is missing."""


class Format(NamedTuple):
    name: str
    layout: str  # what such a folder holds, for the message when nothing is recognised
    read: Callable[[Path], dict[str, Pairs] | None]  # None where the folder is of another format


FORMATS = (
    Format(karpathy.NAME, karpathy.LAYOUT, karpathy.read),
    Format(imagefolder.NAME, imagefolder.LAYOUT, imagefolder.read),
)


def open_dataset(data: str) -> Dataset:
    """Opens `scenes`, the built-in world, or a folder in any of `FORMATS`.

    A val or test split that is missing is taken out of train, by a rule that never changes; the
    sentence in `found` says so.
    """
    if data == "scenes":
        return _scenes()
    format_name, splits = read_splits(data)
    missing = [split for split in ("val", "test") if split not in splits]
    splits = _hold_out(splits, missing)
    sizes = "; ".join(
        f"{split} {pairs.n_images:,} pictures with {pairs.n_captions:,} captions"
        for split, pairs in splits.items()
    )
    found = f"{format_name}: {sizes}."
    if taken := [split for split in missing if split in splits]:
        found += f" {' and '.join(taken).capitalize()} taken out of train, {HELD_OUT:.0%} each."
    return Dataset(name=Path(data).resolve().name, found=found, splits=splits)


def read_splits(data: str) -> tuple[str, dict[str, Pairs]]:
    """The name of a folder's format and the splits that are really in it, train among them."""
    if data.startswith("hf:"):
        raise ConfigError(f"{data}: reading from the Hub is not available yet; name a folder.")
    folder = Path(data).expanduser()
    if not folder.is_dir():
        raise MissingDataError(f"There is no folder {data!r}; give a folder or `scenes`.")
    for each in FORMATS:
        if splits := each.read(folder):
            _check(folder, splits)
            return each.name, {split: splits[split] for split in SPLITS if split in splits}
    known = "; ".join(f"{each.name}: {each.layout}" for each in FORMATS)
    raise BadDataError(f"Nothing in {folder} looks like a dataset. Understood are: {known}.")


@cache
def _scenes() -> Dataset:
    """Opened once per process: it never changes, and thinking it up takes a second or two."""
    return open_scenes()


def _check(folder: Path, splits: Mapping[str, Pairs]) -> None:
    if "train" not in splits:
        raise BadDataError(f"{folder} has no train split, only {' and '.join(splits)}.")
    for split, pairs in splits.items():
        if pairs.n_captions == 0:
            raise BadDataError(f"The {split} split of {folder} has no captions.")


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
