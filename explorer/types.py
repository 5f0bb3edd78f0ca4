"""What travels between layers. Letters: N images, M captions, K prototypes, D dimensions."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from PIL import Image

from explorer.errors import BadDataError, ConfigError

LEAST_SIDE, MOST_SIDE = 8, 32
"""Pixels of a side that images of classes are seen with unless somebody asks for others."""
_N_MEASURED = 9  # images that are opened to tell how large they are, and whether grey

CONTRASTS = ("wbce", "infonce", "cwcl", "bce", "mse", "kl")
"""Losses of pairs against how similar they should be, by name."""


class Stored(NamedTuple):
    """The images of a split as they are stored: to copy them, and to tell which are the same."""

    length: Callable[[int], int | None]
    """Bytes of image i, or something else that equal images have in common; None where it is not
    there."""
    content: Callable[[int], bytes]
    """What the file of image i holds. Raises `BadDataError` if it cannot be read."""
    is_file: bool
    """Whether images are files, on their own or in a tar, rather than cells of tables."""

    def digest(self, i: int) -> int:
        """64 bits that tell what the file of image i holds from others."""
        found = hashlib.blake2b(self.content(i), digest_size=8).digest()
        return int.from_bytes(found, "little")


@dataclass(frozen=True, eq=False)
class Column:
    """What something is for each image, or for each caption; n of them."""

    per: str
    """"image" or "caption"."""
    kind: str
    """"number", "date", "words" (one of some words) or "list" (several of them)."""
    values: np.ndarray
    """Of numbers (n,) floats, of dates seconds since 1970, NaN where there is none; of words (n,)
    int places in `names`, -1 where there is none; of lists those of all, one after another."""
    names: Sequence[str] = ()
    """The words, in the order of their first use."""
    starts: np.ndarray | None = None
    """(n + 1,) int, where each list begins in `values`."""

    def __len__(self) -> int:
        return len(self.values if self.starts is None else self.starts[1:])

    @cached_property
    def digest(self) -> str:
        """Changes with any cell."""
        found = hashlib.sha256(self.values.tobytes())
        if self.starts is not None:
            found.update(self.starts.tobytes())
        for name in self.names:
            found.update(name.encode(errors="replace") + b"\0")
        return found.hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Split:
    """One split of a dataset: its images, opened only when asked for."""

    image_names: Sequence[str]
    """(N,) names for people: a path relative to the dataset, or a number."""
    open_image: Callable[[int], Image.Image]
    """Image i in [0, N), upright and RGB. Raises `BadDataError` if it cannot be read."""
    fingerprint: str
    """Changes whenever an image or a target of this split does; part of every cache key."""
    stored: Stored | None = None
    """None where images are computed."""
    same_images: str = ""
    """Fingerprint of another split with the very same images in the same order, where one is."""
    attributes: Sequence[Mapping[str, Any]] | None = None
    """(N,) what is truly in each image, where somebody knows. Never shown to a method."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    """What else came with the data, by its name there. Never shown to a method, in no key."""

    @property
    def n_images(self) -> int:
        return len(self.image_names)


@dataclass(frozen=True, kw_only=True)
class Pairs(Split):
    """A split whose images have captions."""

    captions: Sequence[str]
    """(M,) cleaned captions."""
    image_of_caption: np.ndarray
    """(M,) int64 in [0, N), which image each caption describes; never falling."""

    @property
    def n_captions(self) -> int:
        return len(self.captions)


def _is_grey(image: Image.Image) -> bool:
    """Whether no pixel has a colour; of a large image a few hundred a side are looked at."""
    apart = max(1, min(image.size) // 256)
    levels = np.asarray(image.convert("RGB"))[::apart, ::apart]
    return bool((levels == levels[..., :1]).all())


@dataclass(frozen=True, kw_only=True)
class Labelled(Split):
    """A split whose images belong to classes."""

    labels: np.ndarray
    """(N,) int64 in [0, C), the class of each image."""
    classes: Sequence[str]
    """(C,) names of the classes; the same, in the same order, in every split of a dataset."""
    captions: Sequence[str] | None = None
    """(N,) what each image shows, in words, where the data says so."""
    masks: Split | None = None
    """Where each image shows what its class names, as N images: white there and black elsewhere;
    where the data says so."""

    @property
    def side(self) -> int:
        """Pixels of a side that suit these images: of the shorter one of most, 8 to `MOST_SIDE`.

        Raises:
            BadDataError: Most are one pixel wide or high.
        """
        usual = float(np.median([side for side, _ in self._measured] or [MOST_SIDE]))
        if usual < 2:
            raise BadDataError("The images are one pixel wide or high: nothing is to be learned.")
        return int(np.clip(usual, LEAST_SIDE, MOST_SIDE))

    @property
    def channels(self) -> int:
        """1 where all of some images are grey, else 3."""
        grey = [is_grey for _, is_grey in self._measured]
        return 1 if grey and all(grey) else 3

    @property
    def seen_as(self) -> tuple[int, int]:
        """`side` and `channels`."""
        return self.side, self.channels

    @cached_property
    def _measured(self) -> Sequence[tuple[int, bool]]:
        """The shorter side of some images that can be read, and whether they are grey."""
        places = np.linspace(0, self.n_images - 1, min(self.n_images, _N_MEASURED)).astype(int)
        found = []
        for i in places.tolist():
            with suppress(BadDataError):
                image = self.open_image(i)
                found.append((min(image.size), _is_grey(image)))
        return found

    @cached_property
    def captioned(self) -> Pairs:
        """The same images, each with the name of its class as its only caption."""
        return Pairs(
            image_names=self.image_names,
            open_image=self.open_image,
            fingerprint=f"classes-{self.fingerprint}",
            same_images=self.same_images,
            attributes=self.attributes,
            columns=self.columns,
            captions=[self.classes[c] for c in self.labels],
            image_of_caption=np.arange(self.n_images),
        )


Kind = TypeVar("Kind", bound=Split)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """An opened dataset: its splits, and what was found when it was opened."""

    name: str
    """For people: "Scenes", or the folder's name."""
    found: str
    """One sentence: the format that was recognised, the splits and their sizes."""
    splits: Mapping[str, Split]
    """"train", "val" and "test"; "train" is always there, and all are of one kind."""

    def pairs(self, split: str = "train") -> Pairs:
        """A split with captions; `ConfigError` where the dataset has none."""
        return self._of_kind(split, Pairs, "captions")

    def captioned(self, split: str = "train") -> Pairs:
        """A split as it is explored: with its captions, or with the names of classes for them."""
        found = self.splits[split]
        return found.captioned if isinstance(found, Labelled) else self.pairs(split)

    @property
    def is_labelled(self) -> bool:
        return isinstance(self.splits["train"], Labelled)

    @property
    def n_classes(self) -> int:
        """How many classes its images are of; 0 where they have captions."""
        return len(self.labelled().classes) if self.is_labelled else 0

    def labelled(self, split: str = "train") -> Labelled:
        """A split with classes; `ConfigError` where the dataset has none."""
        return self._of_kind(split, Labelled, "classes")

    def _of_kind(self, split: str, kind: type[Kind], what: str) -> Kind:
        found = self.splits[split]
        if not isinstance(found, kind):
            raise ConfigError(f"{self.name} has no {what}. Choose other data, or another task.")
        return found


@dataclass(frozen=True, kw_only=True)
class Samples:
    """A small set in memory; what a method does not make is None. K samples, C classes."""

    images: Sequence[Image.Image] | np.ndarray | None = None
    """(K,) images, or (K, 3, H, W) float32 in [0, 1], which may leave that range while it is
    learned."""
    texts: Sequence[str] | None = None
    """(K,) captions."""
    text_embeddings: np.ndarray | None = None
    """(K, D) float32, what a student reads instead of the captions' embeddings."""
    token_embeddings: np.ndarray | None = None
    """(K, T, W) float32, tokens of texts as the encoder's text tower takes them, zeros behind their
    ends; `text_embeddings` are then what it makes of them, and are not kept."""
    labels: np.ndarray | None = None
    """(K,) int64 classes, or (K, C) float32 soft ones."""
    similarity: np.ndarray | None = None
    """(K, K) float32, how much text j belongs to image i; None means the identity."""
    contrast: str | None = None
    """The loss that it was learned for, one of `CONTRASTS`, where students would lower another."""
    learning_rates: Mapping[str, float] | None = None
    """By the part of a student that is trained with it."""
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """(K,) each, what else metadata.jsonl says of a sample, such as its `seed`."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A set while a method makes it: whole after each yield, and all there is to go on from."""

    done: int
    """Pairs made, or steps done, of `total`."""
    total: int
    first: int = 0
    """Number of the first of `samples()`; those before it stand in the set already and stay."""
    samples: Callable[[], Samples]
    """The samples from `first` on."""
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    """All there is to resume from, random generators included; empty where `done` says enough."""
    embeddings: Mapping[str, np.ndarray] = field(default_factory=dict)
    """(K, D) of the whole set, to be kept beside it: its "image" and "caption" prototypes."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What was measured in the last step, such as the loss."""


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
