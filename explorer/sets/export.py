"""A distilled set in the formats that other programs load; nothing of it is lost on the way."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NotRequired, TypedDict

from explorer.core.geometry import row_blocks
from explorer.errors import BadDataError, MissingDataError, UnknownNameError
from explorer.sets.card import with_licence
from explorer.sets.folder import DistilledSet, Row, as_file
from explorer.sets.others import lies_inside, without_paths
from explorer.store.own import is_distilled
from explorer.store.writing import whole_folder, write_aside

PAIRS_PER_SHARD = 10_000
"""As img2dataset has it."""
_BESIDE = ("README.md", "config.json", "embeddings.safetensors", "learned.safetensors")
_ARROW_TYPES = {str: "string", int: "int64", float: "float64"}


class Format(NamedTuple):
    label: str  # what it is, for people
    opened_by: str  # the call that reads it; {} is the folder
    write: Callable[[DistilledSet, list[Row], Path], None]


class Exported(TypedDict):
    """What was written."""

    format: str
    n_pairs: int
    rows: str  # what they are: "images" or "pairs"
    out: str
    opened_by: str  # a line of Python
    url: NotRequired[str]  # on the Hub, where it was pushed there


def export(source: Path, name: str, out: Path, licence: str | None = None) -> Exported:
    """Writes a set in one of `FORMATS`, its card, settings and prototypes beside it; tells what is.

    `out` does not exist yet, or is empty; it appears when everything is in it. `licence` is an
    identifier of the Hub, and stands in the card instead of what the set's says.
    """
    if name not in FORMATS:
        raise UnknownNameError(f"No format {name!r}. Choose one of: {', '.join(FORMATS)}.")
    if not is_distilled(source):
        raise MissingDataError(
            f"{source} holds no finished distilled set; name a folder that `distill` has written."
        )
    chosen, opened = FORMATS[name], DistilledSet(source)
    with whole_folder(out) as folder:
        rows = opened.rows()
        opened.check()
        _check_images(opened, rows)
        for each in filter(lambda each: lies_inside(source / each, source), _BESIDE):
            shutil.copyfile(source / each, folder / each)
        write_aside(folder / "config.json", as_file(without_paths(opened.settings())))
        if licence:
            card = with_licence((source / "README.md").read_text("utf-8"), licence)
            write_aside(folder / "README.md", card.encode())
        chosen.write(opened, rows, folder)
    return {
        "format": name,
        "n_pairs": len(rows),
        "rows": "images" if rows[0].label else "pairs",
        "out": str(out),
        "opened_by": chosen.opened_by.format(out),
    }


def _check_images(opened: DistilledSet, rows: list[Row]) -> None:
    images = opened.images
    missing = [row.file_name for row in rows if not lies_inside(images / row.file_name, images)]
    if missing:
        raise BadDataError(
            f"{len(missing)} of {len(rows)} images of {opened.folder} are not there, the first "
            f"is {missing[0]}; distill the set again."
        )


def _write_imagefolder(opened: DistilledSet, rows: list[Row], out: Path) -> None:
    """What a set is on the disk already: train/metadata.jsonl and the images."""
    for name in [*(row.file_name for row in rows), "metadata.jsonl"]:
        path = out / "train" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(opened.images / name, path)


def _write_parquet(opened: DistilledSet, rows: list[Row], out: Path) -> None:
    """Images as bytes in an `Image` column, as the Hub stores them."""
    import pyarrow as pa  # late: only this format needs it
    import pyarrow.parquet as pq

    kinds = {name: type(value) for name, value in rows[0].as_json().items()}
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    columns = [(name, pa.type_for_alias(_ARROW_TYPES[kind])) for name, kind in kinds.items()]
    features = {"image": {"_type": "Image"}} | {
        name: {"dtype": _ARROW_TYPES[kind], "_type": "Value"} for name, kind in kinds.items()
    }
    about = json.dumps({"info": {"features": features}})
    schema = pa.schema([("image", image), *columns], metadata={"huggingface": about})
    shards = [rows[block] for block in row_blocks(len(rows), PAIRS_PER_SHARD)]
    (out / "data").mkdir()
    for number, shard in enumerate(shards):
        path = out / "data" / f"train-{number:05d}-of-{len(shards):05d}.parquet"
        with pq.ParquetWriter(path, schema) as file:
            for piece in row_blocks(len(shard), 100):
                table = pa.Table.from_pylist(_with_images(opened, shard[piece]), schema)
                file.write_table(table)


def _with_images(opened: DistilledSet, rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "image": {
                "bytes": (opened.images / row.file_name).read_bytes(),
                "path": row.file_name,
            },
            **row.as_json(),
        }
        for row in rows
    ]


def _write_webdataset(opened: DistilledSet, rows: list[Row], out: Path) -> None:
    """Tar files of 000000.png, 000000.txt with the caption, 000000.json with everything else."""
    for number, block in enumerate(row_blocks(len(rows), PAIRS_PER_SHARD)):
        with tarfile.open(out / f"train-{number:06d}.tar", "w") as tar:
            for row in rows[block]:
                key = Path(row.file_name).stem
                _add(tar, f"{key}.png", (opened.images / row.file_name).read_bytes())
                if row.label:
                    _add(tar, f"{key}.cls", row.label.encode())
                else:
                    _add(tar, f"{key}.txt", row.caption.encode())
                _add(tar, f"{key}.json", json.dumps(row.as_json(), ensure_ascii=False).encode())


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Adds a file without time or owner, so that the same set gives the same bytes."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


FORMATS = {
    "imagefolder": Format(
        "Hugging Face imagefolder",
        'datasets.load_dataset("imagefolder", data_dir="{}")',
        _write_imagefolder,
    ),
    "parquet": Format("Parquet", 'datasets.load_dataset("{}")', _write_parquet),
    "webdataset": Format(
        "webdataset shards", 'webdataset.WebDataset("{}/train-000000.tar")', _write_webdataset
    ),
}
