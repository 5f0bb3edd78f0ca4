"""From what a format's reader finds, names and captions, to `Pairs`."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from explorer.errors import BadDataError
from explorer.pipeline.datasets.pictures import open_picture
from explorer.types import Pairs

MAX_WORDS = 30


def clean_caption(caption: str) -> str:
    """Lower case, some punctuation to blanks, at most 30 words, as BLIP and the reference do.

    Examples:
        >>> clean_caption('A dog ("Rex") runs.')
        'a dog rex runs'
    """
    return " ".join(re.sub(r'[.!"()*#:;~]', " ", caption.lower()).split()[:MAX_WORDS])


def make_pairs(folder: Path, records: Iterable[tuple[str, Sequence[str]]]) -> Pairs:
    """Groups captions by picture, in the order in which the pictures come first.

    Args:
        folder: Pictures are named relative to it.
        records: (picture, captions); a picture may come again with more captions. Captions are
            cleaned, empty ones are dropped, and so is a picture without any.
    """
    captions_of: dict[str, list[str]] = {}
    for name, captions in records:
        cleaned = (clean_caption(caption) for caption in captions)
        captions_of.setdefault(_checked(folder, name), []).extend(filter(None, cleaned))
    names = [name for name, captions in captions_of.items() if captions]
    counts = [len(captions_of[name]) for name in names]
    captions = [caption for name in names for caption in captions_of[name]]
    return Pairs(
        captions=captions,
        image_of_caption=np.repeat(np.arange(len(names)), counts),
        image_names=names,
        open_image=partial(_open, folder, names),
        fingerprint=_fingerprint(folder, names, counts, captions),
    )


def take(pairs: Pairs, images: np.ndarray) -> Pairs:
    """The part of a split that has these pictures; `images` are numbers in rising order."""
    rows = np.flatnonzero(np.isin(pairs.image_of_caption, images))
    digest = hashlib.sha256(pairs.fingerprint.encode() + images.astype("<i8").tobytes())
    attributes = pairs.attributes
    return Pairs(
        captions=[pairs.captions[int(m)] for m in rows],
        image_of_caption=np.searchsorted(images, pairs.image_of_caption[rows]),
        image_names=[pairs.image_names[i] for i in images],
        open_image=partial(_open_part, pairs, images),
        fingerprint=digest.hexdigest()[:24],
        attributes=[attributes[i] for i in images] if attributes is not None else None,
    )


def _open_part(pairs: Pairs, images: np.ndarray, i: int) -> Image.Image:
    return pairs.open_image(int(images[i]))


def _open(folder: Path, names: Sequence[str], i: int) -> Image.Image:
    return open_picture(folder / names[i])


def _checked(folder: Path, name: str) -> str:
    """Refuses names that lead out of the folder: the page shows pictures to whoever opens it."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not name:
        raise BadDataError(f"{folder} names the picture {name!r}, which is not inside the folder.")
    return name


def _fingerprint(
    folder: Path, names: Sequence[str], counts: Sequence[int], captions: Sequence[str]
) -> str:
    """From the captions and each picture's name, size and time of change; no picture is read."""
    digest = hashlib.sha256()
    for name, count in zip(names, counts, strict=True):
        digest.update(f"{name}\0{count}\0{_stamp(folder / name)}\0".encode())
    for caption in captions:
        digest.update(caption.encode() + b"\0")
    return digest.hexdigest()[:24]


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "missing"
    return f"{found.st_size}:{found.st_mtime_ns}"
