"""Paired image and caption prototypes (PDS, arXiv 2602.19756), and the captions nearest to them."""

from collections.abc import Callable
from functools import partial

import numpy as np

from explorer.config import PAIRLESS
from explorer.core.clusters.beginning import Start
from explorer.core.clusters.cluster import cluster_rows
from explorer.core.clusters.joint import farthest_first, fit_weights, joint_rows
from explorer.core.clusters.match import Matching, match_clusters, pairs_of_rows
from explorer.core.clusters.refill import Side, refill
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
from explorer.core.pairs import most_similar
from explorer.errors import BadDataError, ConfigError
from explorer.types import Prototypes

Cluster = Callable[..., tuple[np.ndarray, np.ndarray]]
"""Gives the cluster (M,) of each row, and the centres (K, D); may be told the `start` of these."""


def make_prototypes(
    image: Rows,
    caption: Rows,
    *,
    n_prototypes: int,
    drop_fraction: float = 0.2,
    normalize: bool = False,
    pairless: str = "centres",
    clustering: str = "minibatch",
    joint: float = 0.0,
    over_clusters: int = 1,
    weighted: bool = False,
    seed: int = 42,
    over: Map = map,
    start: Start | None = None,
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
            memory-mapped; with "kmeans" only `normalize` and `joint` copy as much.
        caption: (M, D) caption embeddings, likewise.
        n_prototypes: K, from 1 to the number of rows kept.
        drop_fraction: Share of rows left out first, in [0, 1).
        normalize: Cluster rows of length 1; what is averaged are the raw rows either way.
        pairless: "centres", "drop" (fewer than K may come out) or "refill" (exactly K).
        clustering: "minibatch" or "kmeans", see `cluster_rows`.
        joint: Share of the image in `joint_rows`, which are clustered once; 0: side by side.
        over_clusters: Pairs found for each that is kept by `farthest_first`.
        weighted: Shared rows count by `fit_weights`.
        seed: Of the clustering.
        over: See `cluster_rows`.
        start: Of each side, by `centres_of`.

    Returns:
        Prototypes by falling cosine between their two sides; of too few distinct rows some repeat.
    """
    if pairless not in PAIRLESS:
        raise ConfigError(f"pairless must be one of {', '.join(PAIRLESS)}, got {pairless!r}.")
    kept = most_similar(image, caption, drop_fraction)
    n_clusters = _n_clusters(n_prototypes, over_clusters, len(kept))
    cluster = partial(cluster_rows, n_clusters=n_clusters, method=clustering, seed=seed, over=over)
    ways = [partial(cluster, start=side) for side in start or (None, None)]
    rows = pick(image, kept), pick(caption, kept)
    sides = _jointly(*rows, joint, ways[0]) if joint else _apart(*rows, normalize, *ways)
    matching = match_clusters(sides[0].labels, sides[1].labels, n_clusters)
    if pairless == "refill":
        sides = refill(*sides, matching, seed)
    made = _average(*sides, matching, kept, len(image), pairless == "drop", weighted)
    return _far_apart(made, n_prototypes) if len(made.image) > n_prototypes else made


def _n_clusters(n_prototypes: int, over_clusters: int, n_kept: int) -> int:
    if 1 <= over_clusters * n_prototypes <= n_kept:
        return over_clusters * n_prototypes
    each = f", {over_clusters} clusters for each," if over_clusters > 1 else ""
    raise ConfigError(
        f"Cannot make {n_prototypes} prototypes{each} from {n_kept} pairs that survive the "
        f"filter; ask for 1 to {n_kept // over_clusters}, lower drop_fraction, or use more data."
    )


def _far_apart(made: Prototypes, n: int) -> Prototypes:
    """The n prototypes that are furthest from each other, in the order of all."""
    chosen = np.sort(farthest_first(made.image, made.caption, n))
    names = ("image", "caption", "n_shared", "image_label", "caption_label")
    return made._replace(**{name: getattr(made, name)[chosen] for name in names})


def _jointly(image: Rows, caption: Rows, share: float, cluster: Cluster) -> tuple[Side, Side]:
    """One clustering for both sides; a cluster without rows has the centre of one with some."""
    labels, centres = cluster(joint_rows(image, caption, share))
    is_empty = np.bincount(labels, minlength=len(centres)) == 0

    def side(rows: Rows) -> Side:
        means = mean_rows(rows, labels, len(centres))
        means[is_empty] = means[~is_empty][0]
        return Side(rows, labels, means)

    return side(image), side(caption)


def _apart(
    image: Rows, caption: Rows, normalize: bool, first: Cluster, second: Cluster
) -> tuple[Side, Side]:
    return _cluster_side(image, normalize, first), _cluster_side(caption, normalize, second)


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
    weighted: bool,
) -> Prototypes:
    """Averages what each pair of clusters shares, and sorts."""
    pair_of_row = pairs_of_rows(image.labels, caption.labels, matching)
    n_clusters = len(matching.n_shared)
    n_shared = np.bincount(pair_of_row[pair_of_row >= 0], minlength=n_clusters)
    is_shared = (n_shared > 0)[:, None]
    image_label = np.arange(n_clusters)
    caption_label = matching.caption_of_image
    weights = fit_weights(image.rows, caption.rows, pair_of_row, n_clusters) if weighted else None
    image_means = mean_rows(image.rows, pair_of_row, n_clusters, weights)
    caption_means = mean_rows(caption.rows, pair_of_row, n_clusters, weights)
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
    _, nearest = best_rows(prototype, caption, 1)
    if not unique or len(np.unique(nearest)) == len(nearest):
        return nearest[:, 0]
    # In a best assignment nobody needs more than its K best: the others can hold but K - 1.
    return _assign(*best_rows(prototype, caption, len(prototype)))


def best_rows(prototype: np.ndarray, caption: Rows, n_best: int) -> tuple[np.ndarray, np.ndarray]:
    """The n_best highest cosines (K, n_best), in no order, and the (K, n_best) rows."""
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
