"""Everything about one prototype, as the inspector shows it."""

from typing import NamedTuple

import numpy as np

from explorer.core.geometry import row_lengths
from explorer.explore.dataset import Prepared, nearest_rows
from explorer.explore.matching import Spread, spread


class PrototypeCard(NamedTuple):
    """What the inspector shows of a prototype."""

    number: int  # what it is called; edits of others do not change it
    label: str  # its distinctive words
    rank: int  # 1 is the prototype whose image and caption agree most
    n_image_rows: int  # rows in its image cluster
    n_caption_rows: int  # rows in its caption cluster
    n_shared: int  # rows in both; 0 marks a pairless prototype
    cosine: float  # between its image and its caption
    nearest_images: list[tuple[int, float]]  # (image, cosine with the image prototype)
    nearest_captions: list[tuple[int, float]]  # (caption, cosine with the caption prototype)
    chosen_caption: int  # the caption that is stored with the prototype
    spread: Spread  # of its image cluster over caption clusters
    alike: list[tuple[int, float]]  # (other prototype, cosine of the two image prototypes)


def make_card(
    prepared: Prepared, k: int, n_images: int = 12, n_captions: int = 12
) -> PrototypeCard:
    """Everything about prototype k; IndexError outside [0, K)."""
    if not 0 <= k < prepared.n_prototypes:
        raise IndexError(k)
    prototypes = prepared.prototypes
    cosine = prepared.cosine
    return PrototypeCard(
        number=int(prepared.number[k]),
        label=prepared.labels[k],
        rank=1 + int((cosine > cosine[k]).sum()),
        n_image_rows=int((prototypes.image_cluster == prototypes.image_label[k]).sum()),
        n_caption_rows=int((prototypes.caption_cluster == prototypes.caption_label[k]).sum()),
        n_shared=int(prototypes.n_shared[k]),
        cosine=float(cosine[k]),
        nearest_images=prepared.nearest_images(prototypes.image[k], n_images),
        nearest_captions=prepared.nearest_captions(prototypes.caption[k], n_captions),
        chosen_caption=int(prepared.chosen_caption[k]),
        spread=spread(prepared, k),
        alike=_alike(prototypes.image, k),
    )


def _alike(image: np.ndarray, k: int) -> list[tuple[int, float]]:
    """The other rows of image (K, D) and their cosine with row k, the most alike first."""
    nearest = nearest_rows(image, np.maximum(row_lengths(image), 1e-12), image[k], len(image))
    return [(other, cosine) for other, cosine in nearest if other != k]
