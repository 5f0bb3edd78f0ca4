"""Paired image and caption prototypes (PDS, arXiv 2602.19756), and the captions nearest to them."""

from collections.abc import Callable
from functools import partial

import numpy as np

from explorer.config import PAIRLESS
from explorer.core.cluster import cluster_rows
from explorer.core.geometry import (
    Map,
    check_rows,
    cosine_rows,
    mean_rows,
    row_blocks,
    row_lengths,
    unit_rows,
)
from explorer.core.lazy_rows import Rows, pick
from explorer.core.match import Matching, match_clusters, pairs_of_rows
from explorer.core.pairs import most_similar
from explorer.core.refill import Side, refill
from explorer.errors import BadDataError, ConfigError
from explorer.types import Prototypes

Cluster = Callable[[Rows], tuple[np.ndarray, np.ndarray]]
"""Gives the cluster (M,) of each row, and the centres (K, D)."""


def make_prototypes(
    image: Rows,
    caption: Rows,
    *,
    n_prototypes: int,
    drop_fraction: float = 0.2,
    normalize: bool = False,
    pairless: str = "centres",
    clustering: str = "minibatch",
    seed: int = 42,
    over: Map = map,
) -> Prototypes:
    """Finds pairs of an image cluster and a caption cluster; each pair's means are a prototype.

    Leaves out the least similar rows, clusters either side by itself, pairs the clusters so that
    they share as many rows as possible, and averages the shared rows on both sides. With
    "minibatch" and "centres" the answer is the reference implementation's.

    Two clusters may be paired without sharing a row. `pairless` says what happens then:
    "centres" keeps the two centres, which may be unrelated, with n_shared 0; "drop" leaves the
    pair out; "refill" takes both clusters apart (each row joins the nearest of the others) and
    gives their numbers to half of the pair that shares most rows, divided by 2-means on image
    and caption together. Should no pair share two rows any more, a row of no pair becomes one.

    Args:
        image: (M, D) image embedding of each caption; finite, not normalised. Both sides may be
            memory-mapped, and nothing as large is copied with "kmeans" unless `normalize` is set.
        caption: (M, D) caption embeddings, likewise.
        n_prototypes: K, from 1 to the number of rows kept.
        drop_fraction: Share of rows left out first, in [0, 1).
        normalize: Cluster rows of length 1; what is averaged are the raw rows either way.
        pairless: "centres", "drop" (fewer than K may come out) or "refill" (exactly K).
        clustering: "minibatch" or "kmeans", see `cluster_rows`.
        seed: Of the clustering.
        over: See `cluster_rows`.

    Returns:
        Prototypes by falling cosine between their two sides. Equal rows have equal clusters, so
        K may exceed the number of distinct rows; prototypes then repeat.
    """
    if pairless not in PAIRLESS:
        raise ConfigError(f"pairless must be one of {', '.join(PAIRLESS)}, got {pairless!r}.")
    kept = most_similar(image, caption, drop_fraction)
    if not 1 <= n_prototypes <= len(kept):
        raise ConfigError(
            f"Cannot make {n_prototypes} prototypes from {len(kept)} pairs that survive the "
            f"filter; ask for 1 to {len(kept)}, lower drop_fraction, or use more data."
        )
    cluster = partial(
        cluster_rows, n_clusters=n_prototypes, method=clustering, seed=seed, over=over
    )
    image_side, caption_side = (
        _cluster_side(pick(rows, kept), normalize, cluster) for rows in (image, caption)
    )
    matching = match_clusters(image_side.labels, caption_side.labels, n_prototypes)
    if pairless == "refill":
        image_side, caption_side = refill(image_side, caption_side, matching, seed)
    drop_pairless = pairless == "drop"
    return _average(image_side, caption_side, matching, kept, len(image), drop_pairless)


def _cluster_side(rows: Rows, normalize: bool, cluster: Cluster) -> Side:
    if not normalize:
        return Side(rows, *cluster(rows))
    labels, centres = cluster(unit_rows(rows))
    n_clusters = len(centres)
    # Prototypes have the length of raw rows, so a centre is the mean of its cluster's raw rows.
    means = mean_rows(rows, labels, n_clusters)
    is_empty = np.bincount(labels, minlength=n_clusters) == 0
    means[is_empty] = centres[is_empty] * row_lengths(rows).mean()
    return Side(rows, labels, means)


def _average(
    image: Side,
    caption: Side,
    matching: Matching,
    kept: np.ndarray,
    n_rows: int,
    drop_pairless: bool,
) -> Prototypes:
    """Averages what each pair of clusters shares, and sorts."""
    pair_of_row = pairs_of_rows(image.labels, caption.labels, matching)
    n_clusters = len(matching.n_shared)
    n_shared = np.bincount(pair_of_row[pair_of_row >= 0], minlength=n_clusters)
    is_shared = (n_shared > 0)[:, None]
    image_label = np.arange(n_clusters)
    caption_label = matching.caption_of_image
    image_means = mean_rows(image.rows, pair_of_row, n_clusters)
    caption_means = mean_rows(caption.rows, pair_of_row, n_clusters)
    image_prototypes = np.where(is_shared, image_means, image.centres)
    caption_prototypes = np.where(is_shared, caption_means, caption.centres[caption_label])

    order = np.argsort(-cosine_rows(image_prototypes, caption_prototypes), kind="stable")
    if drop_pairless:
        order = order[n_shared[order] > 0]
    return Prototypes(
        image=image_prototypes[order],
        caption=caption_prototypes[order],
        n_shared=n_shared[order],
        image_cluster=_spread(image.labels, kept, n_rows),
        caption_cluster=_spread(caption.labels, kept, n_rows),
        image_label=image_label[order],
        caption_label=caption_label[order],
        kept=kept,
    )


def _spread(labels: np.ndarray, kept: np.ndarray, n_rows: int) -> np.ndarray:
    """(M,) int64, the labels (M_kept,) at their rows and -1 at the rows that were dropped."""
    spread = np.full(n_rows, -1, dtype=np.int64)
    spread[kept] = labels
    return spread


def nearest_captions(prototype: np.ndarray, caption: Rows, *, unique: bool = False) -> np.ndarray:
    """Finds the caption of highest cosine with each prototype.

    Args:
        prototype: (K, D) caption prototypes.
        caption: (M, D) caption embeddings; read in blocks, so they may be memory-mapped.
        unique: Give every prototype a caption of its own, so that the cosines add up to the
            most; needs M of at least K.

    Returns:
        (K,) int64 rows of caption. A zero row has cosine 0 with everything.

    Examples:
        >>> prototype, caption = np.array([[1.0, 0.1], [1.0, 0.0]]), np.array([[1.0, 0], [0, 1.0]])
        >>> nearest_captions(prototype, caption), nearest_captions(prototype, caption, unique=True)
        (array([0, 0]), array([1, 0]))
    """
    check_rows("prototypes", prototype)
    if caption.ndim != 2 or prototype.shape[1] != caption.shape[1]:
        raise BadDataError(
            f"Prototypes {prototype.shape} and captions {caption.shape} must have the same width."
        )
    if len(caption) < (len(prototype) if unique else 1):
        raise ConfigError(
            f"{len(prototype)} prototypes cannot be given a caption each from {len(caption)}; "
            "use more captions or fewer prototypes."
        )
    _, nearest = _best_captions(prototype, caption, 1)
    if not unique or len(np.unique(nearest)) == len(nearest):
        return nearest[:, 0]
    # In a best assignment nobody needs more than its K best: the others can hold but K - 1.
    return _assign(*_best_captions(prototype, caption, len(prototype)))


def _best_captions(
    prototype: np.ndarray, caption: Rows, n_best: int
) -> tuple[np.ndarray, np.ndarray]:
    """The n_best highest cosines (K, n_best), in no order, and the (K, n_best) captions."""
    unit_prototype = unit_rows(prototype)
    best = np.full((len(prototype), n_best), -np.inf, dtype=np.float32)
    best_row = np.full((len(prototype), n_best), -1)
    for rows in row_blocks(len(caption)):
        check_rows("caption embeddings", caption[rows])
        cosine = np.hstack([best, unit_prototype @ unit_rows(caption[rows]).T])
        row = np.hstack([best_row, np.tile(np.arange(rows.start, rows.stop), (len(best), 1))])
        if n_best == 1:
            column = cosine.argmax(axis=1)[:, None]  # the first of equals
        else:
            column = np.argpartition(-cosine, n_best - 1, axis=1)[:, :n_best]
        best = np.take_along_axis(cosine, column, axis=1)
        best_row = np.take_along_axis(row, column, axis=1)
    return best, best_row


def _assign(cosine: np.ndarray, caption_row: np.ndarray) -> np.ndarray:
    """(K,) int64 distinct captions of the highest sum, from a (K, K) shortlist of each."""
    # Reason for the late import as in match.py.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    known, column = np.unique(caption_row, return_inverse=True)
    n_prototypes, n_best = cosine.shape
    cost = 2 - cosine.astype(np.float64)  # above 0, because 0 would mean "no edge"
    row = np.repeat(np.arange(n_prototypes), n_best)
    edges = csr_array((cost.ravel(), (row, column.ravel())), shape=(n_prototypes, len(known)))
    _, chosen = min_weight_full_bipartite_matching(edges)
    assigned: np.ndarray = known[chosen]
    return assigned
