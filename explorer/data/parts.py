"""Parts of splits."""

import hashlib
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from explorer.core import columns as cells
from explorer.core.columns import IMAGE
from explorer.types import Kind, Labelled, Pairs, Split, Stored


def take(split: Kind, images: np.ndarray) -> Kind:
    """The part of a split that has these images; `images` are numbers in rising order."""
    digest = hashlib.sha256(split.fingerprint.encode() + images.astype("<i8").tobytes())
    attributes, stored = split.attributes, split.stored
    changed: dict[str, Any] = {
        "image_names": [split.image_names[i] for i in images],
        "open_image": partial(_open_part, split, images),
        "stored": _part(stored, images) if stored else None,
        "fingerprint": digest.hexdigest()[:24],
        "attributes": [attributes[i] for i in images] if attributes is not None else None,
    }
    rows = np.zeros(0, int)
    if isinstance(split, Pairs):
        rows = np.flatnonzero(np.isin(split.image_of_caption, images))
        changed["captions"] = [split.captions[int(m)] for m in rows]
        changed["image_of_caption"] = np.searchsorted(images, split.image_of_caption[rows])
    elif isinstance(split, Labelled):
        changed["labels"] = split.labels[images]
        changed["captions"] = split.captions and [split.captions[i] for i in images]
        changed["masks"] = split.masks and take(split.masks, images)
    changed["columns"] = {
        name: cells.take(each, images if each.per == IMAGE else rows)
        for name, each in split.columns.items()
    }
    return replace(split, **changed)


def _part(stored: Stored, images: np.ndarray) -> Stored:
    return Stored(
        lambda i: stored.length(int(images[i])),
        lambda i: stored.content(int(images[i])),
        stored.is_file,
    )


def _open_part(split: Split, images: np.ndarray, i: int) -> Image.Image:
    return split.open_image(int(images[i]))
