"""One way to open every dataset, with all three splits."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from explorer.data.built_in import BUILT_IN, built_in
from explorer.data.found import Found, look_into
from explorer.data.parts import take
from explorer.data.shared_images import AT_ONCE, Shared, shared_images
from explorer.data.splits import SPLITS
from explorer.types import Dataset, Labelled, Pairs, Split

HELD_OUT = 0.1
"""Share of the train images that stands in for a split that is missing."""


def open_dataset(data: str) -> Dataset:
    """Opens built-in data, a folder in any of `FORMATS`, or `hf:owner/name`.

    A val or test split that is missing is taken out of train, by a rule that never changes; the
    sentence in `found` says so, and what was left out.
    """
    if data in BUILT_IN:
        return built_in(data)
    return as_dataset(data, look_into(data))


def as_dataset(data: str, found: Found) -> Dataset:
    """A dataset with all three splits, and what is to be said of it."""
    missing = [split for split in ("val", "test") if split not in found.splits]
    splits = _hold_out(found.splits, missing)
    sizes = "; ".join(f"{name} {_size(split)}" for name, split in splits.items())
    sentences = [f"{found.format}: {sizes}.", *found.notes]
    if taken := [split for split in missing if split in splits]:
        names = " and ".join(taken).capitalize()
        sentences.append(f"{names} taken out of train, {HELD_OUT:.0%} each.")
    shared = find_shared(found, splits, AT_ONCE)
    unknown = ["Whether splits share images was not looked for; `inspect` does."]
    sentences += unknown if shared is None else [each.told() for each in shared]
    name = data.removeprefix("hf:") if data.startswith("hf:") else Path(data).resolve().name
    return Dataset(name=name, found=" ".join(sentences), splits=splits)


def find_shared(
    found: Found, splits: Mapping[str, Split], most: int | None = None
) -> list[Shared] | None:
    """Images that splits share: those that are really there, and then those taken out of train."""
    shared = shared_images(found.splits, most)
    taken = {name: each for name, each in splits.items() if name not in found.splits}
    if shared is None or not taken:
        return shared
    within = shared_images({"train": splits["train"], **taken}, most)
    return None if within is None else shared + within


def _size(split: Split) -> str:
    if isinstance(split, Labelled):
        return f"{split.n_images:,} images of {len(split.classes):,} classes"
    assert isinstance(split, Pairs)
    return f"{split.n_images:,} images with {split.n_captions:,} captions"


def _hold_out(splits: dict[str, Split], missing: list[str]) -> dict[str, Split]:
    """Makes missing splits from the train images whose hashed names come first."""
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
