"""Any dataset as a clean one: a folder per split, upright RGB images, one column of targets."""

import io
import json
import posixpath
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from PIL import Image

from explorer.data.built_in import BUILT_IN
from explorer.data.found import look_into
from explorer.data.inspect import target_of
from explorer.data.left_out import LeftOut
from explorer.data.open import open_dataset
from explorer.data.reading.spellings import absolute_parts
from explorer.errors import BadDataError, UnknownNameError
from explorer.progress import Progress, Report, silent
from explorer.store.own import CONVERTED
from explorer.store.writing import whole_folder, write_aside
from explorer.types import Labelled, Split

PER_SHARD = 10_000
"""Images in a tar or a parquet file."""
_PER_BATCH = 100
_KEPT = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
"""Kinds of files that are copied as they are, if they are upright and RGB."""
_ORIENTATION = 0x0112


class Row(NamedTuple):
    file: str  # 000000.jpg
    content: bytes
    name: str  # of the image in the source
    target: Mapping[str, Any]  # `captions` or `label`


class Converted(TypedDict):
    """What `convert` tells."""

    out: str
    format: str
    splits: dict[str, int]  # images that were written
    left_out: dict[str, int]  # by reason
    examples: dict[str, list[str]]


def convert(data: str, out: Path, kind: str = "imagefolder", report: Report = silent) -> Converted:
    """Writes the splits that are really in a dataset; files that are clean already are copied.

    Args:
        data: As for `open_dataset`.
        out: A folder that does not exist yet, or is empty. It appears when everything is in it.
        kind: One of `FORMATS`.
        report: Told the share of images that are written.

    Raises:
        BadDataError: No image of a split can be read.
    """
    if kind not in FORMATS:
        raise UnknownNameError(f"No format {kind!r}. Choose one of: {', '.join(FORMATS)}.")
    with whole_folder(out) as folder:
        splits, left_out = _splits(data)
        total = sum(each.n_images for each in splits.values())
        progress, written = Progress(report, "Writing images", total), {}
        for name, split in splits.items():
            rows = _Counted(_rows(split, left_out, progress))
            FORMATS[kind](folder, name, rows, isinstance(split, Labelled))
            written[name] = rows.n
            if not rows.n:
                raise BadDataError(f"No image of {name} can be read: {left_out.why()}.")
        of = {CONVERTED: Path(data).name, "format": kind, "splits": written, "left_out": left_out}
        write_aside(folder / "config.json", json.dumps(of, indent=2).encode())
    return {
        "out": str(out),
        "format": kind,
        "splits": written,
        "left_out": {reason: count for reason, count in left_out.items() if count},
        "examples": left_out.examples,
    }


def _splits(data: str) -> tuple[Mapping[str, Split], LeftOut]:
    if data in BUILT_IN:
        return open_dataset(data).splits, LeftOut()
    found = look_into(data)
    return found.splits, found.left_out


class _Counted:
    """Rows, and how many there were."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows, self.n = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            yield row
            self.n += 1


def _rows(split: Split, left_out: LeftOut, progress: Progress) -> Iterator[Row]:
    if isinstance(split, Labelled) and split.masks:
        left_out.add("captions and masks of classes", split.masks.image_names[0], split.n_images)
    number = 0
    for i in range(split.n_images):
        progress.add(1)
        try:
            content, suffix = _clean(split, i)
        except BadDataError as error:
            left_out.add("images that cannot be read", error)
            continue
        name = split.image_names[i]
        source = posixpath.basename(name) if absolute_parts(name) else name  # tells no folders
        yield Row(f"{number:06d}{suffix}", content, source, target_of(split, i))
        number += 1


def _clean(split: Split, i: int) -> tuple[bytes, str]:
    """The file of an upright RGB image, and what its name ends with."""
    image = split.open_image(i)  # which tells whether it can be read at all
    if split.stored is not None:
        content = split.stored.content(i)
        if suffix := _kept(content):
            return content, suffix
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue(), ".png"


def _kept(content: bytes) -> str:
    """What the name of a file ends with that may stay as it is; "" where it may not."""
    with Image.open(io.BytesIO(content)) as image:
        is_plain = image.mode == "RGB" and not image.has_transparency_data
        is_deep = ";16" in str(image.tile)
        upright = image.getexif().get(_ORIENTATION, 1) == 1 and getattr(image, "n_frames", 1) == 1
        return _KEPT.get(image.format or "", "") if is_plain and upright and not is_deep else ""


def _write_imagefolder(out: Path, split: str, rows: Iterable[Row], labelled: bool) -> None:
    folder = out / split
    folder.mkdir()
    with (folder / "metadata.jsonl").open("w", encoding="utf-8") as lines:
        for row in rows:
            (folder / row.file).write_bytes(row.content)
            about = {"file_name": row.file, **row.target, "source": row.name}
            lines.write(json.dumps(about, ensure_ascii=False) + "\n")


def _write_webdataset(out: Path, split: str, rows: Iterable[Row], labelled: bool) -> None:
    for number, shard in enumerate(_blocks(rows, PER_SHARD)):
        with tarfile.open(out / f"{split}-{number:06d}.tar", "w") as tar:
            for row in shard:
                key = row.file.partition(".")[0]
                about = json.dumps({**row.target, "source": row.name}, ensure_ascii=False)
                files = [(row.file, row.content), (f"{key}.json", about.encode())]
                files += [(f"{key}.cls", row.target["label"].encode())] if labelled else []
                for name, content in files:
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))


def _write_parquet(out: Path, split: str, rows: Iterable[Row], labelled: bool) -> None:
    """Images as bytes in an `Image` column, as the Hub stores them."""
    import pyarrow as pa  # late: only this format needs it
    import pyarrow.parquet as pq

    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    text = {"dtype": "string", "_type": "Value"}
    target = ("label", pa.string()) if labelled else ("captions", pa.list_(pa.string()))
    features = {
        "image": {"_type": "Image"},
        target[0]: text if labelled else {"feature": text, "_type": "List"},
        "source": text,
    }
    about = json.dumps({"info": {"features": features}})
    columns = [("image", image), target, ("source", pa.string())]
    schema = pa.schema(columns, metadata={"huggingface": about})
    (out / "data").mkdir(exist_ok=True)
    for number, shard in enumerate(_blocks(rows, PER_SHARD)):
        with pq.ParquetWriter(out / "data" / f"{split}-{number:05d}.parquet", schema) as file:
            for batch in _blocks(shard, _PER_BATCH):
                cells = [
                    {"image": {"bytes": e.content, "path": e.file}, **e.target, "source": e.name}
                    for e in batch
                ]
                file.write_table(pa.Table.from_pylist(cells, schema))


def _blocks(rows: Iterable[Row], size: int) -> Iterator[Iterator[Row]]:
    """The rows in portions; each must be read before the next is asked for."""
    source = iter(rows)
    for first in source:
        yield _portion(first, source, size)


def _portion(first: Row, rest: Iterator[Row], size: int) -> Iterator[Row]:
    yield first
    for _ in range(size - 1):
        row = next(rest, None)
        if row is None:
            return
        yield row


FORMATS: dict[str, Callable[[Path, str, Iterable[Row], bool], None]] = {
    "imagefolder": _write_imagefolder,
    "parquet": _write_parquet,
    "webdataset": _write_webdataset,
}
