"""How far a finished set, or the prototypes as they are, reach into train, and where not."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.core.clusters.labels import distinctive_words
from explorer.core.coverage import Reach, find_holes, reach
from explorer.core.geometry import scale_to_unit
from explorer.core.neighbors import EXACT_ROWS
from explorer.errors import ConfigError
from explorer.explore.dataset import Prepared
from explorer.explore.nearest import nearest_others
from explorer.progress import Report, within
from explorer.steps.embed import embed
from explorer.steps.embeddings import Embedded
from explorer.store.step import Computed, Entry, Step
from explorer.store.store import Store
from explorer.types import Pairs

N_WORDS = 4
SEED = 0
"""Of the holes."""


class Coverage(NamedTuple):
    """How far a set reaches into train."""

    found: Reach  # of the N images
    hole: np.ndarray  # (N,) int64, the hole of each image; -1 where it is covered
    words: list[list[str]]  # distinctive words of the captions in each hole


class Hole(NamedTuple):
    """Images that no pair of a set is near to."""

    images: np.ndarray  # (n,) int
    words: str
    distance: float  # to the nearest pair, mean
    middle: int  # the image nearest to the mean of all
    added: int | None  # number of a prototype that a person added for most of them


def coverage(store: Store, prepared: Prepared, made: Pairs | None) -> Step[Coverage]:
    """The step that finds the coverage by a set; by the prototypes where it is None."""
    if prepared.n_images < 2:
        raise ConfigError("Coverage is told of at least two images.")
    embedding = embed(made, prepared.config.models) if made else None

    def compute(scratch: Path, report: Report) -> Computed:
        own = _embeddings(store, prepared, embedding, within(report, 0.0, 0.6))
        others = store.fetch(nearest_others(prepared), within(report, 0.6, 0.8))
        found = reach(prepared.image, own, others.distance[:, 1])
        report(0.8, "Looking for holes")
        hole = find_holes(scale_to_unit(prepared.image), found, SEED)
        arrays = {name: getattr(found, name) for name in ("distance", "nearest", "is_rare")}
        of_caption = hole[prepared.image_of_caption]
        words = distinctive_words(prepared.captions, of_caption, int(hole.max()) + 1, N_WORDS)
        return Computed({**arrays, "hole": hole}, {"usual": found.usual, "words": words})

    own = embedding.key if embedding else prepared.key
    inputs = {"embed": prepared.embed_key, "made": own}
    return Step("coverage", 1, inputs, compute, _read)


def _embeddings(
    store: Store, prepared: Prepared, embedding: Step[Embedded] | None, report: Report
) -> np.ndarray:
    """(K, D) image embeddings of what covers."""
    if embedding is None:
        return np.asarray(prepared.prototypes.image)
    own: np.ndarray = store.fetch(embedding, report).image
    return own


def _read(entry: Entry) -> Coverage:
    arrays, notes = entry.arrays, entry.notes
    found = Reach(notes["usual"], arrays["distance"], arrays["nearest"], arrays["is_rare"])
    return Coverage(found, arrays["hole"], notes["words"])


def holes(prepared: Prepared, found: Coverage) -> list[Hole]:
    """The holes, those where most is missing first."""
    added = _added(prepared)
    return [
        _hole(prepared, found, np.flatnonzero(found.hole == number), " · ".join(words), added)
        for number, words in enumerate(found.words)
    ]


def _hole(
    prepared: Prepared,
    found: Coverage,
    images: np.ndarray,
    words: str,
    added: Sequence[tuple[int, np.ndarray]],
) -> Hole:
    rows = scale_to_unit(prepared.image)[images]
    middle = int(images[(rows @ rows.mean(axis=0)).argmax()])
    own = [number for number, given in added if 2 * np.isin(images, given).sum() > len(images)]
    distance = float(found.found.distance[images].mean())
    return Hole(images, words, distance, middle, own[-1] if own else None)


def _added(prepared: Prepared) -> list[tuple[int, np.ndarray]]:
    """Prototypes that people added and that are there still, and the images of each."""
    there = set(prepared.number.tolist())
    return [
        (edit.prototype, prepared.image_of_caption[np.array(edit.rows)])
        for edit in prepared.edits
        if edit.rows is not None and edit.prototype in there
    ]


def note(prepared: Prepared, usual: float, *, is_of_set: bool) -> str:
    """What a reader of the numbers should know."""
    near = (
        "An image of train counts as covered where one of the set is no further from it than the "
        f"nearest other image is from the median image: 1 − cosine of {usual:.3f}, by CLIP."
    )
    what = "" if is_of_set else " Prototypes are means, and no images yet."
    some = prepared.n_images > EXACT_ROWS
    return near + what + (" Nearest others are looked for in part of the data." if some else "")
