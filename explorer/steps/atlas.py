"""The images of a map as small tiles on pages; images that lie near each other share a page."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from explorer.core.ordering import along_curve
from explorer.engine.engine import HERE, Piece, map_to_pieces, shards_of
from explorer.engine.ordered import ahead
from explorer.progress import Progress, Report
from explorer.store.chunks import Chunks
from explorer.store.ragged import Blobs, pack
from explorer.store.step import Computed, Entry, Step

LEVELS = (16, 32)
"""Pixels of a tile's side, from the coarsest."""
SIDE = 2048
"""Pixels of a page's side; the last page of a level is only as high as its tiles."""
PIECE = (SIDE // LEVELS[0]) ** 2
"""Images between two files of the scratch folder: whole pages of every level."""
_QUALITY = 60
_THREADS = 2


class Atlas(NamedTuple):
    """Tiles stand row by row, in the same order on the pages of each level."""

    place: np.ndarray  # (N,) uint32, the place of each image in that order
    pages: dict[int, Blobs]  # WebP, by the level


def atlas(
    layout_key: str, position: Callable[[], np.ndarray], look: Callable[[int], Image.Image]
) -> Step[Atlas]:
    """Tiles of the N images of a map, each opened by `look`; of wide and tall ones the middle.

    `position` gives their (N, 2) places when this is computed.
    """

    def compute(scratch: Path, report: Report) -> Computed:
        order = along_curve(position())
        pieces, shards = Chunks(scratch / "pages"), shards_of(len(order), PIECE)
        n_done = sum(len(shard) for number, shard in enumerate(shards) if pieces.has(number))
        progress = Progress(report, "Shrinking images", len(order), already=n_done)

        def tile(i: int) -> Image.Image:
            return ImageOps.fit(look(i), (LEVELS[-1], LEVELS[-1]), Image.Resampling.BICUBIC)

        with ThreadPoolExecutor(_THREADS, "tiles") as pool:

            def shrink(shard: range) -> Piece:
                tiles = ahead(pool, tile, map(int, order[shard]), 4 * _THREADS)
                return _pages(tiles, len(shard), progress)

            n_pieces = sum(1 for _ in map_to_pieces(HERE, shrink, shards, pieces))
        arrays: dict[str, np.ndarray | Path] = {"place": np.argsort(order).astype(np.uint32)}
        for level in LEVELS:
            arrays |= pieces.join_blobs(_pages_of(level), n_pieces, scratch)
        return Computed(arrays)

    return Step("atlas", 1, {"map": layout_key}, compute, _read)


def tiles_on_page(level: int) -> int:
    return (SIDE // level) ** 2


def _read(entry: Entry) -> Atlas:
    names = {level: _pages_of(level) for level in LEVELS}
    arrays = entry.arrays
    pages = {level: Blobs(arrays[n], arrays[f"{n}_offsets"]) for level, n in names.items()}
    return Atlas(arrays["place"], pages)


def _pages_of(level: int) -> str:
    return f"pages_{level}"


def _pages(tiles: Iterator[Image.Image], n: int, progress: Progress) -> Piece:
    """The pages of n tiles, which are drawn one after the other: few pixels are in memory."""
    sheets = {level: Image.new("RGB", (SIDE, SIDE)) for level in LEVELS}
    pages: dict[int, list[bytes]] = {level: [] for level in LEVELS}
    for number, tile in enumerate(tiles, 1):
        for level, sheet in sheets.items():
            per_row, at = SIDE // level, (number - 1) % tiles_on_page(level)
            small = tile if tile.width == level else tile.resize((level, level))
            sheet.paste(small, (at % per_row * level, at // per_row * level))
            if at + 1 == tiles_on_page(level) or number == n:
                pages[level].append(_webp(sheet, (at // per_row + 1) * level))
        progress.add(1)
    packed = {level: pack(pages[level]) for level in LEVELS}
    arrays = {_pages_of(level): blob for level, (blob, _) in packed.items()}
    lengths = {f"{_pages_of(level)}_length": np.diff(each) for level, (_, each) in packed.items()}
    return Piece(arrays | lengths)


def _webp(sheet: Image.Image, height: int) -> bytes:
    file = io.BytesIO()
    sheet.crop((0, 0, SIDE, height)).save(file, "WEBP", quality=_QUALITY, method=0)
    return file.getvalue()
