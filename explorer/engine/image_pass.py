"""One pass over a split's images: each is opened once, whatever reads it afterwards."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.data.left_out import shortened
from explorer.engine.engine import HERE, Engine, Piece, map_to_pieces, shards_of
from explorer.engine.ordered import ahead, in_order
from explorer.errors import BadDataError
from explorer.progress import Measured, Progress, Report
from explorer.store.chunks import Chunks
from explorer.store.ragged import pack
from explorer.types import Split

PIECE = 512
"""Images per file of the scratch folder: what a kill can lose."""
BATCH = 32
"""Images per call of a network; fixed, because another number may change the last digit."""
THUMBNAIL = 160
"""Longest side in pixels of the images that the page shows."""
MOST_SKIPPED = 0.2
"""Share of unreadable images from which on something else must be wrong."""
_THREADS = 4
_LONGEST_NAME = 200
_AHEAD = 4 * BATCH


class Network(NamedTuple):
    """What reads images."""

    name: str  # of the array its rows go to
    prepare: Callable[[Image.Image], Any]  # called in loader threads
    rows: Callable[[list[Any]], np.ndarray]  # prepared images -> (B, F) float32
    workers: int = 1  # threads that may call `rows` at once


class Known(NamedTuple):
    """What was made of the same image before."""

    row: np.ndarray  # (F,), by the only network
    thumbnail: bytes


class ImagePass(NamedTuple):
    """What was read of the images; by name.

    Per network (n, F), "picture" (n,) int64, "thumbnail" and its offsets, and "digest" (n,) uint64
    of the files' bytes, where images are stored and every piece was read with `known`.
    """

    arrays: dict[str, Path]
    skipped: list[str]  # names and reasons
    measured: Measured  # what the images took that were read now


class _Loaded(NamedTuple):
    number: int
    prepared: list[Any]  # one per network; none where the image is known
    thumbnail: bytes
    problem: str  # "" where the image could be read
    digest: int | None = None
    known: Known | None = None


def pass_over(
    scratch: Path,
    pairs: Split,
    images: Sequence[int],
    networks: Sequence[Network],
    doing: str,
    report: Report,
    thumbnails: bool = False,
    engine: Engine = HERE,
    known: Callable[[int], Known | None] | None = None,
) -> ImagePass:
    """Opens images in threads while the networks run; goes on where a kill interrupted it.

    The images are numbers in `pairs`, and `scratch` keeps what was done of them. With `thumbnails`
    there are small WebP images, too. What is `known` by the digest of an image's bytes is taken
    over from there, and digests are kept; then there is one network.

    Raises:
        BadDataError: More than `MOST_SKIPPED` of the images cannot be read.
    """
    chunks, shards = Chunks(scratch / "images"), shards_of(len(images), PIECE)
    n_done = sum(len(shard) for number, shard in enumerate(shards) if chunks.has(number))
    progress = Progress(report, doing, len(images), already=n_done)
    skipped: list[str] = []
    load = partial(_load, pairs, networks, thumbnails, known)

    def see(shard: range) -> Piece:
        with _pool() as pool:
            loaded = ahead(pool, load, [images[row] for row in shard], _AHEAD)
            return _seen(loaded, networks, thumbnails, progress)

    for number in map_to_pieces(engine, see, shards, chunks):
        skipped += chunks.notes(number)["skipped"]
        _check_skipped(skipped, len(images))
    measured = progress.measured
    names = ["picture", *(network.name for network in networks)]
    arrays = {name: chunks.join(name, len(shards), scratch / f"{name}.npy") for name in names}
    if thumbnails:
        arrays |= chunks.join_blobs("thumbnail", len(shards), scratch)
    if known and all("digest" in chunks.names(number) for number in range(len(shards))):
        arrays["digest"] = chunks.join("digest", len(shards), scratch / "digest.npy")
    return ImagePass(arrays, skipped, measured)


@contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    """Loader threads; where the work is interrupted, images that wait are not opened."""
    pool = ThreadPoolExecutor(_THREADS, "images")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _load(
    pairs: Split,
    networks: Sequence[Network],
    thumbnails: bool,
    known: Callable[[int], Known | None] | None,
    number: int,
) -> _Loaded:
    try:
        digest = pairs.stored.digest(number) if known and pairs.stored else None
        found = known(digest) if known and digest is not None else None
        if found:
            return _Loaded(number, [], found.thumbnail, "", digest, found)
        image = pairs.open_image(number)
    except BadDataError as error:
        name = shortened(pairs.image_names[number], _LONGEST_NAME)
        return _Loaded(number, [], b"", f"{name}: {error}")
    prepared = [network.prepare(image) for network in networks]
    return _Loaded(number, prepared, thumbnail(image) if thumbnails else b"", "", digest)


def thumbnail(image: Image.Image) -> bytes:
    """The image as WebP, at most THUMBNAIL pixels wide and high."""
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BICUBIC, reducing_gap=2.0)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=80, method=0)
    return file.getvalue()


def _seen(
    loaded: Iterable[_Loaded],
    networks: Sequence[Network],
    thumbnails: bool,
    progress: Progress,
) -> Piece:
    rows: dict[str, list[np.ndarray]] = {network.name: [] for network in networks}
    good: list[_Loaded] = []
    skipped: list[str] = []
    workers = max(network.workers for network in networks)
    for batch, made in in_order(partial(_see, networks), _batches(loaded), workers):
        for name, part in made.items():
            rows[name].append(part)
        good += [each for each in batch if not each.problem]
        skipped += [each.problem for each in batch if each.problem]
        progress.add(len(batch))
    arrays = {name: np.concatenate(parts) for name, parts in rows.items() if parts}
    arrays["picture"] = np.array([each.number for each in good], dtype=np.int64)
    if all(each.digest is not None for each in good):
        arrays["digest"] = np.array([each.digest for each in good], dtype=np.uint64)
    if thumbnails:
        blob, offsets = pack(each.thumbnail for each in good)
        arrays |= {"thumbnail": blob, "thumbnail_length": np.diff(offsets)}
    return Piece(arrays, {"skipped": skipped})


def _see(
    networks: Sequence[Network], batch: list[_Loaded]
) -> tuple[list[_Loaded], dict[str, np.ndarray]]:
    """The batch without its prepared images, and the rows that each network made of them."""
    new = [each.prepared for each in batch if each.prepared]
    made = {
        network.name: network.rows([prepared[place] for prepared in new])
        for place, network in enumerate(networks)
        if new
    }
    if any(each.known for each in batch):
        (network,) = networks
        rows = iter(made.get(network.name, ()))
        good = [each.known for each in batch if not each.problem]
        made = {network.name: np.stack([each.row if each else next(rows) for each in good])}
    return [each._replace(prepared=[]) for each in batch], made


def _batches(loaded: Iterable[_Loaded]) -> Iterator[list[_Loaded]]:
    """Batches of images for the networks, and between these the ones that are known."""
    batch: list[_Loaded] = []
    for each in loaded:
        batch.append(each)
        if sum(not each.known for each in batch) == BATCH or len(batch) == PIECE:
            yield batch
            batch = []
    if batch:
        yield batch


def _check_skipped(skipped: Sequence[str], n_images: int) -> None:
    if len(skipped) > MOST_SKIPPED * n_images:
        raise BadDataError(
            f"{len(skipped):,} of {n_images:,} images cannot be read, more than "
            f"{MOST_SKIPPED:.0%}. The first one: {skipped[0]}"
        )
