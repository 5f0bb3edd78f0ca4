"""Rows that a person chose from a dataset: kept in the store under a key of what they are.

A row is one caption with its image. Embeddings are those of the whole dataset; prototypes and
methods see the chosen rows only.
"""

import hashlib
import re
from typing import NamedTuple

import numpy as np

from explorer.errors import ConfigError, MissingDataError
from explorer.steps.embeddings import Embedded
from explorer.store.step import Computed, Entry, Step
from explorer.store.store import Store
from explorer.types import Pairs

SUBSET = "subset"
_SHOWN = 8  # digits of a key: enough to tell subsets apart, and what people can type


class Subset(NamedTuple):
    """Chosen rows of an embedded split."""

    key: str
    rows: np.ndarray  # (n,) int64 in [0, n_captions), rising
    n_captions: int  # of the split

    def __str__(self) -> str:
        """One sentence for people."""
        return (
            f"Only {len(self.rows):,} of {self.n_captions:,} captions, chosen by hand "
            f"(subset {self.key[:_SHOWN]})."
        )


def keep_subset(
    store: Store, pairs: Pairs, n_captions: int, rows: np.ndarray, *, leave_out: bool = False
) -> Subset:
    """Keeps rows of an embedded split, or all others; the same rows have the same key.

    Rows are numbers of embedded captions, in any order; `n_captions` are embedded.
    """
    is_chosen = np.full(n_captions, leave_out)
    if len(rows) and not 0 <= rows.min() <= rows.max() < n_captions:
        raise IndexError(rows)
    is_chosen[rows] = not leave_out
    chosen = np.flatnonzero(is_chosen)
    if not len(chosen):
        raise ConfigError("No row would be left to distill. Select others.")
    digest = hashlib.sha256(chosen.astype("<i8").tobytes()).hexdigest()
    inputs = {"pairs": pairs.fingerprint, "n_captions": n_captions, "rows": digest}
    notes = {"pairs": pairs.fingerprint, "n_captions": n_captions}
    step = Step(
        SUBSET, 1, inputs, lambda scratch, report: Computed({"rows": chosen}, notes), _as_subset
    )
    return store.fetch(step)


def _as_subset(entry: Entry) -> Subset:
    return Subset(entry.key, entry.arrays["rows"], entry.notes["n_captions"])


def whole_key(store: Store, beginning: str) -> str:
    """The key of the only subset that begins with these digits, 8 or more; else they themselves."""
    keys = store.keys(SUBSET, beginning) if len(beginning) >= _SHOWN else []
    if len(keys) > 1:
        raise ConfigError(f"{len(keys)} subsets begin with {beginning}: {', '.join(keys)}.")
    return keys[0] if keys else beginning


def find_subset(store: Store, pairs: Pairs, key: str) -> Subset:
    """The rows that were kept under a key, which must be of this split."""
    is_key = re.fullmatch("[0-9a-f]{24}", key)
    entry = store.by_key(SUBSET, key) if is_key else None
    if entry is None:
        raise MissingDataError(f"There is no subset {key!r} in {store.root}. Select rows again.")
    if entry.notes["pairs"] != pairs.fingerprint:
        raise ConfigError(
            f"The subset {key} was chosen from other data, or the data have changed since. Select "
            "rows again, or distill all."
        )
    return _as_subset(entry)


def restricted_key(embed_key: str, subset: Subset) -> str:
    """What `restrict` calls its answer."""
    return f"{embed_key}-{subset.key}"


def restrict(embedded: Embedded, subset: Subset) -> Embedded:
    """The chosen rows with their images, as if there were no others."""
    if subset.n_captions != len(embedded.caption):
        raise ConfigError(
            f"The subset {subset.key} was chosen from {subset.n_captions:,} captions, and "
            f"{len(embedded.caption):,} could be read. Select rows again, or distill all."
        )
    rows = subset.rows
    images, image_of_caption = np.unique(embedded.image_of_caption[rows], return_inverse=True)
    return embedded._replace(
        key=restricted_key(embedded.key, subset),
        image=embedded.image[images],
        caption=embedded.caption[rows],
        image_of_caption=image_of_caption,
        captions=embedded.captions.pick(rows),
        names=embedded.names.pick(images),
        thumbnails=embedded.thumbnails.pick(images),
        number=embedded.number[images],
        images_of="",
    )
