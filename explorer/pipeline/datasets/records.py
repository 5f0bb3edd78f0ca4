"""From what a format's reader finds, names and captions, to `Pairs`."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np
from PIL import Image

from explorer.types import Pairs

MAX_WORDS = 30
MISSING = "missing"
"""The stamp of a picture that is not there."""
_TO_BLANKS = str.maketrans(dict.fromkeys('.!"()*#:;~', " "))


class Record(NamedTuple):
    """Captions of one picture; the same name may come again with more of them."""

    split: str  # "train", "val" or "test"
    name: str  # of the picture, for people
    captions: Sequence[str]
    place: Any  # where the source finds the picture


class Source(Protocol):
    """Where a dataset keeps its pictures. Several threads use it at once."""

    def open(self, place: Any) -> Image.Image:
        """The picture, upright and RGB. Raises `BadDataError` if it cannot be read."""

    def stamp(self, place: Any) -> str:
        """Changes when the picture may have changed; costs no look into it. Or `MISSING`."""


@dataclass(frozen=True)
class Reading:
    """What a format's reader found."""

    records: Iterable[Record]
    source: Source
    notes: list[str] = field(default_factory=list)
    """Whole sentences for people, about what was found where."""
    left_out: Counter[str] = field(default_factory=Counter)
    """How many of what could not be used; readers count while their records are read."""


def clean_caption(caption: str) -> str:
    """Lower case, some punctuation to blanks, at most 30 words, as BLIP and the reference do.

    Examples:
        >>> clean_caption('A dog ("Rex") runs.')
        'a dog rex runs'
    """
    return " ".join(_words(caption)[:MAX_WORDS])


def _words(caption: str) -> list[str]:
    return _encodable(caption).lower().translate(_TO_BLANKS).split()


def _encodable(text: str) -> str:
    """Spells out half characters, which JSON and names of files can hold, but UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


@dataclass
class _Split:
    """A split as it grows; both by the picture's name, in the order of first appearance."""

    captions: dict[str, list[str]] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)


def make_splits(reading: Reading) -> dict[str, Pairs]:
    """Groups captions by split and picture, in the order in which the pictures come first.

    Captions are cleaned; empty ones are left out, and so is a picture without any. What was left
    out, cut or missing is added to the reading's `left_out` and `notes`.
    """
    splits: dict[str, _Split] = {}
    n_empty = n_cut = 0
    for record in reading.records:
        split = splits.setdefault(record.split, _Split())
        name = _encodable(record.name)
        split.place.setdefault(name, record.place)
        kept = split.captions.setdefault(name, [])
        for caption in record.captions:
            words = _words(caption)
            n_empty += not words
            n_cut += len(words) > MAX_WORDS
            if words:
                kept.append(" ".join(words[:MAX_WORDS]))
    without = sum(not kept for split in splits.values() for kept in split.captions.values())
    reading.left_out["captions that are empty after cleaning"] += n_empty
    reading.left_out["pictures without a caption"] += without
    if n_cut:
        reading.notes.append(f"Captions cut to {MAX_WORDS} words: {n_cut:,}.")
    stamp = _Stamps(reading.source.stamp)
    pairs = {name: _as_pairs(split, reading.source, stamp) for name, split in splits.items()}
    if stamp.n_missing:
        reading.notes.append(f"Pictures that are not there: {stamp.n_missing:,}.")
    return pairs


class _Stamps:
    """Asks for stamps and counts the pictures that are missing."""

    def __init__(self, stamp: Callable[[Any], str]) -> None:
        self._stamp = stamp
        self.n_missing = 0

    def __call__(self, place: Any) -> str:
        stamp = self._stamp(place)
        self.n_missing += stamp == MISSING
        return stamp


def _as_pairs(split: _Split, source: Source, stamp: Callable[[Any], str]) -> Pairs:
    names = [name for name, captions in split.captions.items() if captions]
    counts = [len(split.captions[name]) for name in names]
    captions = [caption for name in names for caption in split.captions[name]]
    places = [split.place[name] for name in names]
    digest = hashlib.sha256()
    for name, count, place in zip(names, counts, places, strict=True):
        digest.update(f"{name}\0{count}\0{stamp(place)}\0".encode())
    for caption in captions:
        digest.update(caption.encode() + b"\0")
    return Pairs(
        captions=captions,
        image_of_caption=np.repeat(np.arange(len(names)), counts),
        image_names=names,
        open_image=partial(_open, source, places),
        fingerprint=digest.hexdigest()[:24],
    )


def _open(source: Source, places: Sequence[Any], i: int) -> Image.Image:
    return source.open(places[i])


def take(pairs: Pairs, images: np.ndarray) -> Pairs:
    """The part of a split that has these pictures; `images` are numbers in rising order."""
    rows = np.flatnonzero(np.isin(pairs.image_of_caption, images))
    digest = hashlib.sha256(pairs.fingerprint.encode() + images.astype("<i8").tobytes())
    attributes = pairs.attributes
    return Pairs(
        captions=[pairs.captions[int(m)] for m in rows],
        image_of_caption=np.searchsorted(images, pairs.image_of_caption[rows]),
        image_names=[pairs.image_names[i] for i in images],
        open_image=partial(_open_part, pairs, images),
        fingerprint=digest.hexdigest()[:24],
        attributes=[attributes[i] for i in images] if attributes is not None else None,
    )


def _open_part(pairs: Pairs, images: np.ndarray, i: int) -> Image.Image:
    return pairs.open_image(int(images[i]))
