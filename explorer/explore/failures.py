"""Where students fail: items of test on the map of train, ranked by what they find, in groups."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.core.columns import CAPTION, DATE, IMAGE, LIST, NUMBER, WORDS, take
from explorer.core.geometry import unit_rows
from explorer.errors import BadDataError, ConfigError, UnknownNameError
from explorer.explore.dataset import Prepared
from explorer.explore.points import CLASS
from explorer.progress import Report, within
from explorer.steps.embed import embed
from explorer.steps.embeddings import Embedded
from explorer.steps.maps import N_ANCHORS, place
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from explorer.tasks.items import Items
from explorer.types import Column, Pairs

SPACES = ("image", "caption")
"""Spaces whose maps show items of test."""
NOTE = (
    f"Each item of test stands between the {N_ANCHORS} of train most like it by CLIP; the map "
    "itself was laid out without them."
)
PROTOTYPE = "prototype"
BINS = 5
"""Groups of a column of numbers, of about as many items each."""
MOST_GROUPS = 200
_AT_ONCE = 256


class Fared(NamedTuple):
    """How n items of test fared."""

    item: np.ndarray  # (n,) int, numbers of the images, or rows of the captions, in test
    rank: np.ndarray  # (n,) float, mean over students; 0 is first
    first: np.ndarray  # (n,) float, share of students that found the partner first
    among: np.ndarray  # (n,) float, share that found it among the best `k_of`
    n_answers: int


class Group(NamedTuple):
    """Items that have something in common."""

    label: str
    prototype: int  # -1 where it is none
    rows: np.ndarray  # (n,) int, places among the items


def held_out(prepared: Prepared) -> Pairs:
    """Whose items students are scored on; `ConfigError` where there is none."""
    if "test" not in prepared.dataset.splits:
        raise ConfigError(f"{prepared.dataset.name} has no test split.")
    return prepared.dataset.captioned("test")


def embedding(prepared: Prepared) -> Step[Embedded]:
    """The step that embeds the test split as train was."""
    return embed(held_out(prepared), prepared.config.models)


def placing(store: Store, prepared: Prepared, space: str) -> Step[np.ndarray]:
    """Places (n, 2) of the readable items of test on the map of a space."""
    if space not in SPACES:
        raise UnknownNameError(f"Items of test stand on the maps of {' and '.join(SPACES)}.")
    step = embedding(prepared)

    def compute(scratch: Path, report: Report) -> Computed:
        test = store.fetch(step, within(report, 0.0, 0.9))
        plane = prepared.layout(space)
        if plane is None:
            raise ConfigError("This map is not laid out yet.")
        if test.image.shape[1] != prepared.image.shape[1]:
            raise BadDataError("Test and train were embedded by different encoders.")
        rows, anchors = (unit_rows(getattr(each, space)) for each in (test, prepared))
        report(0.9, "Placing the items of test")
        parts = [
            place(rows[start : start + _AT_ONCE], anchors, plane)
            for start in range(0, len(rows), _AT_ONCE)
        ]
        position = np.concatenate(parts) if parts else np.empty((0, 2), np.float32)
        return Computed({"position": position})

    inputs = {"map": prepared.layout_step(space).key, "test": step.key}
    return Step("placed", 1, inputs, compute, lambda entry: entry.arrays["position"])


def fared(items: Items, network: str, space: str) -> Fared:
    """How the images or the captions fared with the students of a network."""
    if network not in items.ranks:
        raise UnknownNameError(f"Students of this run have {', '.join(items.ranks)}.")
    is_image = space == "image"
    ranks = items.ranks[network]
    rank = (ranks.image if is_image else ranks.caption).astype(np.float64)
    n_answers = items.n_answers[0 if is_image else 1]
    asked = np.flatnonzero((rank >= 0).all(axis=0))
    rank = rank[:, asked]
    item = (items.image if is_image else items.caption)[asked]
    first, among = ((rank < most).mean(axis=0) for most in (1, k_of(n_answers)))
    return Fared(item, rank.mean(axis=0), first, among, n_answers)


def k_of(n_answers: int) -> int:
    """Among how many of the best answers an item counts as nearly found."""
    return 10 if n_answers > 20 else 3


def places_of(prepared: Prepared, embedded: Embedded, space: str, item: np.ndarray) -> np.ndarray:
    """(n,) int, where items stand among the embedded ones; -1 where they could not be read."""
    split = held_out(prepared)
    n = split.n_images if space == "image" else split.n_captions
    known = embedded.number if space == "image" else _caption_rows(split, embedded)
    if len(item) and (item.min() < 0 or item.max() >= n):
        raise BadDataError("The run was scored on another test split than the data have now.")
    place_of = np.full(n, -1)
    place_of[known] = np.arange(len(known))
    found: np.ndarray = place_of[item]
    return found


def _caption_rows(split: Pairs, embedded: Embedded) -> np.ndarray:
    return np.flatnonzero(np.isin(split.image_of_caption, embedded.number))


def prototypes_near(prepared: Prepared, rows: np.ndarray) -> np.ndarray:
    """(n,) int, the prototype whose image is most like each row (n, D)."""
    centres = unit_rows(np.asarray(prepared.prototypes.image, dtype=np.float32))
    near: np.ndarray = (unit_rows(rows) @ centres.T).argmax(axis=1)
    return near


def columns_of(prepared: Prepared) -> dict[str, Column]:
    """What came with the test split, by name; of labelled data the class, too."""
    columns = dict(held_out(prepared).columns)
    if prepared.dataset.is_labelled:
        split = prepared.dataset.labelled("test")
        columns = {CLASS: Column(IMAGE, WORDS, split.labels, split.classes), **columns}
    return columns


def groups(
    prepared: Prepared, space: str, by: str, item: np.ndarray, near: np.ndarray
) -> list[Group]:
    """The items in groups, those of most items first.

    Those of a group are most like one prototype, (n,) `near`, or have the same in a column of test.
    """
    if by == PROTOTYPE:
        found = [
            Group(prepared.labels[k], int(k), np.flatnonzero(near == k)) for k in np.unique(near)
        ]
    else:
        columns = columns_of(prepared)
        if by not in columns:
            raise UnknownNameError(f"Test has no column {by!r}.")
        found = list(_by_column(_of_items(columns[by], held_out(prepared), space, item)))
    return sorted(found, key=lambda each: -len(each.rows))[:MOST_GROUPS]


def _of_items(column: Column, split: Pairs, space: str, item: np.ndarray) -> Column:
    """The cells of items; an image has those of its first caption."""
    if (column.per == CAPTION) == (space == "caption"):
        return take(column, item)
    if column.per == CAPTION:
        first = np.minimum(np.searchsorted(split.image_of_caption, item), split.n_captions - 1)
        return take(column, first)
    return take(column, np.asarray(split.image_of_caption)[item])


def _by_column(column: Column) -> Iterator[Group]:
    if column.kind in (NUMBER, DATE):
        yield from _binned(column.values)
        return
    values, rows = column.values, np.arange(len(column))
    if column.kind == LIST and column.starts is not None:
        rows = np.repeat(rows, np.diff(column.starts))
    for code in np.unique(values[values >= 0]):
        yield Group(column.names[int(code)], -1, np.unique(rows[values == code]))


def _binned(values: np.ndarray) -> Iterator[Group]:
    known = values[~np.isnan(values)]
    if not len(known):
        return
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)))
    for low, high in _between(edges.tolist()):
        is_last = high == edges[-1]
        rows = np.flatnonzero((values >= low) & ((values < high) | (is_last & (values <= high))))
        if len(rows):
            yield Group(f"{low:.4g} to {high:.4g}", -1, rows)


def _between(edges: Sequence[float]) -> list[tuple[float, float]]:
    return list(pairwise(edges)) or [(edges[0], edges[0])]
