"""From what a format's reader finds, names with captions or labels, to splits."""

import hashlib
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol
from unicodedata import normalize

import numpy as np
from PIL import Image

from explorer.core import columns as cells
from explorer.core.columns import CAPTION, IMAGE, GrowingTable
from explorer.core.columns import NOTHING as SAY_NOTHING
from explorer.data.doubtful_classes import doubts
from explorer.data.left_out import LeftOut, encodable, shortened
from explorer.data.pixels import as_mask
from explorer.errors import CONTROLS
from explorer.types import Column, Kind, Labelled, Pairs, Split, Stored

MAX_WORDS = 30
_NUMBER = re.compile(r"-?[0-9]+")
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.I)
MISSING = "missing"
"""The stamp of an image that is not there."""
_TO_BLANKS = str.maketrans(dict.fromkeys((*'.!"()*#:;~', *CONTROLS), " "))


NOTHING: Mapping[str, Any] = MappingProxyType({})


class Record(NamedTuple):
    """Captions or the label of one image; its name may come again with more captions."""

    split: str  # "train", "val" or "test"; "" where nothing says it
    name: str  # of the image, for people
    captions: Sequence[str]
    place: Any  # where the source finds the image
    label: str = ""  # name of the image's class; "" where the data has captions
    columns: Mapping[str, Any] = NOTHING  # what else its row says, by the name there


class Source(Protocol):
    """Where a dataset keeps its images. Several threads use it at once."""

    is_file: bool
    """Whether images are files, on their own or in a tar, rather than cells of tables."""

    def open(self, place: Any) -> Image.Image:
        """The image, upright and RGB. Raises `BadDataError` if it cannot be read."""

    def length(self, place: Any) -> int | None:
        """Bytes of the file, or any number that equal images share; None where it is not there."""

    def content(self, place: Any) -> bytes:
        """What the image's file holds. Raises `BadDataError` if it cannot be read."""

    def stamp(self, place: Any) -> str:
        """Changes when the image may have changed; costs no look into it. Or `MISSING`."""


@dataclass(frozen=True)
class Reading:
    """What a format's reader found."""

    records: Iterable[Record]
    source: Source
    notes: list[str] = field(default_factory=list)
    """Whole sentences for people, about what was found where."""
    left_out: LeftOut = field(default_factory=LeftOut)
    """How many of what could not be used; readers count while their records are read."""
    is_sure: bool = True
    """False where nothing can be used, so that another format may fit the folder better."""
    columns: list[str] = field(default_factory=list)
    """What each column or field that was read holds, in words; also while they are read."""
    files: Sequence[Path] = ()
    """The files that describe the images, where they are few."""
    classes: Sequence[str] = ()
    """Names of the classes, where labels are their numbers from 0 on."""
    mask_of: Callable[[Any], Any] | None = None
    """Where the mask of an image is, by the image's place, None where it has none; only where
    images have captions and labels, too."""


def clean_caption(caption: str) -> str:
    r"""Lower case, some punctuation to blanks, at most 30 words, as BLIP and the reference do.

    What a terminal would obey is blank, too.

    Examples:
        >>> clean_caption('A dog ("Rex") runs.')
        'a dog rex runs'
        >>> clean_caption("a dog\x1b[2J")
        'a dog [2j'
    """
    return " ".join(_words(caption)[:MAX_WORDS])


def _words(caption: str) -> list[str]:
    return encodable(caption).lower().translate(_TO_BLANKS).split()


def _entities(caption: str) -> list[str]:
    """What stands for a character in HTML, such as `&quot;`; not any word between `&` and `;`."""
    found = _ENTITY.findall(caption) if "&" in caption else []
    return [each for each in found if html.unescape(each) != each]


@dataclass
class _Split:
    """A split as it grows; all by the image's name, in the order of first appearance."""

    captions: dict[str, list[str]] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    label: dict[str, str] = field(default_factory=dict)
    first_row: dict[str, int] = field(default_factory=dict)
    """Where `table` has what the image came with."""
    rows: dict[str, list[int]] = field(default_factory=dict)
    """And what each of its captions did."""
    table: GrowingTable = field(default_factory=GrowingTable)

    def columns(self, per: str, rows: Iterable[int]) -> dict[str, Column]:
        """What else the rows say that these images, or these captions, come from."""
        chosen = np.fromiter(rows, np.int64)
        return {name: cells.take(c, chosen) for name, c in self.table.columns(per).items()}


def make_splits(reading: Reading) -> dict[str, Pairs] | dict[str, Labelled]:
    """Groups what was read by split and image, in the order in which the images come first.

    What nothing says the split of is for training. Captions are cleaned; empty ones are left out,
    and so is an image without any. Where images have labels and none has a caption, or all have
    masks, too, the splits are `Labelled`, and an image without a label is left out. What was left
    out, cut or missing is added to the reading's `left_out` and `notes`.
    """
    splits: dict[str, _Split] = {}
    n_empty = n_cut = 0
    entities: list[str] = []  # the first of each caption that has one
    for record in reading.records:
        said = record.split or "train"
        split = splits.get(said) or splits.setdefault(said, _Split())
        name = encodable(record.name)
        if name not in split.place:
            split.place[name], split.captions[name] = record.place, []
            split.rows[name], split.first_row[name] = [], split.table.n
        row = split.table.add(record.columns)
        label = _class_called(record.label, reading)
        if label and split.label.setdefault(name, label) != label:
            reading.left_out.add("further classes of an image that has one", name)
        kept = split.captions[name]
        for caption in record.captions:
            words = _words(caption)
            if len(words) == 1 and words[0] in SAY_NOTHING:
                reading.left_out.add("captions such as `nan` that say nothing", caption)
                continue
            n_empty += not words
            n_cut += len(words) > MAX_WORDS
            entities += _entities(caption)[:1]
            if words:
                kept.append(" ".join(words[:MAX_WORDS]))
                split.rows[name].append(row)
    stamp = _Stamps(reading.source.stamp)
    with_captions = any(any(split.captions.values()) for split in splits.values())
    is_labelled = reading.mask_of is not None or not with_captions
    if is_labelled and any(split.label for split in splits.values()):
        labelled = _labelled(splits, reading, stamp)
        stamp.tell(reading.notes)
        return labelled
    without = sum(not kept for split in splits.values() for kept in split.captions.values())
    reading.left_out["captions that are empty after cleaning"] += n_empty
    reading.left_out["images without a caption"] += without
    if n_cut:
        reading.notes.append(f"Captions cut to {MAX_WORDS} words: {n_cut:,}.")
    if entities:
        reading.notes.append(
            f"Captions with entities of HTML, which are not decoded: {len(entities):,} (the "
            f"first is {shortened(entities[0])}); `html.unescape` of Python makes characters of "
            "them."
        )
    pairs = {name: _as_pairs(split, reading.source, stamp) for name, split in splits.items()}
    stamp.tell(reading.notes)
    return pairs


def _normal(label: str) -> str:
    return normalize("NFC", encodable(label))


def _class_called(label: str, reading: Reading) -> str:
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


class _Stamps:
    """Asks for stamps and counts the images that are missing."""

    def __init__(self, stamp: Callable[[Any], str]) -> None:
        self._stamp = stamp
        self.n_missing = 0

    def __call__(self, place: Any) -> str:
        stamp = self._stamp(place)
        self.n_missing += stamp == MISSING
        return stamp

    def tell(self, notes: list[str]) -> None:
        if self.n_missing:
            notes.append(f"Images that are not there: {self.n_missing:,}.")


def _labelled(
    splits: Mapping[str, _Split], reading: Reading, stamp: Callable[[Any], str]
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


def _require_all(split: _Split, mask_of: Callable[[Any], Any], left_out: LeftOut) -> None:
    """Takes the label from images without a caption or a mask, which are counted."""
    for name in [*split.label]:
        captions = split.captions[name]
        is_masked = mask_of(split.place[name]) is not None
        if not (captions and is_masked):
            left_out.add(f"images without a {'mask' if captions else 'caption'}", name)
            del split.label[name]
        elif further := captions[1:]:
            left_out.add("captions behind the first of an image with a class", name, len(further))


def _strangers(splits: Mapping[str, _Split]) -> Iterator[str]:
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
    split: _Split,
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
        open_image=partial(_open, reading.source, places),
        stored=_stored(reading.source, places),
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


def _as_pairs(split: _Split, source: Source, stamp: Callable[[Any], str]) -> Pairs:
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
        open_image=partial(_open, source, places),
        stored=_stored(source, places),
        fingerprint=digest.hexdigest()[:24],
    )


def _stored(source: Source, places: Sequence[Any]) -> Stored:
    return Stored(
        lambda i: source.length(places[i]), lambda i: source.content(places[i]), source.is_file
    )


def _open(source: Source, places: Sequence[Any], i: int) -> Image.Image:
    return source.open(places[i])


def _open_mask(source: Source, places: Sequence[Any], i: int) -> Image.Image:
    return as_mask(source.open(places[i]))


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
