"""Tables that name pictures in one column: Kaggle's Flickr8k and Flickr30k, and one's own CSV.

Flickr8k: `captions.txt` with the columns `image,caption`, pictures in `Images/`. Flickr30k:
`results.csv` with `image_name| comment_number| comment`, pictures in `flickr30k_images/` twice.
A column `split` is followed, and so is the split in a file's name (`train.csv`).
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

from explorer.errors import BadDataError
from explorer.pipeline.datasets.fields import captions_in, choose_fields, no_fields
from explorer.pipeline.datasets.folder import nearest_files, pictures_below
from explorer.pipeline.datasets.pictures import SUFFIXES
from explorer.pipeline.datasets.records import Reading, Record
from explorer.pipeline.datasets.separated import read_table
from explorer.pipeline.datasets.splits import merged, split_named

NAME = "CSV with captions"
LAYOUT = "captions.txt, results.csv or any .csv with columns such as `image` and `caption`"


def read(folder: Path) -> Reading | None:
    paths = nearest_files(folder, "captions.txt", "*.csv", "*.tsv")
    if not paths:
        return None
    left_out: Counter[str] = Counter()
    files = merged({split_named(str(path.relative_to(folder))) or "train": path} for path in paths)
    tables = chain.from_iterable(_records(path, split, left_out) for split, path in files.items())
    pictures, records, notes = pictures_below(folder, tables)
    return Reading(records, pictures, notes, left_out)


def _records(path: Path, split: str, left_out: Counter[str]) -> Iterator[Record]:
    columns, rows = read_table(path, left_out)
    fields = choose_fields(columns)
    if fields is None:
        if any(PurePosixPath(name).suffix.lower() in SUFFIXES for name in columns):
            raise BadDataError(
                f"{path} has no header: its first line must name the columns, such as "
                "`image,caption`."
            )
        raise no_fields(path, columns)
    for row in rows:
        name, captions = row[fields.picture].strip(), captions_in(row, fields.captions)
        said = split_named(row[fields.split]) if fields.split else split
        if not name or captions is None:
            left_out["rows without a picture"] += 1
        elif said is None:
            left_out["rows of an unknown split"] += 1
        else:
            yield Record(said, name, captions, name)
