"""One way to open every dataset: the format of a folder is found by looking into it."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from explorer.core.captions import is_value
from explorer.data.formats import (
    caption_table,
    captions_by_name,
    cifar_binary,
    cifar_pickled,
    class_folders,
    class_lists,
    coco,
    conversations,
    flickr_tokens,
    hub,
    idx,
    imagefolder,
    karpathy,
    karpathy_original,
    matlab,
    numpy_arrays,
    parquet,
    saved_to_disk,
    shards,
    stl_binary,
    textfiles,
)
from explorer.data.left_out import LeftOut, shortened
from explorer.data.pointers import FETCH, LONGEST, is_pointer
from explorer.data.reading.fields import NoFields
from explorer.data.reading.folder import all_files, walk
from explorer.data.reading.listing import listed_once
from explorer.data.reading.split_files import SplitFiles, split_files
from explorer.data.reading.text import head
from explorer.data.reading.unread import broken_links, packed_data, packed_files
from explorer.data.records import Reading, make_splits, take
from explorer.data.said_splits import followed
from explorer.data.shared_images import AT_ONCE, Shared, shared_images
from explorer.data.splits import SPLITS
from explorer.errors import BadDataError, MissingDataError
from explorer.scenes.digits import open_digits
from explorer.scenes.world import LABELS, open_labelled_scenes, open_scenes
from explorer.store.own import is_own
from explorer.types import Dataset, Labelled, Pairs, Split

HELD_OUT = 0.1
"""Share of the train images that stands in for a split that is missing."""


_MOST_VALUES = 0.9
"""Share of captions that may be numbers and the like, from which on none are taken for words."""
_NAMED = 3
_FEW = 20
_SHOWN = 60
_LOOKED_INTO = 200
"""Folders of which the files are counted where nothing is recognised."""


_POINTERS = 1000
"""Files of which it is asked whether they are there, where a folder cannot be read."""


class Format(NamedTuple):
    name: str
    layout: str  # what such a folder holds, for the message when nothing is recognised
    read: Callable[[Path], Reading | None]  # None where the folder is of another format
    signs: Callable[[Path], Sequence[Path]]  # files that it would read


FORMATS = tuple(
    Format(each.NAME, each.LAYOUT, each.read, each.signs)
    for each in (
        saved_to_disk,
        karpathy,
        karpathy_original,
        coco,
        imagefolder,
        flickr_tokens,
        idx,
        cifar_binary,
        cifar_pickled,
        stl_binary,
        matlab,
        numpy_arrays,
        shards,
        textfiles,
        parquet,
        caption_table,
        captions_by_name,
        conversations,
        class_lists,
        class_folders,
    )
)
"""In the order in which they are tried: what says more about the splits comes first."""


BUILT_IN: dict[str, Callable[[], Dataset]] = {
    "scenes": open_scenes,
    **{f"scenes:swapped-{n}": partial(open_scenes, swapped=n / 100) for n in (20, 40)},
    **{f"scenes:{what}": partial(open_labelled_scenes, what) for what in LABELS},
    "digits": open_digits,
}
"""Data that needs no file, by the name that opens it."""


class Found(NamedTuple):
    """What is in a dataset, before anything is taken out of train."""

    format: str
    splits: dict[str, Split]  # those that are really there, train among them
    notes: list[str]  # sentences
    left_out: LeftOut
    columns: list[str]  # what each column holds, in words


def open_dataset(data: str) -> Dataset:
    """Opens built-in data, a folder in any of `FORMATS`, or `hf:owner/name`.

    A val or test split that is missing is taken out of train, by a rule that never changes; the
    sentence in `found` says so, and what was left out.
    """
    if data in BUILT_IN:
        return _built_in(data)
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


def read_splits(data: str) -> tuple[str, dict[str, Split]]:
    """The name of a dataset's format and the splits that are really in it, train among them.

    Of a distilled set, which may hold samples of a single class: what was learned tells the others.
    """
    with listed_once():
        found = _look_into(data)
    return found.format, found.splits


def look_into(data: str) -> Found:
    """What is in a folder, or in a dataset of the Hub; its images are of two classes at least."""
    with listed_once():
        found = _look_into(data)
    for split in found.splits.values():
        if isinstance(split, Labelled) and len(split.classes) < 2:
            why = f" Left out: {found.left_out.why()}." if found.left_out.why() else ""
            raise BadDataError(
                f"All images belong to one class, {split.classes[0]!r}, and none has a caption; "
                f"two classes at least are needed.{why}"
            )
    return found


def _look_into(data: str) -> Found:
    if data.startswith("hf:"):
        return _as_found(data, hub.NAME, followed(hub.read(data)))
    folder = Path(os.path.expanduser(data))  # which leaves the name of a user who is none
    if os.path.isfile(folder):
        raise MissingDataError(f"{data} is a file; give the folder that it is in, unpacked.")
    if not _is_folder(folder):
        raise MissingDataError(
            f"There is no folder {data!r}; give a folder, hf:owner/name or one of "
            f"{', '.join(BUILT_IN)}."
        )
    try:
        return _read_folder(data, folder)
    except BadDataError as error:
        if pointer := _pointer_in(folder):
            raise BadDataError(f"{pointer} is a pointer of Git LFS; {FETCH}.") from error
        raise


def _read_folder(data: str, folder: Path) -> Found:
    fitting, other, formats = list[tuple[Format, Reading]](), None, iter(FORMATS)
    for each in formats:
        try:
            reading = each.read(folder)
        except NoFields as error:  # tables of something else lie beside folders of classes, too
            other = other or error
            continue
        if reading:
            fitting.append((each, reading))
            if reading.is_sure:
                break
    is_sure = any(each.is_sure for _, each in fitting)
    if not is_sure and (other or not fitting):
        raise other or _nothing_in(folder)
    chosen, reading = max(fitting, key=lambda each: each[1].is_sure)  # or else the first
    others = [each for each, _ in fitting if each is not chosen or reading.files]
    said = split_files(folder)
    reading = followed(reading, said, folder)
    found = _as_found(data, chosen.name, reading)  # which says why, where nothing can be used
    also = _not_read(folder, [*others, *formats], said, reading.files)
    also += [f"Not read: {other}"] if other and other.where not in reading.files else []
    return found._replace(notes=[*found.notes, *also])


def _nothing_in(folder: Path) -> BadDataError:
    left_out = LeftOut()
    holdings = f"it holds {_holdings(folder, left_out)}"
    if why := left_out.why():
        holdings += f", and {why}"
    reasons = [f"{path} is compressed; unpack it." for path in packed_files(folder)]
    reasons += [f"{path} is a link to a file that is not there." for path in broken_links(folder)]
    reasons += [_not_understood(folder, path) for path in _json(folder)]
    if reasons:
        said = " ".join(reasons[:_NAMED])
        return BadDataError(f"{said} Nothing else in {folder} looks like a dataset; {holdings}.")
    known = ", ".join(each.name for each in FORMATS)
    return BadDataError(
        f"Nothing in {folder} looks like a dataset; {holdings}. Understood are: {known}."
    )


def _json(folder: Path) -> list[Path]:
    """Files that may describe images, unless there is one for each."""
    found = all_files(folder, "*.json", "*.jsonl")
    return found if len(found) <= _FEW else []


def _not_understood(folder: Path, path: Path) -> str:
    begins = shortened(head(path)[:_SHOWN])
    return (
        f"{_named(folder, [path])} is not understood: it begins with {begins}, and wanted is a "
        "list of objects with `image` and `caption` (or `label`)."
    )


def _not_read(
    folder: Path,
    formats: Sequence[Format],
    said: Sequence[SplitFiles],
    files: Sequence[Path],
) -> list[str]:
    """Sentences on what one of `formats` would have read, had the folder not held these files."""
    sentences = []
    if packed := packed_data(folder):
        sentences.append(f"Not read, for it is compressed: {_named(folder, packed)}.")
    if broken := broken_links(folder):
        sentences.append(f"Not read, for it is a link to nothing: {_named(folder, broken)}.")
    lists = [path for each in said if each.names_images for path in each.paths]
    if lists := [path for path in lists if path not in files]:
        sentences.append(f"Not read, though the splits may be in it: {_named(folder, lists)}.")
    fitting = []
    for each in formats:
        others = [path for path in _signs(each, folder) if path not in files]
        if others:
            fitting.append(f"{_named(folder, others)} ({each.name})")
    if fitting:
        named = "; ".join(fitting)
        sentences.append(
            f"Not read, though it would fit, too: {named}. Keep one dataset per folder."
        )
    return sentences


def _named(folder: Path, paths: Sequence[Path]) -> str:
    """The first of some files, by their paths in a folder."""
    names = [shortened(os.path.relpath(path, folder)) for path in paths[:_NAMED]]
    return ", ".join(names) + (", ..." if len(paths) > _NAMED else "")


def _signs(format_: Format, folder: Path) -> Sequence[Path]:
    try:
        return format_.signs(folder)
    except BadDataError:  # it could not have been read
        return []


def _holdings(folder: Path, left_out: LeftOut) -> str:
    """What a folder holds, in words: the commonest kinds of files, and what this program wrote."""
    places = islice(walk(folder, left_out), _LOOKED_INTO)
    files = [name for _, there in places for name in there.files]
    kinds = Counter(PurePosixPath(name).suffix.lower() or "others" for name in files)
    common = kinds.most_common(5)
    said = [f"{n:,} {'file' if n == 1 else 'files'} {kind}" for kind, n in common]
    own = sorted(path.name for path in folder.iterdir() if path.is_dir() and is_own(path))
    said += [f"{shortened(own[0])}, which this program wrote"] if own else []
    return ", ".join(said) or "no files"


def _pointer_in(folder: Path) -> Path | None:
    """A file of the folder that is a pointer of Git LFS; of many files the first are looked at."""
    files = (folder / where / name for where, there in walk(folder) for name in there.files)
    return next((path for path in islice(files, _POINTERS) if _is_pointer(path)), None)


def _is_pointer(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size <= LONGEST and is_pointer(path.read_bytes())
    except OSError:
        return False


_MEMORY = Path("/dev/shm")


def _is_folder(folder: Path) -> bool:
    """Whether it is a folder of files; of the system's own only /dev/shm may hold some."""
    try:
        inside = [folder.resolve(), *folder.resolve().parents]
        is_own = any(Path(each) in inside for each in ("/proc", "/sys", "/dev"))
        return folder.is_dir() and (not is_own or _MEMORY in inside)
    except (OSError, RuntimeError, ValueError):  # a name that is too long, or links in a circle
        return False


def _as_found(data: str, name: str, reading: Reading) -> Found:
    splits = make_splits(reading)
    _check(data, splits, reading.left_out)
    _require_words(data, splits, reading.columns)
    notes = list(reading.notes)
    if left_out := reading.left_out.told():
        notes.append(f"Left out: {left_out}.")
    ordered: dict[str, Split] = {split: splits[split] for split in SPLITS if split in splits}
    return Found(name, ordered, notes, reading.left_out, reading.columns)


@cache
def _built_in(data: str) -> Dataset:
    """Opened once per process: it never changes, and thinking it up takes a second or two."""
    return BUILT_IN[data]()


def _check(data: str, splits: Mapping[str, Split], left_out: LeftOut) -> None:
    """Refuses data without a train split, or with a split of nothing, and says why it is so."""
    why = f" Left out: {left_out.why()}." if left_out.why() else ""
    if not splits:
        raise BadDataError(f"Nothing of {data} can be used.{why}")
    if "train" not in splits:
        raise BadDataError(f"{data} has no train split, only {' and '.join(splits)}.{why}")
    for name, split in splits.items():
        if isinstance(split, Pairs) and split.n_captions == 0:
            raise BadDataError(f"The {name} split of {data} has no captions and no labels.{why}")


def _require_words(data: str, splits: Mapping[str, Split], columns: Sequence[str]) -> None:
    """Refuses captions of which nearly all are numbers, dates or identifiers."""
    captions = [text for s in splits.values() if isinstance(s, Pairs) for text in s.captions]
    values = [text for text in captions if is_value(text)]
    if len(values) <= _MOST_VALUES * len(captions):
        return
    told = next((each for each in columns if each.startswith("captions ")), "captions")
    raise BadDataError(
        f"{data} has no words where {told} would be read, but numbers, dates or identifiers "
        f"(the first is {shortened(values[0])!r}): name the column with captions `caption`, or "
        "one with classes `label`."
    )


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
