"""From records to splits whose images have classes, and maybe captions and masks, too."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from unicodedata import normalize

import numpy as np
from PIL import Image

from explorer.core.columns import IMAGE
from explorer.data.doubtful_classes import doubts
from explorer.data.growing import Growing, open_of, stored_of
from explorer.data.left_out import LeftOut, encodable, shortened
from explorer.data.pixels import as_mask
from explorer.data.records import Reading, Source
from explorer.types import Labelled, Split

_NUMBER = re.compile(r"-?[0-9]+")


def labelled_splits(
    splits: Mapping[str, Growing], reading: Reading, stamp: Callable[[Any], str]
) -> dict[str, Labelled]:
    """Splits with classes: those of all splits, as they are numbered, or else by name."""
    without = sum(len(split.place) - len(split.label) for split in splits.values())
    reading.left_out["images without a label"] += without
    if reading.mask_of is not None:
        for split in splits.values():
            _require_all(split, reading.mask_of, reading.left_out)
    found = {label for split in splits.values() for label in split.label.values()}
    named = [*map(_normal, reading.classes)]
    given = [name for name in named if name in found]
    classes = [*given, *sorted(found.difference(given), key=_class_order)]
    number = {label: c for c, label in enumerate(classes)}
    reading.notes.extend((*doubts(classes, named), *_strangers(splits)))
    return {
        name: _as_labelled(split, reading, stamp, classes, number)
        for name, split in splits.items()
        if split.label
    }


def _require_all(split: Growing, mask_of: Callable[[Any], Any], left_out: LeftOut) -> None:
    """Takes the label from images without a caption or a mask, which are counted."""
    for name in [*split.label]:
        captions = split.captions[name]
        is_masked = mask_of(split.place[name]) is not None
        if not (captions and is_masked):
            left_out.add(f"images without a {'mask' if captions else 'caption'}", name)
            del split.label[name]
        elif further := captions[1:]:
            left_out.add("captions behind the first of an image with a class", name, len(further))


def _strangers(splits: Mapping[str, Growing]) -> Iterator[str]:
    """A sentence on each split with classes that no image of train has."""
    known = set(splits["train"].label.values()) if "train" in splits else set()
    for name, split in splits.items():
        others = sorted(set(split.label.values()) - known, key=_class_order)
        if known and others:
            listed = shortened(", ".join(others))
            yield f"Classes of {name} without an image in train: {len(others):,} ({listed})."


def _class_order(label: str) -> tuple[bool, int, str]:
    """Numbers come first, 2 before 10."""
    is_number = label.isascii() and label.isdigit() and len(label) < 19
    return not is_number, int(label) if is_number else 0, label


def _as_labelled(
    split: Growing,
    reading: Reading,
    stamp: Callable[[Any], str],
    classes: Sequence[str],
    number: Mapping[str, int],
) -> Labelled:
    names = list(split.label)
    places = [split.place[name] for name in names]
    digest = hashlib.sha256("\0".join(classes).encode())
    for name, place in zip(names, places, strict=True):
        digest.update(f"{name}\0{split.label[name]}\0{stamp(place)}\0".encode())
    captions = masks = None
    if reading.mask_of is not None:
        captions = [split.captions[name][0] for name in names]
        digest.update("".join(f"{each}\0" for each in captions).encode())
        where = [reading.mask_of(place) for place in places]
        masks = _as_masks(names, where, reading.source)
    return Labelled(
        columns=split.columns(IMAGE, [split.first_row[name] for name in names]),
        labels=np.array([number[split.label[name]] for name in names], dtype=np.int64),
        classes=classes,
        image_names=names,
        open_image=partial(open_of, reading.source, places),
        stored=stored_of(reading.source, places),
        fingerprint=digest.hexdigest()[:24],
        captions=captions,
        masks=masks,
    )


def _as_masks(names: Sequence[str], places: Sequence[Any], source: Source) -> Split:
    told = "".join(f"{n}\0{source.stamp(place)}\0" for n, place in zip(names, places, strict=True))
    return Split(
        image_names=names,
        open_image=partial(_open_mask, source, places),
        fingerprint=hashlib.sha256(told.encode()).hexdigest()[:24],
    )


def _open_mask(source: Source, places: Sequence[Any], i: int) -> Image.Image:
    return as_mask(source.open(places[i]))


def class_called(label: str, reading: Reading) -> str:
    """The name of a class that may be told by its number; "" where there is none, or no text."""
    if label and not any(map(str.isprintable, label)):  # a number as a raw byte, say
        reading.left_out.add("labels that are no text", repr(label))
        return ""
    if not reading.classes or not _NUMBER.fullmatch(label):
        return _normal(label)
    number = int(label) if len(label) < 10 else -1
    if 0 <= number < len(reading.classes):
        return _normal(reading.classes[number])
    reading.left_out.add("labels that are no number of a class", label)
    return ""


def _normal(label: str) -> str:
    return normalize("NFC", encodable(label))
