"""Sets that other programs made: the tensors they save, read as what a student may learn from.

LoRS, RepBlend and PTM-ST save a dictionary of image, text, similarity_params, similarity_mat,
syn_lr_img and syn_lr_txt (PTM-ST one for each of its subsets), MDM one of image, text and iter;
MTT-VL saves images_*.pt and labels_*.pt, the latter embeddings of texts. Images are (N, 3, H, W),
scaled as CLIP sees them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.types import Samples

TENSORS = (".pt", ".pth")
PICKLES = (".pkl", ".pickle", ".joblib", ".p")
_CLIP_MEAN, _CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
_RATES = {"image": "syn_lr_img", "text": "syn_lr_txt"}
_HIGHEST_RATE = 1000.0
"""Published ones of students are around 0.1; nothing is learned at a rate beyond this."""


_SENTENCES = "synthetic_sentences_{}.txt"
"""Where LoRS and its relatives write the nearest captions, of 90 pairs at most."""


class Elsewhere(NamedTuple):
    """A set that was read, and what is to be told of it."""

    samples: Samples
    told: str  # one sentence


def refuse_pickles(path: Path) -> None:
    """Raises where a file could run code when it is opened."""
    if path.suffix.lower() in PICKLES:
        raise ConfigError(
            f"{path} is a pickle, and opening one runs code of whoever wrote it. Who trusts it can "
            "save what is in it as tensors: python -c \"import joblib, torch; torch.save({'image': "
            "torch.as_tensor(joblib.load('IMAGES.pkl')), 'text': "
            "torch.as_tensor(joblib.load('TEXTS.pkl'))}, 'set.pt')\". What PDS keeps in a pickle "
            "are prototypes, no images; import the folder of its images."
        )


def tensor_files(paths: Sequence[Path]) -> list[Path]:
    """The files of tensors that are meant; none where the paths are datasets of another layout."""
    for path in paths:
        refuse_pickles(path)
    if all(path.suffix.lower() in TENSORS for path in paths):
        return list(paths)
    if len(paths) > 1:
        raise ConfigError("Several paths are taken where each is a file of tensors, as of PTM-ST.")
    (folder,) = paths
    if not folder.is_dir():
        return []
    if found := sorted(folder.glob("images_*.pt"), key=_moment):
        if not (texts := found[-1].with_name(f"labels_{found[-1].stem[7:]}.pt")).is_file():
            raise MissingDataError(f"{found[-1]} has no {texts.name} beside it.")
        return [found[-1], texts]
    if several := sorted(folder.glob("distilled*.pt")):
        raise ConfigError(
            f"{folder} holds several states of a set, such as {several[-1].name}; name the file, "
            "or the files of all subsets in their order."
        )
    return []


def sentences_beside(files: Sequence[Path]) -> list[str] | None:
    """The captions that lie beside one file of tensors; None where there are none."""
    beside = files[0].with_name(_SENTENCES.format(files[0].stem.rpartition("_")[2]))
    is_there = len(files) == 1 and beside.is_file()
    return beside.read_text("utf-8").splitlines() if is_there else None


def _moment(path: Path) -> tuple[bool, int, str]:
    """Sorts what MTT-VL saved by its step, the best one last."""
    step = path.stem[7:]
    return step == "best", int(step) if step.isdecimal() else -1, step


def read_elsewhere(files: Sequence[Path], captions: Sequence[str] | None) -> Elsewhere:
    """A set from the tensors that other programs saved, with a caption for each pair, if at all.

    There is one file; `images_*` and `labels_*` of MTT-VL; or one for each subset, in their order.
    """
    from explorer.models.saved_tensors import read_tensors  # late: it imports torch

    read = [read_tensors(path) for path in files]
    if len(read) == 2 and files[0].stem.startswith("images_") and "" in read[0]:
        read = [{"image": read[0][""], "text": read[1].get("")}]
        files = files[:1]
    parts = [_part(path, values) for path, values in zip(files, read, strict=True)]
    shapes = {(part.images.shape[1:], part.texts.shape[1:]) for part in parts}
    if len(shapes) > 1:
        raise BadDataError("The subsets have images or text embeddings of different sizes.")
    n = sum(len(part.images) for part in parts)
    if captions is not None and len(captions) != n:
        raise BadDataError(f"There are {len(captions):,} captions for {n:,} pairs.")
    similarity = _blocks([part.similarity for part in parts], [len(part.images) for part in parts])
    samples = Samples(
        images=np.concatenate([part.images for part in parts]),
        text_embeddings=np.concatenate([part.texts for part in parts]),
        texts=captions,
        similarity=similarity,
        learning_rates=parts[-1].rates or None,
    )
    return Elsewhere(samples, _told(samples, len(parts)))


class _Part(NamedTuple):
    images: np.ndarray  # (N, 3, H, W) float32 levels
    texts: np.ndarray  # (N, D) float32
    similarity: np.ndarray | None
    rates: dict[str, float]


def _part(path: Path, values: dict[str, Any]) -> _Part:
    if missing := [name for name in ("image", "text") if name not in values]:
        raise BadDataError(f"{path} has no {missing[0]!r}; it holds {', '.join(values) or 'none'}.")
    image, text = _array(path, values, "image", 4), _array(path, values, "text", 2)
    if image.shape[1] != 3 or len(image) != len(text) or not len(image):
        raise BadDataError(
            f"{path} holds images {image.shape} and texts {text.shape}, which are no pairs."
        )
    similarity = None
    if values.get("similarity_mat") is not None:
        similarity = _array(path, values, "similarity_mat", 2)
        if similarity.shape != (len(image), len(image)):
            raise BadDataError(f"{path} has a similarity {similarity.shape} of {len(image)} pairs.")
    mean, std = (
        np.array(each, dtype=np.float32)[:, None, None] for each in (_CLIP_MEAN, _CLIP_STD)
    )
    rates = {
        side: _rate(path, values, name)
        for side, name in _RATES.items()
        if values.get(name) is not None
    }
    return _Part(image * std + mean, text, similarity, rates if len(rates) == 2 else {})


def _rate(path: Path, values: dict[str, Any], name: str) -> float:
    rate = float(_array(path, values, name, None).reshape(-1)[0])
    if not 0 < rate <= _HIGHEST_RATE:
        raise BadDataError(
            f"{path} has {rate:g} as {name!r}, and no student can learn at that rate; without "
            f"{' and '.join(_RATES.values())} in the file, students learn at the usual ones."
        )
    return rate


def _array(path: Path, values: dict[str, Any], name: str, n_axes: int | None) -> np.ndarray:
    """Finite float32 values."""
    value = values[name]
    array = np.asarray(value, dtype=np.float32) if not isinstance(value, list | str) else None
    if array is None or not array.size or (n_axes is not None and array.ndim != n_axes):
        what = "nothing" if array is None else f"an array of the shape {array.shape}"
        raise BadDataError(f"{path} has {what} as {name!r}, which is no part of a set of pairs.")
    if not np.isfinite(array).all():
        raise BadDataError(f"{path} holds values that are no numbers, under {name!r}.")
    return array


def _blocks(squares: Sequence[np.ndarray | None], sizes: Sequence[int]) -> np.ndarray | None:
    """One similarity of all subsets, whose pairs are not similar to those of others."""
    if all(square is None for square in squares):
        return None
    whole, first = np.zeros((sum(sizes), sum(sizes)), dtype=np.float32), 0
    for square, n in zip(squares, sizes, strict=True):
        own = slice(first, first + n)
        whole[own, own] = np.eye(n, dtype=np.float32) if square is None else square
        first += n
    return whole


def _told(samples: Samples, n_parts: int) -> str:
    assert isinstance(samples.images, np.ndarray)
    assert samples.text_embeddings is not None
    side, width = samples.images.shape[-1], samples.text_embeddings.shape[1]
    parts = f" in {n_parts} subsets" if n_parts > 1 else ""
    missing = [
        what
        for what, value in (
            ("similarity", samples.similarity),
            ("learning rates", samples.learning_rates),
        )
        if value is None
    ]
    without = f", without {' and '.join(missing)}" if missing else ""
    return (
        f"{len(samples.images):,} pairs{parts}: images of {side} pixels, text embeddings of "
        f"{width} numbers{without}."
    )
