"""Lays embeddings out in the plane."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.config import MapConfig
from explorer.core.lazy_rows import Rows, pick
from explorer.errors import ConfigError
from explorer.progress import Report, silent, within
from explorer.steps.embeddings import SPACES, Embedded
from explorer.store.step import Computed, Entry, Step
from explorer.store.store import Store

MOST_FITTED = 100_000
"""Rows that UMAP lays out itself; the others are placed between their nearest ones of these."""
N_ANCHORS = 5
"""Fitted rows that a placed row stands between."""
_BLOCK = 2048


class Layout(NamedTuple):
    """Points of a space in the plane."""

    position: np.ndarray  # (n, 2) float32: the N images, the M captions, or the ones and the others
    note: str  # for the reader of the map


def layout(
    embed_key: str,
    config: MapConfig,
    space: str,
    embedded: Callable[[], Embedded],
    store: Store | None = None,
) -> Step[Layout]:
    """The map of the images, of the captions, or of both in one plane.

    What a `store` holds of the very same images is taken over.
    """
    if space not in SPACES:
        raise ConfigError(f"There is no map of {space!r}. Choose one of: {', '.join(SPACES)}.")

    def compute(scratch: Path, report: Report) -> Computed:
        found = embedded()
        if store and space == "image" and found.images_of:
            same = layout(found.images_of, config, space, embedded)
            if known := store.peek(same):
                return Computed({"position": np.asarray(known.position)}, {"note": known.note})
        rows = _rows(found, space)
        return Computed(
            {"position": lay_out(rows, config, report)}, {"note": _note(len(rows), space)}
        )

    def read(entry: Entry) -> Layout:
        return Layout(entry.arrays["position"], entry.notes["note"])

    inputs = {"embed": embed_key, "space": space, **vars(config)}
    return Step("map", 1, inputs, compute, read)


def lay_out(rows: Rows, config: MapConfig, report: Report = silent) -> np.ndarray:
    """Positions (n, 2) float32 of rows (n, D); of many rows, a sample is fitted first."""
    from explorer.core.projection import project_to_plane

    n = len(rows)
    report(0.0, f"Laying out {min(n, MOST_FITTED):,} points")
    rng = np.random.default_rng(config.seed)
    fitted = np.sort(rng.permutation(n)[:MOST_FITTED]) if n > MOST_FITTED else np.arange(n)
    plane = project_to_plane(
        rows[fitted],
        n_neighbors=config.n_neighbors,
        min_dist=config.min_dist,
        seed=config.seed,
        report=within(report, 0.0, 1.0 if len(fitted) == n else 0.8),
    )
    if len(fitted) == n:
        return plane
    report(0.8, f"Placing {n - len(fitted):,} more points")
    position = np.empty((n, 2), dtype=np.float32)
    position[fitted] = plane
    others = np.setdiff1d(np.arange(n), fitted)
    position[others] = place(pick(rows, others), rows[fitted], plane)
    return position


def place(rows: Rows, anchors: np.ndarray, plane: np.ndarray) -> np.ndarray:
    """Puts unit rows (n, D) between the nearest of (a, D) unit rows, whose places (a, 2) are known.

    Returns:
        (n, 2) float32, the mean of the nearest anchors' places, the nearer the heavier.
    """
    n_anchors = min(N_ANCHORS, len(anchors))
    position = np.empty((len(rows), 2), dtype=np.float32)
    for start in range(0, len(rows), _BLOCK):
        cosine = rows[start : start + _BLOCK] @ anchors.T
        nearest = np.argpartition(-cosine, n_anchors - 1, axis=1)[:, :n_anchors]
        distance = 1 - np.take_along_axis(cosine, nearest, axis=1)
        weight = 1 / np.maximum(distance, 1e-6)
        weight /= weight.sum(axis=1, keepdims=True)
        position[start : start + _BLOCK] = np.einsum("na,nad->nd", weight, plane[nearest])
    return position


def _rows(embedded: Embedded, space: str) -> Rows:
    """Unit rows to lay out; in a map of both, each modality is centred, as CLIP parts the two.

    Only those of both are copied.
    """
    from explorer.core.geometry import scale_to_unit, unit_rows

    if space == "image":
        return scale_to_unit(embedded.image)
    if space == "caption":
        return scale_to_unit(embedded.caption)
    image, caption = unit_rows(embedded.image), unit_rows(embedded.caption)
    centred = [part - part.mean(axis=0) for part in (image, caption)]
    return unit_rows(np.concatenate(centred))


def _note(n: int, space: str) -> str:
    notes = []
    if n > MOST_FITTED:
        notes.append(
            f"UMAP laid out {MOST_FITTED:,} of {n:,} points; each of the others stands between "
            f"the {N_ANCHORS} that are most like it."
        )
    if space == "both":
        notes.append("Images and captions are centred separately, because CLIP parts the two.")
    return " ".join(notes)
