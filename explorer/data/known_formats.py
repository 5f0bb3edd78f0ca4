"""Every format of a folder, in the order in which they are tried."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.data.formats import (
    caption_table,
    captions_by_name,
    cifar_binary,
    cifar_pickled,
    class_folders,
    class_lists,
    coco,
    coco_categories,
    conversations,
    flickr_tokens,
    idx,
    imagefolder,
    karpathy,
    karpathy_original,
    matlab,
    numpy_arrays,
    parquet,
    pixel_table,
    saved_to_disk,
    shards,
    stl_binary,
    textfiles,
)
from explorer.data.records import Reading


class Format(NamedTuple):
    name: str
    layout: str  # what such a folder holds, for the message when nothing is recognised
    read: Callable[[Path], Reading | None]  # None where the folder is of another format
    signs: Callable[[Path], Sequence[Path]]  # files that it would read


FORMATS = tuple(
    Format(each.NAME, each.LAYOUT, each.read, each.signs)
    for each in (
        saved_to_disk,
        karpathy,
        karpathy_original,
        coco,
        imagefolder,
        flickr_tokens,
        idx,
        cifar_binary,
        cifar_pickled,
        stl_binary,
        matlab,
        numpy_arrays,
        pixel_table,
        shards,
        textfiles,
        parquet,
        caption_table,
        captions_by_name,
        conversations,
        coco_categories,
        class_lists,
        class_folders,
    )
)
"""In the order in which they are tried: what says more about the splits comes first."""
