"""How people call train, val and test."""

import re
from collections.abc import Iterable
from pathlib import Path

from explorer.errors import BadDataError

Files = dict[str, Path]
"""The files of one dataset, by split."""

SPLITS = ("train", "val", "test")
_CALLED = {
    "train": "train",
    "training": "train",
    "restval": "train",  # the images of COCO's val that Karpathy's split trains on
    "val": "val",
    "minival": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
    "eval": "test",
    "evaluation": "test",
}
WORDS = "|".join(_CALLED)
"""Alternatives of a pattern."""


def split_called(name: str) -> str | None:
    """The split that a folder of exactly this name holds, or None.

    Examples:
        >>> split_called("Valid"), split_called("test tube")
        ('val', None)
    """
    return _CALLED.get(name.lower())


def split_named(text: str) -> str | None:
    """The split that the name of a file, folder or split says, or None; the last word counts.

    Examples:
        >>> split_named("data/validation-00000-of-00002.parquet")
        'val'
        >>> split_named("captions_train2014.json")
        'train'
        >>> split_named("latest.tar") is None
        True
    """
    for word in reversed(re.findall("[a-z]+", text.lower())):
        if word in _CALLED:
            return _CALLED[word]
    return None


def by_split(folder: Path, paths: Iterable[Path]) -> Files:
    """Files in a folder as one dataset, by the split that their path names; "" where none."""
    return merged({split_named(str(path.relative_to(folder))) or "": path} for path in paths)


def merged(found: Iterable[Files]) -> Files:
    """All of them as one dataset; two files for the same split are refused.

    One that says no split, "", is for training as a rule.
    """
    files: Files = {}
    for each in found:
        for split, path in each.items():
            if same := {split or "train", "" if split == "train" else split} & files.keys():
                raise BadDataError(
                    f"There are two files for the {split or 'train'} split, {files[same.pop()]} "
                    f"and {path}; keep one dataset per folder."
                )
            files[split] = path
    return files
