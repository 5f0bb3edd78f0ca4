"""How each item of test fared, for whoever looks where students fail: a small file beside a run."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile
from zlib import error as ZlibError

import numpy as np

from explorer.errors import BadDataError
from explorer.store.writing import write_aside

_DAMAGED = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    BadZipFile,
    ZlibError,
)
"""What reading a file raises that is not as it was written."""


class Ranks(NamedTuple):
    """By S students of one network; 0 is first, and -1 stands where there is nothing to find."""

    image: np.ndarray  # (S, N) int, of the best right answer to each image
    caption: np.ndarray  # (S, M) int, of the image of each caption; (S, 0) of labelled data


class Items(NamedTuple):
    """The readable items of the test split."""

    image: np.ndarray  # (N,) int, numbers of the images in the split
    caption: np.ndarray  # (M,) int, rows of the captions in the split; none of labelled data
    n_answers: tuple[int, int]  # that are ranked for an image, and for a caption
    ranks: Mapping[str, Ranks]  # by network


def ignore(items: Items) -> None:
    """Keeps nothing."""


def write_items(path: Path, items: Items) -> None:
    """Writes them as one file."""
    about = {"networks": list(items.ranks), "n_answers": items.n_answers}
    arrays = {"image": items.image.astype(np.int32), "caption": items.caption.astype(np.int32)}
    for number, ranks in enumerate(items.ranks.values()):
        arrays |= {f"image_{number}": ranks.image, f"caption_{number}": ranks.caption}
    file = io.BytesIO()
    told = np.frombuffer(json.dumps(about).encode(), np.uint8)
    whole = {name: array.astype(np.int32) for name, array in arrays.items()}
    np.savez_compressed(file, about=told, **whole)  # type: ignore[arg-type]
    write_aside(path, file.getvalue())


def read_items(path: Path) -> Items | None:
    """What `write_items` wrote; None where there is no such file.

    Raises:
        BadDataError: It is damaged.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        about = json.loads(arrays["about"].astype(np.uint8).tobytes())
        ranks = {
            str(name): Ranks(arrays[f"image_{number}"], arrays[f"caption_{number}"])
            for number, name in enumerate(about["networks"])
        }
        first, second = map(int, about["n_answers"])
        items = Items(arrays["image"], arrays["caption"], (first, second), ranks)
        _check(items)
    except _DAMAGED as error:
        raise BadDataError(f"{path.name} of the run is damaged: {error}.") from error
    return items


def _check(items: Items) -> None:
    shapes = [(each.image.shape[1:], each.caption.shape[1:]) for each in items.ranks.values()]
    if not shapes or any(found != (items.image.shape, items.caption.shape) for found in shapes):
        raise ValueError("ranks and items differ in number")
