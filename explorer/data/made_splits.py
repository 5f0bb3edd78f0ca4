"""From records to splits."""

import hashlib
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from explorer.core import columns as cells
from explorer.core.columns import CAPTION
from explorer.data.captions import Cleaning
from explorer.data.growing import Growing, Stamps, open_of, stored_of
from explorer.data.left_out import encodable
from explorer.data.made_classes import class_called, labelled_splits
from explorer.data.records import Reading, Record, Source
from explorer.types import Labelled, Pairs


def make_splits(reading: Reading) -> dict[str, Pairs] | dict[str, Labelled]:
    """Groups what was read by split and image, in the order in which the images come first.

    What nothing says the split of is for training. Captions are cleaned; empty ones are left out,
    and so is an image without any. Where images have labels and none has a caption, or all have
    masks, too, the splits are `Labelled`, and an image without a label is left out. What was left
    out, cut or missing is added to the reading's `left_out` and `notes`.
    """
    splits: dict[str, Growing] = {}
    cleaning = Cleaning()
    for record in reading.records:
        said = record.split or "train"
        split = splits.get(said) or splits.setdefault(said, Growing())
        _add(split, record, reading, cleaning)
    stamp = Stamps(reading.source.stamp)
    with_captions = any(any(split.captions.values()) for split in splits.values())
    is_labelled = reading.mask_of is not None or not with_captions
    if is_labelled and any(split.label for split in splits.values()):
        labelled = labelled_splits(splits, reading, stamp)
        stamp.tell(reading.notes)
        return labelled
    cleaning.tell(reading)
    without = sum(not kept for split in splits.values() for kept in split.captions.values())
    reading.left_out["images without a caption"] += without
    pairs = {name: _as_pairs(split, reading.source, stamp) for name, split in splits.items()}
    stamp.tell(reading.notes)
    return pairs


def _add(split: Growing, record: Record, reading: Reading, cleaning: Cleaning) -> None:
    name = encodable(record.name)
    if name not in split.place:
        split.place[name], split.captions[name] = record.place, []
        split.rows[name], split.first_row[name] = [], split.table.n
    row = split.table.add(record.columns)
    label = class_called(record.label, reading)
    if label and split.label.setdefault(name, label) != label:
        reading.left_out.add("further classes of an image that has one", name)
    for caption in record.captions:
        if cleaned := cleaning.cleaned(caption, reading.left_out):
            split.captions[name].append(cleaned)
            split.rows[name].append(row)


def _as_pairs(split: Growing, source: Source, stamp: Callable[[Any], str]) -> Pairs:
    names = [name for name, captions in split.captions.items() if captions]
    counts = [len(split.captions[name]) for name in names]
    captions = [caption for name in names for caption in split.captions[name]]
    places = [split.place[name] for name in names]
    images = zip(names, counts, map(stamp, places), strict=True)
    told = chain(chain.from_iterable(images), captions)
    digest = hashlib.sha256("".join(f"{each}\0" for each in told).encode())
    image_of_caption = np.repeat(np.arange(len(names)), counts)
    columns = split.columns(CAPTION, chain.from_iterable(split.rows[name] for name in names))
    return Pairs(
        columns={name: cells.per_image(each, image_of_caption) for name, each in columns.items()},
        captions=captions,
        image_of_caption=image_of_caption,
        image_names=names,
        open_image=partial(open_of, source, places),
        stored=stored_of(source, places),
        fingerprint=digest.hexdigest()[:24],
    )
