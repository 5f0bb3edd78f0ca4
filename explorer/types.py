"""What travels between layers. Letters: N images, M captions, K prototypes, D dimensions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

Report = Callable[[float, str], None]
"""Takes the share done, in [0, 1], and one line that says what is happening."""


def silent(share: float, text: str) -> None:
    """Reports to nobody."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """One split of an image-caption dataset; pictures are opened only when asked for."""

    captions: Sequence[str]
    """(M,) cleaned captions."""
    image_of_caption: np.ndarray
    """(M,) int64 in [0, N), which picture each caption describes; never falling."""
    image_names: Sequence[str]
    """(N,) names for people: a path relative to the dataset, or a number."""
    open_image: Callable[[int], Image.Image]
    """Picture i in [0, N), upright and RGB. Raises `BadDataError` if it cannot be read."""
    fingerprint: str
    """Changes whenever a picture or a caption of this split does; part of every cache key."""
    attributes: Sequence[Mapping[str, Any]] | None = None
    """(N,) what is truly in each picture, where somebody knows. Never shown to a method."""

    @property
    def n_images(self) -> int:
        return len(self.image_names)

    @property
    def n_captions(self) -> int:
        return len(self.captions)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """An opened dataset: its splits, and what was found when it was opened."""

    name: str
    """For people: "Scenes", or the folder's name."""
    found: str
    """One sentence: the format that was recognised, the splits and their sizes."""
    splits: Mapping[str, Pairs]
    """"train", "val" and "test"; "train" is always there."""


class Embeddings(NamedTuple):
    """CLIP embeddings of one split, not normalised; may be memory-mapped."""

    image: np.ndarray  # (N, D) float32
    caption: np.ndarray  # (M, D) float32
    image_of_caption: np.ndarray  # (M,) int64, row of `image` that each caption describes


class Prototypes(NamedTuple):
    """Paired image and caption prototypes, ordered by falling cosine between the two."""

    image: np.ndarray  # (K, D) float32
    caption: np.ndarray  # (K, D) float32
    n_shared: np.ndarray  # (K,) int, rows in both matched clusters; 0 marks a pairless prototype
    image_cluster: np.ndarray  # (M,) int, cluster of each row; -1 where the row was dropped
    caption_cluster: np.ndarray  # (M,) int, likewise
    image_label: np.ndarray  # (K,) int, the image cluster each prototype came from
    caption_label: np.ndarray  # (K,) int, the caption cluster each prototype came from
    kept: np.ndarray  # (M_kept,) int, rows that survived the similarity filter


class Recall(NamedTuple):
    """Retrieval recall in percent, by k. Image to text is TR@k, text to image is IR@k."""

    image_to_text: dict[int, float]
    text_to_image: dict[int, float]

    @property
    def mean(self) -> float:
        """The mean over both directions and every k, in percent."""
        values = [*self.image_to_text.values(), *self.text_to_image.values()]
        return sum(values) / len(values)
