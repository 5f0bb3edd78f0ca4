"""How people call train, val and test, and which numbers they write for them."""

import re
from collections.abc import Iterable, Mapping, Set
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
_PARTS: Mapping[str, str] = {"0": "train", "1": "val", "2": "test"}
"""As in CelebA; where all three are there, for two of them may mean something else."""
_IS_TRAIN: Mapping[str, str] = {"1": "train", "0": "test", "true": "train", "false": "test"}
"""As in CUB."""
IS_TRAIN = "is[_-]?train(ing)?([_-]?(image|set))?"
"""What a column is called that says of each image whether it is of train; a pattern."""
_IS_TRAIN_NAME = re.compile(IS_TRAIN, re.I)
_PARTS_NAME = re.compile("(.*_)?(partition|split)", re.I)


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


def may_number(name: str) -> bool:
    """Whether a column or file of this name may say splits by numbers whose meaning is known."""
    return bool(_IS_TRAIN_NAME.fullmatch(name) or _PARTS_NAME.fullmatch(name))


def numbered(name: str, values: Set[str]) -> Mapping[str, str]:
    """The splits that numbers or truths mean in a column or file of this name; empty if unknown.

    `values` are all that are there, as `plain` writes them.

    Examples:
        >>> numbered("partition", {"0", "1", "2"})
        {'0': 'train', '1': 'val', '2': 'test'}
        >>> numbered("is_train", {"0", "1"}), numbered("partition", {"0", "1"})
        ({'1': 'train', '0': 'test'}, {})
    """
    if _IS_TRAIN_NAME.fullmatch(name) and values <= _IS_TRAIN.keys():
        return {value: split for value, split in _IS_TRAIN.items() if value in values}
    return _PARTS if _PARTS_NAME.fullmatch(name) and values == _PARTS.keys() else {}


def plain(value: object) -> str:
    """A number or a truth as it is written; 1.0, as pandas has it beside nothing, as 1."""
    return str(value).strip().lower().removesuffix(".0")


def are_parts(values: Iterable[object]) -> bool:
    """Whether these are numbers of train, val and test, and nothing else."""
    found = {plain(value) for value in values if value is not None}
    return bool(found) and found <= _PARTS.keys()


def is_split(value: str) -> bool:
    """Whether a value is the name of a split, or a number or a truth that may mean one."""
    return value in _PARTS or value in _IS_TRAIN or split_called(value) is not None


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
