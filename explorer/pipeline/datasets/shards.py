"""WebDataset tar shards, as img2dataset writes them, too.

Files that stand together with the same name up to the first dot of the last part are a sample: a
picture, and its captions in .txt, .json or both. Shards whose name or folder says train, val or
test are that split. Pictures are read where they lie in the tar; nothing is unpacked.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, groupby
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from PIL import Image

from explorer.errors import BadDataError
from explorer.pipeline.datasets.folder import all_files, file_stamp
from explorer.pipeline.datasets.pictures import SUFFIXES, decode_picture
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.samples import TEXTS, NoCaptions, sample_captions
from explorer.pipeline.datasets.splits import split_named
from explorer.pipeline.datasets.tar import Member, mapped, members

NAME = "WebDataset shards"
LAYOUT = "plain .tar files with pictures and .txt or .json captions of the same name"


class _Place(NamedTuple):
    shard: Path
    member: Member


class ShardPictures:
    """Pictures in tars; a `Source`. Each opening has a file handle of its own."""

    def __init__(self) -> None:
        self._stamps: dict[Path, str] = {}

    def open(self, place: _Place) -> Image.Image:
        shard, member = place
        try:
            with shard.open("rb") as file:
                file.seek(member.offset)
                content = file.read(member.size)
        except OSError as error:
            raise BadDataError(f"The tar {shard} cannot be read: {error.strerror}.") from error
        return decode_picture(content, f"{member.name} in {shard}")

    def stamp(self, place: _Place) -> str:
        if place.shard not in self._stamps:
            self._stamps[place.shard] = file_stamp(place.shard)
        return f"{self._stamps[place.shard]}:{place.member.offset}:{place.member.size}"


def read(folder: Path) -> Reading | None:
    shards = all_files(folder, "*.tar")
    if not shards:
        if packed := all_files(folder, "*.tar.gz", "*.tgz"):
            raise BadDataError(f"{packed[0]} is compressed; unpack it to a plain tar with gunzip.")
        return None
    left_out: Counter[str] = Counter()
    records = chain.from_iterable(_records(folder, shard, left_out) for shard in shards)
    first = next(records, None)
    if first is None:  # tars of something else, or of pictures that another file describes
        return None
    notes = [f"{len(shards):,} tar files."]
    return Reading(chain([first], records), ShardPictures(), notes, left_out)


def _records(folder: Path, shard: Path, left_out: Counter[str]) -> Iterator[Record]:
    where = shard.relative_to(folder).as_posix()
    split = split_named(where) or "train"
    with mapped(shard) as tar:
        for _, sample in groupby(members(tar, shard), _key):
            files: dict[str, Member] = {}
            for member in sample:
                suffix = PurePosixPath(member.name).suffix.lower()
                files.setdefault("picture" if suffix in SUFFIXES else suffix, member)
            if "picture" not in files:
                left_out["samples without a picture"] += 1
                continue
            texts = {
                each: tar[files[each].offset : files[each].offset + files[each].size]
                for each in TEXTS
                if each in files
            }
            try:
                captions = sample_captions(texts)
            except NoCaptions as reason:
                left_out[str(reason)] += 1
                continue
            picture = files["picture"]
            yield Record(split, f"{where}/{picture.name}", captions, _Place(shard, picture))


def _key(member: Member) -> str:
    folder, slash, name = member.name.rpartition("/")
    return folder + slash + name.partition(".")[0]
