"""WebDataset tar shards, as img2dataset writes them, too.

Files whose names are the same up to the first dot of the last part are a sample: an image, and its
captions in .txt, .caption, .json or several of them, or its class in .cls or .json. Shards
whose name or folder says train, val or test are that split. Images are read where they lie in the
tar; nothing is unpacked.
"""

from collections.abc import Iterator
from itertools import chain, islice
from mmap import mmap
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from PIL import Image

from explorer.data.images import decode_image
from explorer.data.left_out import LeftOut
from explorer.data.reading.among_deep import AmongDeep
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.folder import all_files, file_stamp
from explorer.data.reading.samples import (
    OTHERS,
    NoCaptions,
    sample_captions,
    sample_columns,
    sample_label,
    unread_captions,
)
from explorer.data.reading.tar import Member, mapped, members
from explorer.data.reading.tar_samples import grouped
from explorer.data.reading.unread import missing_files
from explorer.data.records import Reading, Record
from explorer.data.splits import split_called, split_named
from explorer.errors import BadDataError

NAME = "WebDataset shards"
LAYOUT = "plain .tar files with images and .txt or .json captions of the same name"


_LONGEST_LABEL = 1000


class _Place(NamedTuple):
    shard: Path
    member: Member


class ShardImages:
    """Images in tars; a `Source`. Each opening has a file handle of its own."""

    is_file = True

    def __init__(self) -> None:
        self._stamps: dict[Path, str] = {}
        self.is_among_deep = AmongDeep(self.content)

    def open(self, place: _Place) -> Image.Image:
        name = f"{place.member.name} in {place.shard}"
        return decode_image(self.content(place), name, self.is_among_deep)

    def length(self, place: _Place) -> int:
        return place.member.size

    def content(self, place: _Place) -> bytes:
        shard, member = place
        try:
            with shard.open("rb") as file:
                file.seek(member.offset)
                return file.read(member.size)
        except OSError as error:
            raise BadDataError(f"The tar {shard} cannot be read: {error.strerror}.") from error

    def stamp(self, place: _Place) -> str:
        if place.shard not in self._stamps:
            self._stamps[place.shard] = file_stamp(place.shard)
        return f"{self._stamps[place.shard]}:{place.member.offset}:{place.member.size}"


def signs(folder: Path) -> list[Path]:
    """The first tar that has samples."""
    shards = all_files(folder, "*.tar")
    samples = (shard for shard in shards if next(_records(folder, shard, LeftOut()), None))
    return list(islice(samples, 1))


def read(folder: Path) -> Reading | None:
    shards = all_files(folder, "*.tar")
    if not shards:
        return None
    left_out = LeftOut()
    records = chain.from_iterable(_records(folder, shard, left_out) for shard in shards)
    first = next(records, None)
    if first is None:  # tars of something else, or of images that another file describes
        return Reading([], ShardImages(), [], left_out, is_sure=False) if left_out else None
    notes = [f"{len(shards):,} tar files."]
    notes += missing_files(shards)
    classes = names_beside(shards[0].parent) or names_beside(folder)
    images = ShardImages()
    noted = images.is_among_deep.noting(chain([first], records))
    return Reading(noted, images, notes, left_out, files=shards, classes=classes)


def _records(folder: Path, shard: Path, left_out: LeftOut) -> Iterator[Record]:
    where = shard.relative_to(folder).as_posix()
    said = split_named(where)
    seen: dict[str, int] = {}
    with mapped(shard) as tar:
        for sample in grouped(members(tar, shard, left_out), left_out):
            texts = {
                suffix: tar[each.offset : each.offset + each.size]
                for suffix, each in sample.texts.items()
            }
            name = f"{where}/{sample.image.name}"
            label = _text(tar, sample.label)
            try:
                captions = sample_captions(texts)
            except NoCaptions as reason:
                label = label or sample_label(texts, left_out)
                if not label:
                    left_out.add(str(reason), name)
                    continue
                captions = []
            else:
                left_out.add_all(OTHERS, unread_captions(texts, captions))
            seen[name] = seen.get(name, 0) + 1  # joined tars may give a name twice
            named = name if seen[name] == 1 else f"{name}#{seen[name]}"
            split = said or _split_within(sample.image.name) or ""
            rest = sample_columns(texts) | ({"cls": label} if label and captions else {})
            place = _Place(shard, sample.image)
            yield Record(split, named, captions, place, label, rest)


def _split_within(name: str) -> str | None:
    """The split that a folder within the tar is called as."""
    called = (split_called(part) for part in PurePosixPath(name).parent.parts)
    return next((split for split in called if split), None)


def _text(tar: mmap, member: Member | None) -> str:
    """What a small file holds; "" where there is none, or it is no text."""
    if member is None or member.size > _LONGEST_LABEL:
        return ""
    return tar[member.offset : member.offset + member.size].decode("utf-8", "replace").strip()
