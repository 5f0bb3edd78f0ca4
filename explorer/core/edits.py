"""Changes that a person makes to prototypes: another caption, one less or more, merged, split.

A prototype keeps its number whatever happens to others; one that is split off or added gets the
next.
"""

from typing import NamedTuple

import numpy as np

from explorer.core.clusters.refill import smaller_half
from explorer.core.lazy_rows import Rows
from explorer.core.prototypes import nearest_captions
from explorer.errors import ConfigError
from explorer.types import Prototypes

SPLIT_SEED = 0
"""Of the 2-means that splits a prototype: the same edit always gives the same halves."""


class Edited(NamedTuple):
    """K prototypes after edits. Their order is that before, so they need not fall by cosine."""

    prototypes: Prototypes
    chosen_caption: np.ndarray  # (K,) int64, the caption stored with each
    number: np.ndarray  # (K,) int64, what each is called
    n_numbers: int  # numbers given so far; the next one split off gets this


def choose_caption(edited: Edited, number: int, caption: int) -> Edited:
    """Stores another caption (M of them, by row) with a prototype; its embedding stays."""
    k, n_captions = place_of(edited, number), len(edited.prototypes.caption_cluster)
    if not 0 <= caption < n_captions:
        raise ConfigError(f"There is no caption {caption}; there are {n_captions:,}, from 0.")
    chosen = edited.chosen_caption.copy()
    chosen[k] = caption
    return edited._replace(chosen_caption=chosen)


def drop(edited: Edited, number: int) -> Edited:
    """Leaves a prototype out; the rows of its clusters then belong to none."""
    k = place_of(edited, number)
    if len(edited.number) == 1:
        raise ConfigError("The last prototype cannot be dropped; a set needs at least one.")
    return _without(edited, k)


def merge(edited: Edited, number: int, other: int, image: Rows, caption: Rows) -> Edited:
    """Makes one prototype of two, as if their clusters had been one on either side.

    It keeps the first one's number. Its two sides are means over the rows in both united clusters:
    those that either prototype shared, and those in a cluster of each. Where there are none, the
    sides are halfway between. Its caption is the nearest.

    Args:
        edited: The prototypes.
        number: Of the one that stays.
        other: Of the one that is taken in.
        image: (M, D) image embedding of each caption.
        caption: (M, D) caption embeddings.
    """
    k, gone = place_of(edited, number), place_of(edited, other)
    if k == gone:
        raise ConfigError(f"Prototype {number + 1} cannot be merged with itself.")
    made = edited.prototypes
    united = made._replace(
        image_cluster=_renamed(made.image_cluster, made.image_label, gone, k),
        caption_cluster=_renamed(made.caption_cluster, made.caption_label, gone, k),
    )
    rows = _shared(united, k)
    if len(rows):
        sides = _mean(image, rows), _mean(caption, rows)
    else:
        sides = made.image[[k, gone]].mean(axis=0), made.caption[[k, gone]].mean(axis=0)
    remade = _remade(edited._replace(prototypes=united), k, *sides, len(rows), caption)
    return _without(remade, gone)


def split(edited: Edited, number: int, image: Rows, caption: Rows) -> Edited:
    """Makes two prototypes of one, by 2-means of the rows it shares on both sides at length 1.

    The smaller half becomes a prototype with the next number, at the end, and with clusters of its
    own on both sides; rows that were in one of the clusters only stay with the larger half. The
    caption of each half is the nearest. Arguments as in `merge`.
    """
    k, made = place_of(edited, number), edited.prototypes
    rows = _shared(made, k)
    if made.n_shared[k] < 2 or len(rows) < 2:
        raise ConfigError(
            f"Prototype {number + 1} cannot be split: it is made of fewer than two rows."
        )
    part = smaller_half(image[rows], caption[rows], rows, SPLIT_SEED)
    rest = np.setdiff1d(rows, part)
    both = _grown(edited, part, k)
    for place, own in ((k, rest), (len(made.image), part)):
        both = _remade(both, place, _mean(image, own), _mean(caption, own), len(own), caption)
    return both


def add(edited: Edited, number: int, rows: np.ndarray, image: Rows, caption: Rows) -> Edited:
    """Makes one prototype more, at the end: the mean of rows on both sides.

    The rows leave their clusters for two of its own. The others keep their sides, and stand for
    the rows that they still share. Its caption is the nearest.

    Args:
        edited: The prototypes.
        number: Of the new one; it must be the next.
        rows: (n,) int, different rows, at least one.
        image: (M, D) image embedding of each caption.
        caption: (M, D) caption embeddings.
    """
    made, n_rows = edited.prototypes, len(caption)
    if number != edited.n_numbers:
        raise ConfigError(f"The next prototype is {edited.n_numbers + 1}, not {number + 1}.")
    if not 0 <= rows.min() <= rows.max() < n_rows:
        raise ConfigError(f"There is no row {rows.max()}; there are {n_rows:,}, from 0.")
    labels = zip(made.image_label, made.caption_label, strict=True)
    in_image, in_caption = made.image_cluster[rows], made.caption_cluster[rows]
    lost = [int(((in_image == own) & (in_caption == other)).sum()) for own, other in labels]
    fewer = made._replace(n_shared=made.n_shared - np.array(lost))
    grown = _grown(edited._replace(prototypes=fewer), rows, 0)
    sides = _mean(image, rows), _mean(caption, rows)
    return _remade(grown, len(made.image), *sides, len(rows), caption)


def place_of(edited: Edited, number: int) -> int:
    """Which of the K prototypes has a number; `ConfigError` where none has it any more."""
    places = np.flatnonzero(edited.number == number)
    if len(places) == 0:
        raise ConfigError(f"There is no prototype {number + 1} any more.")
    return int(places[0])


def _shared(made: Prototypes, k: int) -> np.ndarray:
    """Rows in both clusters of prototype k."""
    in_image = made.image_cluster == made.image_label[k]
    return np.flatnonzero(in_image & (made.caption_cluster == made.caption_label[k]))


def _mean(rows: Rows, places: np.ndarray) -> np.ndarray:
    mean: np.ndarray = rows[places].mean(axis=0, dtype=np.float64)
    return mean


def _renamed(cluster: np.ndarray, label: np.ndarray, gone: int, k: int) -> np.ndarray:
    """(M,) clusters in which the rows of prototype `gone` joined those of prototype k."""
    return np.where(cluster == label[gone], label[k], cluster)


def _assigned(cluster: np.ndarray, rows: np.ndarray, label: int) -> np.ndarray:
    """(M,) clusters in which these rows have another label."""
    cluster = cluster.copy()
    cluster[rows] = label
    return cluster


def _grown(edited: Edited, rows: np.ndarray, like: int) -> Edited:
    """One prototype more, with the next number, clusters of these rows, and the sides of another.

    Whoever calls it remakes the sides.
    """
    made = edited.prototypes
    image_label, caption_label = (
        int(max(cluster.max(), label.max())) + 1
        for cluster, label in (
            (made.image_cluster, made.image_label),
            (made.caption_cluster, made.caption_label),
        )
    )
    grown = made._replace(
        image=np.vstack([made.image, made.image[like]]),
        caption=np.vstack([made.caption, made.caption[like]]),
        n_shared=np.append(made.n_shared, 0),
        image_label=np.append(made.image_label, image_label),
        caption_label=np.append(made.caption_label, caption_label),
        image_cluster=_assigned(made.image_cluster, rows, image_label),
        caption_cluster=_assigned(made.caption_cluster, rows, caption_label),
    )
    return Edited(
        prototypes=grown,
        chosen_caption=np.append(edited.chosen_caption, edited.chosen_caption[like]),
        number=np.append(edited.number, edited.n_numbers),
        n_numbers=edited.n_numbers + 1,
    )


def _remade(
    edited: Edited, k: int, image: np.ndarray, caption: np.ndarray, n_shared: int, captions: Rows
) -> Edited:
    """The prototypes with other sides at place k, and the caption nearest to them."""
    made = edited.prototypes
    sides = {"image": image, "caption": caption, "n_shared": n_shared}
    columns = {name: getattr(made, name).copy() for name in sides}
    for name, value in sides.items():
        columns[name][k] = value
    chosen = edited.chosen_caption.copy()
    chosen[k] = nearest_captions(columns["caption"][k : k + 1], captions)[0]
    return edited._replace(prototypes=made._replace(**columns), chosen_caption=chosen)


def _without(edited: Edited, k: int) -> Edited:
    names = ("image", "caption", "n_shared", "image_label", "caption_label")
    made = edited.prototypes
    return edited._replace(
        prototypes=made._replace(**{name: np.delete(getattr(made, name), k, 0) for name in names}),
        chosen_caption=np.delete(edited.chosen_caption, k),
        number=np.delete(edited.number, k),
    )
