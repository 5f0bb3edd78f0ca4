"""Images in one folder whose classes lists tell: `train.txt` with `0001.jpg 3` in each line.

So are Oxford-IIIT Pets (`annotations/trainval.txt`: a name, its class, and numbers of larger
classes) and FGVC Aircraft (`images_variant_train.txt`: a name and the class in words). So is one of
all images, `labels.txt` or CelebA's `identity_CelebA.txt`. Where lists of several kinds tell
classes, those of the most classes count. Images in a folder per class are `class_folders`, and
lists of them say their splits only.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from explorer.data.left_out import LeftOut
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.fields import NoFields
from explorer.data.reading.folder import subfolders
from explorer.data.reading.listed_classes import ClassList, class_lists, number_of
from explorer.data.reading.places import Table, locate
from explorer.data.reading.tree import Tree
from explorer.data.records import Reading, Record

NAME = "lists of images and classes"
LAYOUT = "train.txt and test.txt with an image and its class in each line, images in one folder"
_NUMBERED = re.compile(r"(.+)_[0-9]+(?:\.\w+)?")
_FOLDERS = ("images", "image", "jpegimages")
_PROBED = 200
_Lists = Mapping[str, ClassList]


def signs(folder: Path) -> list[Path]:
    return [each.path for lists in _groups(folder) for each in lists.values()]


def read(folder: Path) -> Reading | None:
    groups = _groups(folder)
    if not groups:
        return None
    finest, *others = sorted(groups, key=lambda lists: -len({*_classes(lists)}))
    for each in others:
        if len({*_classes(each)}) == len({*_classes(finest)}) and _said(each) != _said(finest):
            first = next(iter(finest.values())).path
            raise NoFields(
                first,
                f"{_named(finest)} and {_named(each)} tell as many classes of images, and not the "
                "same; an image has one class: keep the lists that tell it, or write such.",
            )
    names = _class_names(folder, finest)
    tables = [Table(each.path, _records(folder, s, each, names)) for s, each in finest.items()]
    note = f"Classes are those in {_named(finest)}"
    note += f", and lists of fewer are not read: {', '.join(map(_named, others))}" if others else ""
    reading = locate(folder, tables, LeftOut())
    reading.notes.append(f"{note}.")
    return replace(reading, files=[each.path for lists in groups for each in lists.values()])


def _groups(folder: Path) -> list[_Lists]:
    return [
        lists
        for lists in class_lists(folder)
        if all(_is_in_one_folder(folder, each.names) for each in lists.values())
    ]


def _is_in_one_folder(folder: Path, names: list[str]) -> bool:
    """Whether one place has all of the images that are there."""
    probed = names[:: len(names) // _PROBED or 1]
    there = sorted(map(set, Tree(folder).everywhere(probed).values()), key=len)
    is_one = len({posixpath.dirname(name) for name in names}) == 1
    return is_one and bool(there) and all(found <= there[-1] for found in there)


def _classes(lists: _Lists) -> list[str]:
    return [each for split in lists.values() for each in split.classes]


def _said(lists: _Lists) -> set[tuple[str, str]]:
    """The images, each with its class."""
    return {pair for each in lists.values() for pair in zip(each.names, each.classes, strict=True)}


def _named(lists: _Lists) -> str:
    return ", ".join(each.path.name for each in lists.values())


def _class_names(folder: Path, lists: _Lists) -> dict[str, str]:
    """Names of classes that are numbers: from a text beside, or as all their images are called."""
    said = dict.fromkeys(_classes(lists))
    numbers = {each: number for each in said if (number := number_of(each)) is not None}
    if len(numbers) < len(said):
        return {}
    named = names_beside(next(iter(lists.values())).path.parent) or names_beside(folder)
    least, most = min(numbers.values()), max(numbers.values())
    if (least, most) in ((0, len(named) - 1), (1, len(named))):
        return {each: named[number - least] for each, number in numbers.items()}
    images = [name for split in lists.values() for name in split.names]
    called = {*zip(_classes(lists), (_NUMBERED.sub(r"\1", each) for each in images), strict=True)}
    is_clear = len(called) == len(said) == len({name for _, name in called})
    return dict(called) if is_clear else {each: str(number) for each, number in numbers.items()}


def _records(
    folder: Path, split: str, said: ClassList, names: Mapping[str, str]
) -> Iterator[Record]:
    """A name without a folder is that of an image in `images`, if there is such a folder."""
    places = (*subfolders(said.path.parent), *subfolders(folder))
    found = (each for each in places if each.name.lower() in _FOLDERS)
    inside = next((each.relative_to(folder).as_posix() for each in found), "")
    for name, class_ in zip(said.names, said.classes, strict=True):
        place = name if "/" in name else posixpath.join(inside, name)
        yield Record(split, place, (), place, names.get(class_, class_))
