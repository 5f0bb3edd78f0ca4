"""Images in a folder per class: train/cat/0.png, or cat/0.png where there are no splits.

What is beside the folders of classes has no label and is left out, unless a text near it gives it
one of these classes (Tiny ImageNet's `val/val_annotations.txt`), and so is what is beside train
and another split. Where two folders deep have names of splits, as in `cat/train/0.png`, the class
is the one that is no split; a folder that all classes lie in, or that lies in all of them, as in
`cat/images/0.png`, is none either, nor are `images_001`, `images_002` ...
"""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from explorer.data.images import SUFFIXES
from explorer.data.left_out import LeftOut
from explorer.data.reading.folder import walk
from explorer.data.reading.image_folder import ImageFolder
from explorer.data.reading.listing import listing
from explorer.data.reading.masks import MASKS
from explorer.data.reading.told_classes import numbered_by, told_classes
from explorer.data.records import Reading, Record
from explorer.data.splits import split_called, split_named

NAME = "class folders"
LAYOUT = "train/<class>/ or <class>/ with images"
_IMAGES = ("image", "images", "img", "imgs", "rgb", "photos", "jpegimages")
_NO_CLASSES = frozenset((*_IMAGES, *MASKS, "labels", "depth"))
"""Names of folders that say what kind of files is in them, where all are called so."""
_PARTS = re.compile(
    rf"(.*?(?:{'|'.join(_IMAGES)})(?:[-_ ]*(?:part|batch|chunk|shard))?[-_ ]*)\d+", re.I
)
"""Names of folders that split many images only because they are many."""
_MASK = re.compile(r"(.+?)[-_. ]*mask([-_. ]*\d+)?\.\w+", re.I)
_Parts = tuple[str, ...]


class _Said(NamedTuple):
    """What the path of a folder says."""

    split: str | None
    classes: _Parts  # what is left of the path


def signs(_: Path) -> list[Path]:
    """None: images with captions lie in folders, too, which say nothing then."""
    return []


def read(folder: Path) -> Reading | None:
    left_out, notes, files = LeftOut(), list[str](), list[Path]()
    records = list(_records(folder, left_out, notes, files))
    classes = {record.label for record in records}
    if all(name.lower() in _NO_CLASSES for name in classes) or _are_parts(classes):
        return None
    is_sure = len(classes) > 1
    return Reading(records, ImageFolder(folder), notes, left_out, is_sure, files=files)


def _are_parts(classes: Set[str]) -> bool:
    """Whether folders such as `images_001` and `images_002` differ in their number only."""
    found = [_PARTS.fullmatch(name) for name in classes]
    return all(found) and len({each[1] for each in found if each}) == 1


def _records(
    folder: Path, left_out: LeftOut, notes: list[str], files: list[Path]
) -> Iterator[Record]:
    places: list[tuple[_Parts, list[str]]] = []
    for where, there in walk(folder, left_out):
        images = there.ending(SUFFIXES)
        masks = {*images} if _are_masks(folder, where) else _masks_among(images)
        left_out.add_all("masks of images", [(where / n).as_posix() for n in images if n in masks])
        places.append((where.parts, [name for name in images if name not in masks]))
    said = _said({parts for parts, images in places if images})
    before, behind = _shared({classes for _, classes in said.values() if classes})
    label_of = {
        parts: "/".join(classes[before : len(classes) - behind])
        for parts, (_, classes) in said.items()
    }
    classes = {*label_of.values()}
    for parts, images in places:
        names = {image: posixpath.join(*parts, image) for image in images}
        if parts not in said:
            left_out.add_all("images outside the folders of splits", [*names.values()])
            continue
        class_of, where = dict.fromkeys(images, label_of[parts]), PurePosixPath(*parts)
        if not label_of[parts] and (told := told_classes(folder, where, classes)):
            notes.append(f"Classes of {where}/ are those in {told.path.name}.")
            class_of = told.class_of
            files.append(told.path)
        elif images and not label_of[parts] and (path := numbered_by(folder, where)):
            notes.append(
                f"{path} numbers the images of {where}/, and does not say which folder of a class "
                "a number is; write the names of these folders there."
            )
        for image, name in names.items():
            if label := class_of.get(image):
                yield Record(said[parts].split or "", name, (), name, label)
            else:
                left_out.add("images outside the folders of classes", name)


def _are_masks(root: Path, where: PurePosixPath) -> bool:
    """Whether a folder or one that it is in is called masks, and one beside it images."""
    inside = [each for each in (where, *where.parents) if each.name.lower() in MASKS]
    beside = (name for each in inside for name in listing(root / each.parent).folders)
    return any(name.lower() in _IMAGES for name in beside)


def _masks_among(images: Sequence[str]) -> Set[str]:
    """Those that are called as another image, and a mask: `7_mask.png` beside `7.png`."""
    found = {name: match[1] for name in images if (match := _MASK.fullmatch(name))}
    stems = {posixpath.splitext(name)[0] for name in images} if found else set()
    return {name for name, stem in found.items() if stem in stems}


def _said(folders: Set[_Parts]) -> dict[_Parts, _Said]:
    """What the paths of folders with images say, without those that lie beside the splits."""
    said = dict.fromkeys(folders, _Said(None, ()))
    for depth in range(max(map(len, folders), default=0)):
        rest: dict[_Parts, dict[str, set[_Parts]]] = {}  # by the classes above, and by name
        deeper = {folder: each for folder, each in said.items() if len(folder) > depth}
        for folder, (_, above) in deeper.items():
            names = rest.setdefault(above, {})
            names.setdefault(folder[depth], set()).add(folder[depth + 1 :])
        splits = {above: _splits_among(names) for above, names in rest.items()}
        for folder, (split, above) in deeper.items():
            found, name = splits[above], folder[depth]
            if name in found:
                said[folder] = _Said(split or found[name], above)
            elif _are_splits(found.values()):
                del said[folder]
            else:
                said[folder] = _Said(split, (*above, name))
    return said


def _splits_among(names: Mapping[str, Set[_Parts]]) -> dict[str, str]:
    """The split of each folder that is one, among folders beside each other.

    A name as it should be is of a split unless it is alone among classes, as that of trains may
    be. Others, such as `train_images` or `seg_test`, are where all are like that, or where classes
    of the same name are in two of them.

    Args:
        names: The paths, from there on, to the images in each folder.
    """
    exact = {name: split for name in names if (split := split_called(name))}
    is_alone = len(exact) < len(names) and not _are_splits(exact.values())
    found = {} if is_alone and not any(any(names[each]) for each in exact) else exact
    like = {name: split for name in names if (split := split_named(name))}
    if not _are_splits(like.values()):
        return found
    ends = {name: {path[-1] for path in names[name] if path} for name in like}
    for name, split in like.items():
        others = (ends[each] for each in like if like[each] != split)
        if len(like) == len(names) or any(ends[name] & each for each in others):
            found = {**found, name: split}
    return found


def _are_splits(found: Collection[str]) -> bool:
    """Whether there is train and another."""
    return "train" in found and len(set(found)) > 1


def _shared(paths: Set[tuple[str, ...]]) -> tuple[int, int]:
    """How many folders all these paths have before, and behind, what tells classes apart.

    Nothing is left of one that all others lie in; of a single one its last folder is.
    """
    if not paths:
        return 0, 0
    shortest = min(map(len, paths))
    before = min(len(posixpath.commonprefix([*paths])), shortest - (len(paths) == 1))
    behind = min(len(posixpath.commonprefix([each[::-1] for each in paths])), shortest - before)
    classes = {each[before : len(each) - behind] for each in paths}
    return before, behind if len(classes - {()}) > 1 else 0
