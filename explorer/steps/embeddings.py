"""What the steps before generation leave in the store."""

from typing import NamedTuple

import numpy as np

from explorer.config import SynthesisConfig
from explorer.core.prototypes import nearest_captions
from explorer.store.ragged import Blobs, Texts
from explorer.store.step import Entry
from explorer.types import Prototypes

SPACES = ("image", "caption", "both")


class Embedded(NamedTuple):
    """One split with its embeddings; images that could not be read are left out."""

    key: str
    image: np.ndarray  # (N, D) float32, not normalised
    caption: np.ndarray  # (M, D) float32
    image_of_caption: np.ndarray  # (M,) int64 in [0, N), never falling
    captions: Texts  # (M,)
    names: Texts  # (N,)
    thumbnails: Blobs  # (N,) WebP, longest side 160 px; empty where they were not kept
    number: np.ndarray  # (N,) int64, the number of each image in its `Pairs`
    skipped: list[str]  # names and reasons of images that could not be read
    n_truncated: int = 0  # captions longer than the encoder's context; their ends were not read
    images_of: str = ""  # key of the embeddings whose images these are; "" where they are its own


class FoundPrototypes(NamedTuple):
    """Prototypes as they were found, or as edits left them."""

    key: str
    prototypes: Prototypes
    chosen_caption: np.ndarray  # (K,) int64, the caption that each prototype is stored with
    labels: list[list[str]]  # (K,) distinctive words of the captions in each caption cluster
    number: np.ndarray  # (K,) int64, what each is called, whatever edits did to others
    n_numbers: int  # numbers given so far
    kept_images: dict[int, SynthesisConfig]  # by number: how an image that is kept was drawn
    earlier: str = ""  # key of those that they started from
    update: str = ""  # what became of these, in words


def nearest_texts(rows: np.ndarray, embedded: Embedded) -> list[str]:
    """The captions that are nearest to (K, D) embeddings of texts."""
    return [embedded.captions[int(m)] for m in nearest_captions(rows, embedded.caption)]


def as_embedded(entry: Entry) -> Embedded:
    arrays = entry.arrays
    return Embedded(
        key=entry.key,
        image=arrays["image"],
        caption=arrays["caption"],
        image_of_caption=arrays["image_of_caption"],
        captions=Texts(arrays["caption_text"], arrays["caption_text_offsets"]),
        names=Texts(arrays["name"], arrays["name_offsets"]),
        thumbnails=Blobs(arrays["thumbnail"], arrays["thumbnail_offsets"]),
        number=arrays["picture"],
        skipped=entry.notes["skipped"],
        n_truncated=entry.notes["truncated"],
        images_of=entry.notes.get("images_of", ""),
    )


def as_prototypes(entry: Entry) -> FoundPrototypes:
    arrays, notes = entry.arrays, entry.notes
    found = Prototypes(**{name: arrays[name] for name in Prototypes._fields})
    n = len(found.image)
    return FoundPrototypes(
        key=entry.key,
        prototypes=found,
        chosen_caption=arrays["chosen_caption"],
        labels=notes["labels"],
        number=arrays.get("number", np.arange(n)),
        n_numbers=notes.get("n_numbers", n),
        kept_images={
            int(k): SynthesisConfig(**how) for k, how in notes.get("pictures", {}).items()
        },
        earlier=notes.get("earlier", ""),
        update=notes.get("update", ""),
    )
