"""Images of val and test that look like one of train, found once train is embedded."""

import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.data.nearly_same import EXAMPLES, alike, look_of
from explorer.data.shared_images import Shared
from explorer.errors import BadDataError
from explorer.progress import Progress, Report, within
from explorer.steps.embeddings import Embedded
from explorer.store.step import Computed, Entry, Step
from explorer.store.store import Store
from explorer.types import Dataset, Split


def alike_across(dataset: Dataset, embedded: Callable[[], Embedded]) -> Step[list[Shared]]:
    """Near-duplicates of train by small copies, as `inspect` finds them among a few images.

    Val and test have no embeddings before something is scored; where they have, a cosine tells
    different images of one kind apart no better: of Scenes, without near-duplicates, the nearest
    reach 0.998. Those of train, whose embeddings are asked for late, are made of its thumbnails,
    those of the others by opening them.
    """
    held_out = {name: split for name, split in dataset.splits.items() if name != "train"}

    def compute(scratch: Path, report: Report) -> Computed:
        train = _looks_of(embedded(), within(report, 0.0, 0.5))
        found = []
        for place, (name, split) in enumerate(held_out.items()):
            share = 0.5 / len(held_out)
            part = within(report, 0.5 + place * share, 0.5 + (place + 1) * share)
            names, looks = _looks(split, part)
            if not (len(looks) and len(train)):
                continue
            same = np.flatnonzero(alike(looks, train)).tolist()
            if same:
                found.append([name, len(same), [names[i] for i in same[:EXAMPLES]]])
        return Computed({}, {"found": found})

    inputs = {
        "train": dataset.splits["train"].fingerprint,
        "held_out": {name: split.fingerprint for name, split in held_out.items()},
    }
    return Step("alike", 1, inputs, compute, _read)


def _read(entry: Entry) -> list[Shared]:
    return [Shared(name, "train", n, names) for name, n, names in entry.notes["found"]]


def found_in(store: Store, dataset: Dataset) -> str:
    """What is said of a dataset, with what splits share as far as it was looked for."""
    found = store.peek(alike_across(dataset, _not_now))
    return f"{dataset.found} {told(found)}" if found else dataset.found


def _not_now() -> Embedded:
    raise AssertionError("nothing is computed for a look")


def told(found: Sequence[Shared]) -> str:
    """A sentence for each split; "" where nothing was found."""
    return " ".join(
        f"Images of {each.split} that look like one of {each.other}, or are the same: "
        f"{each.n_images:,} ({', '.join(each.examples)}{_more(each)})."
        for each in found
    )


def _more(found: Shared) -> str:
    return ", ..." if found.n_images > len(found.examples) else ""


def _looks_of(embedded: Embedded, report: Report) -> np.ndarray:
    """(n, 768) uint8, small copies of the thumbnails."""
    n = len(embedded.thumbnails)
    progress, looks = Progress(report, "Comparing splits: train", n), []
    for i in range(n):
        with Image.open(io.BytesIO(embedded.thumbnails[i])) as image:
            looks.append(_rounded(look_of(image.convert("RGB"))))
        progress.add(1)
    return np.stack(looks) if looks else np.empty((0, 0), np.uint8)


def _looks(split: Split, report: Report) -> tuple[list[str], np.ndarray]:
    """Names and small copies of the images that can be read."""
    progress = Progress(report, "Comparing splits", split.n_images)
    looks: dict[str, np.ndarray] = {}
    for i, name in enumerate(split.image_names):
        with suppress(BadDataError):  # it is told where images are scored
            looks[name] = _rounded(look_of(split.open_image(i)))
        progress.add(1)
    return list(looks), np.stack(list(looks.values())) if looks else np.empty((0, 0), np.uint8)


def _rounded(look: np.ndarray) -> np.ndarray:
    rounded: np.ndarray = look.round().astype(np.uint8)
    return rounded
