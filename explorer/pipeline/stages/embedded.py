"""What the stages before synthesis leave in the store, and how it is found again without torch."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.config import MapConfig, PrototypeConfig, SynthesisConfig
from explorer.models.bundles import Bundle
from explorer.pipeline.columns import Blobs, Texts
from explorer.pipeline.store import Entry, Store
from explorer.types import Pairs, Prototypes

SPACES = ("image", "caption", "both")
_ENDS = 1 << 20  # bytes of each end of a weights file that enter its fingerprint


class Embedded(NamedTuple):
    """One split with its embeddings; pictures that could not be read are left out."""

    key: str
    image: np.ndarray  # (N, D) float32, not normalised
    caption: np.ndarray  # (M, D) float32
    image_of_caption: np.ndarray  # (M,) int64 in [0, N), never falling
    captions: Texts  # (M,)
    names: Texts  # (N,)
    thumbnails: Blobs  # (N,) WebP, longest side 160 px
    picture: np.ndarray  # (N,) int64, the number of each picture in its `Pairs`
    skipped: list[str]  # names and reasons of pictures that could not be read
    n_truncated: int = 0  # captions longer than the encoder's context; their ends were not read


class FoundPrototypes(NamedTuple):
    """Prototypes as they were found, or as edits left them."""

    key: str
    prototypes: Prototypes
    chosen_caption: np.ndarray  # (K,) int64, the caption that each prototype is stored with
    labels: list[list[str]]  # (K,) distinctive words of the captions in each caption cluster
    number: np.ndarray  # (K,) int64, what each is called, whatever edits did to others
    n_numbers: int  # numbers given so far
    pictures: dict[int, SynthesisConfig]  # by number: how a picture that is kept was drawn


def fingerprint(model: str) -> str:
    """Identifies weights: by name, or for a local folder by what its files hold.

    Of each file only the size and both ends are read, so that gigabytes cost milliseconds.
    """
    folder = Path(model)
    if not folder.is_dir():
        return model
    paths = sorted(each for each in folder.rglob("*") if each.is_file())
    stats = [(str(path.relative_to(folder)), path.stat()) for path in paths]
    return _digest(folder, tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats))


@lru_cache(maxsize=64)
def _digest(folder: Path, files: tuple[tuple[str, int, int], ...]) -> str:
    """Reads the ends of files (name, size, time); the time only says when to read again."""
    digest = hashlib.sha256()
    for name, size, _ in files:
        digest.update(f"{name}:{size}:".encode())
        with (folder / name).open("rb") as file:
            digest.update(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
    return digest.hexdigest()[:24]


EMBED = ("embed", 3)
PROTOTYPES = ("prototypes", 2)
MAP = ("map", 1)


def embed_inputs(pairs: Pairs, bundle: Bundle) -> dict[str, Any]:
    return {"pairs": pairs.fingerprint, "encoder": fingerprint(bundle.encoder)}


def prototype_inputs(embed_key: str, config: PrototypeConfig) -> dict[str, Any]:
    return {"embed": embed_key, **vars(config)}


def map_inputs(embed_key: str, config: MapConfig, space: str) -> dict[str, Any]:
    return {"embed": embed_key, "space": space, **vars(config)}


def find_embedded(store: Store, pairs: Pairs, bundle: Bundle) -> Embedded | None:
    entry = store.peek(*EMBED, embed_inputs(pairs, bundle))
    return as_embedded(entry) if entry else None


def find_prototypes(
    store: Store, embed_key: str, config: PrototypeConfig
) -> FoundPrototypes | None:
    entry = store.peek(*PROTOTYPES, prototype_inputs(embed_key, config))
    return as_prototypes(entry) if entry else None


def find_layout(store: Store, embed_key: str, config: MapConfig, space: str) -> Entry | None:
    return store.peek(*MAP, map_inputs(embed_key, config, space))


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
        picture=arrays["picture"],
        skipped=entry.notes["skipped"],
        n_truncated=entry.notes["truncated"],
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
        pictures={int(k): SynthesisConfig(**how) for k, how in notes.get("pictures", {}).items()},
    )
