"""What a dataset holds and lacks, told before hours are spent on it."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NotRequired, Required, TypedDict

import numpy as np

from explorer.data.built_in import BUILT_IN
from explorer.data.found import Found, look_into
from explorer.data.left_out import LeftOut, shortened
from explorer.data.nearly_same import Looks, look_of, nearly_same
from explorer.data.open import as_dataset, find_shared, open_dataset
from explorer.data.shared_images import Shared
from explorer.errors import BadDataError
from explorer.progress import Progress, Report, silent
from explorer.types import Dataset, Labelled, Pairs, Split

OPENED = 2000
"""Images of a split that are opened, spread over all, unless more are asked for."""
_FIRST_ROWS = 5
_EXAMPLES = 20
_THREADS = 4


class Reason(TypedDict):
    """Something that was left out."""

    reason: str
    count: int
    examples: list[str]


class SharedBy(TypedDict):
    """Images of one split that are in another, too."""

    split: str
    other: str
    n_images: int
    examples: list[str]


class Target(TypedDict, total=False):
    """What an image comes with: either."""

    captions: list[str]
    label: str


class FirstRow(Target):
    """One row of a split."""

    image: Required[str]  # its name


class SplitFacts(TypedDict):
    """What a split holds."""

    n_images: int
    n_captions: NotRequired[int]
    per_class: NotRequired[dict[str, int]]
    n_opened: int  # images that were opened to see whether they can be read
    n_unreadable: int
    unreadable: list[str]  # the first of them, and why
    sizes: list[list[int]]  # width and height of the smallest, the median and the largest
    first: list[FirstRow]


class Inspection(TypedDict):
    """What `inspect` tells."""

    data: str
    format: str
    found: str  # sentences
    columns: list[str]
    classes: list[str]
    splits: dict[str, SplitFacts]
    left_out: list[Reason]
    shared: list[SharedBy]
    nearly_same: list[SharedBy]  # among the images that were opened


def inspect(data: str, most: int = OPENED, report: Report = silent) -> Inspection:
    """Opens a dataset, and up to `most` images of each split, spread over all."""
    found, dataset = _opened(data)
    looks: dict[str, Looks] = {name: {} for name in dataset.splits}
    facts = {
        name: _facts(name, split, most, report, looks[name])
        for name, split in dataset.splits.items()
    }
    classes = [
        list(split.classes) for split in dataset.splits.values() if isinstance(split, Labelled)
    ]
    return {
        "data": data,
        "format": found.format,
        "found": dataset.found,
        "columns": found.columns,
        "classes": classes[0] if classes else [],
        "splits": facts,
        "left_out": [
            {"reason": reason, "count": count, "examples": found.left_out.examples.get(reason, [])}
            for reason, count in found.left_out.most_common()
            if count
        ],
        "shared": _as_shared(find_shared(found, dataset.splits) or ()),
        "nearly_same": _as_shared(nearly_same(looks)),
    }


def _as_shared(shared: Iterable[Shared]) -> list[SharedBy]:
    return [
        {"split": e.split, "other": e.other, "n_images": e.n_images, "examples": e.examples}
        for e in shared
    ]


def _opened(data: str) -> tuple[Found, Dataset]:
    if data in BUILT_IN:
        dataset = open_dataset(data)
        return Found("built in", dict(dataset.splits), [], LeftOut(), []), dataset
    found = look_into(data)
    return found, as_dataset(data, found)


def _facts(name: str, split: Split, most: int, report: Report, looks: Looks) -> SplitFacts:
    """Opens images; their small copies are added to `looks`."""
    chosen = np.unique(np.linspace(0, split.n_images - 1, min(most, split.n_images)).astype(int))
    progress = Progress(report, f"Opening images of {name}", len(chosen))
    sizes: list[tuple[int, int]] = []
    problems: list[str] = []

    def look(i: int) -> tuple[int, int] | str:
        try:
            image = split.open_image(i)
            looks[split.image_names[i]] = look_of(image)
            return image.size
        except BadDataError as error:
            return f"{shortened(split.image_names[i])}: {error}"

    with ThreadPoolExecutor(_THREADS) as pool:
        for seen in pool.map(look, chosen.tolist()):
            problems += [seen] if isinstance(seen, str) else []
            sizes += [] if isinstance(seen, str) else [seen]
            progress.add(1)
    sizes.sort(key=lambda size: size[0] * size[1])
    shown = [sizes[0], sizes[len(sizes) // 2], sizes[-1]] if sizes else []
    facts: SplitFacts = {
        "n_images": split.n_images,
        "n_opened": len(chosen),
        "n_unreadable": len(problems),
        "unreadable": problems[:_EXAMPLES],
        "sizes": [list(size) for size in shown],
        "first": first_rows(split),
    }
    if isinstance(split, Pairs):
        facts["n_captions"] = split.n_captions
    if isinstance(split, Labelled):
        counts = np.bincount(split.labels, minlength=len(split.classes))
        facts["per_class"] = {c: int(n) for c, n in zip(split.classes, counts, strict=True)}
    return facts


def first_rows(split: Split) -> list[FirstRow]:
    """The first images by name, each with its `captions` or its `label`."""
    return [
        {"image": split.image_names[i], **target_of(split, i)}
        for i in range(min(_FIRST_ROWS, split.n_images))
    ]


def target_of(split: Split, i: int) -> Target:
    """The `captions` of an image as a list, or its `label`."""
    if isinstance(split, Pairs):
        rows = slice(*np.searchsorted(split.image_of_caption, [i, i + 1]).tolist())
        return {"captions": [str(each) for each in split.captions[rows]]}
    assert isinstance(split, Labelled)
    return {"label": split.classes[int(split.labels[i])]}


def told(inspection: Inspection) -> str:
    """What was found, as lines of text."""
    lines = [inspection["found"], *(f"Read: {each}." for each in inspection["columns"])]
    for name, facts in inspection["splits"].items():
        lines += ["", *_split_lines(name, facts)]
    for each in inspection["nearly_same"]:
        lines += [
            f"Of the images that were opened, {each['n_images']:,} of {each['split']} look like "
            f"one of {each['other']}, or are the same: {', '.join(each['examples'])}."
        ]
    if inspection["left_out"]:
        lines += ["", "Left out:"]
        lines += [_reason_line(each) for each in inspection["left_out"]]
    return "\n".join(lines)


def _split_lines(name: str, facts: SplitFacts) -> list[str]:
    target = f", {facts['n_captions']:,} captions" if "n_captions" in facts else ""
    lines = [f"{name}: {facts['n_images']:,} images{target}"]
    if facts["sizes"]:
        small, middle, large = (f"{w} x {h}" for w, h in facts["sizes"])
        lines.append(f"  sizes: {small} to {large}, the median is {middle}")
    if "per_class" in facts:
        lines.append(f"  images per class: {_counts(facts['per_class'])}")
    if facts["n_unreadable"]:
        opened = f"{facts['n_unreadable']:,} of {facts['n_opened']:,} images that were opened"
        lines += [f"  cannot be read: {opened}", *(f"    {e}" for e in facts["unreadable"][:5])]
    lines += [f"  {each['image']}: {_shown(each)}" for each in facts["first"]]
    return lines


def _counts(per_class: Mapping[str, int], most: int = 20) -> str:
    some = [f"{name} {n:,}" for name, n in list(per_class.items())[:most]]
    return ", ".join(some) + (", ..." if len(per_class) > most else "")


def _shown(row: Mapping[str, Any]) -> str:
    captions: Sequence[str] = row.get("captions", [])
    return " | ".join(shortened(each) for each in captions) or str(row.get("label", ""))


def _reason_line(each: Reason) -> str:
    examples = f": {', '.join(each['examples'])}" if each["examples"] else ""
    return f"  {each['reason']} ({each['count']:,}){examples}"
