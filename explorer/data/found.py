"""What is in a folder or in a dataset of the Hub: its format is found by looking into it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.core.captions import is_value
from explorer.data.built_in import BUILT_IN
from explorer.data.formats import class_folders, hub
from explorer.data.known_formats import FORMATS, Format
from explorer.data.left_out import LeftOut, shortened
from explorer.data.made_splits import make_splits
from explorer.data.not_read import NOT_READ, naming_images, not_read, nothing_in, pointer_in
from explorer.data.pointers import FETCH
from explorer.data.reading.fields import NoFields
from explorer.data.reading.listing import listed_once
from explorer.data.reading.split_files import split_files
from explorer.data.records import Reading
from explorer.data.said_splits import followed
from explorer.data.splits import SPLITS
from explorer.errors import BadDataError, MissingDataError
from explorer.types import Labelled, Pairs, Split

_MOST_VALUES = 0.9
"""Share of captions that may be numbers and the like, from which on none are taken for words."""
_MEMORY = Path("/dev/shm")


class Found(NamedTuple):
    """What is in a dataset, before anything is taken out of train."""

    format: str
    splits: dict[str, Split]  # those that are really there, train among them
    notes: list[str]  # sentences
    left_out: LeftOut
    columns: list[str]  # what each column holds, in words


def look_into(data: str) -> Found:
    """What is in a folder, or in a dataset of the Hub; its images are of two classes at least."""
    with listed_once():
        found = _look_into(data)
    for split in found.splits.values():
        if isinstance(split, Labelled) and len(split.classes) < 2:
            why = f" Left out: {found.left_out.why()}." if found.left_out.why() else ""
            why += "".join(f" {note}" for note in found.notes if note.startswith(NOT_READ))
            raise BadDataError(
                f"All images belong to one class, {split.classes[0]!r}, and none has a caption; "
                f"two classes at least are needed.{why}"
            )
    return found


def read_splits(data: str) -> tuple[str, dict[str, Split]]:
    """The name of a dataset's format and the splits that are really in it, train among them.

    Of a distilled set, which may hold samples of a single class: what was learned tells the others.
    """
    with listed_once():
        found = _look_into(data)
    return found.format, found.splits


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
        if pointer := pointer_in(folder):
            raise BadDataError(f"{pointer} is a pointer of Git LFS; {FETCH}.") from error
        raise


def _is_folder(folder: Path) -> bool:
    """Whether it is a folder of files; of the system's own only /dev/shm may hold some."""
    try:
        inside = [folder.resolve(), *folder.resolve().parents]
        is_own = any(Path(each) in inside for each in ("/proc", "/sys", "/dev"))
        return folder.is_dir() and (not is_own or _MEMORY in inside)
    except (OSError, RuntimeError, ValueError):  # a name that is too long, or links in a circle
        return False


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
        raise other or nothing_in(folder)
    chosen, reading = max(fitting, key=lambda each: each[1].is_sure)  # or else the first
    others = [each for each, _ in fitting if each is not chosen or reading.files]
    said = split_files(folder)
    reading = followed(reading, said, folder)
    found = _as_found(data, chosen.name, reading)  # which says why, where nothing can be used
    files = {each.name: found.files for each, found in fitting if each is not chosen}
    also = not_read(folder, [*others, *formats], said, reading.files, files)
    also += [f"Not read: {other}"] if other and other.where not in reading.files else []
    if chosen.name == class_folders.NAME:
        lists = [path for each in said for path in each.paths]
        also += naming_images(folder, [*reading.files, *lists])
    return found._replace(notes=[*found.notes, *also])


def _as_found(data: str, name: str, reading: Reading) -> Found:
    splits = make_splits(reading)
    _check(data, splits, reading.left_out)
    _require_words(data, splits, reading.columns)
    notes = list(reading.notes)
    if left_out := reading.left_out.told():
        notes.append(f"Left out: {left_out}.")
    ordered: dict[str, Split] = {split: splits[split] for split in SPLITS if split in splits}
    return Found(name, ordered, notes, reading.left_out, reading.columns)


def _check(data: str, splits: Mapping[str, Split], left_out: LeftOut) -> None:
    """Refuses data without a train split, or with a split of nothing, and says why it is so."""
    why = f" Left out: {left_out.why()}." if left_out.why() else ""
    if not splits:
        raise BadDataError(f"Nothing of {data} can be used.{why}")
    if "train" not in splits:
        raise BadDataError(
            f"{data} has no train split, only {' and '.join(splits)}; call the file or folder of "
            f"what is to be distilled `train`.{why}"
        )
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
