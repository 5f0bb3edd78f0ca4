"""Tables that name images in one column: Kaggle's Flickr8k and Flickr30k, and one's own CSV.

Flickr8k: `captions.txt` with the columns `image,caption`, images in `Images/`. Flickr30k:
`results.csv` with `image_name| comment_number| comment`, images in `flickr30k_images/` twice.
A column `split` is followed, and so is the split in a file's name (`train.csv`).
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from explorer.data.images import is_image_name
from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.cells import captions_in, split_in
from explorer.data.reading.columns import (
    LOOKED_AT,
    MANY_LOOKED_AT,
    fields_among,
    repeating_among,
)
from explorer.data.reading.field_names import IMAGES, LABELS
from explorer.data.reading.fields import choose_fields, no_fields
from explorer.data.reading.folder import all_files, nearest_files
from explorer.data.reading.masks import Masks
from explorer.data.reading.places import Table, locate
from explorer.data.reading.separated import columns_of, first_rows, read_table
from explorer.data.reading.split_files import without_split_files
from explorer.data.records import Reading, Record
from explorer.data.splits import by_split, split_named
from explorer.errors import BadDataError

NAME = "CSV with captions"
LAYOUT = "captions.txt, results.csv or any .csv with columns such as `image` and `caption`"


_FILES = ("captions.txt", "*.csv", "*.tsv")


def signs(folder: Path) -> list[Path]:
    paths = all_files(folder, *_FILES, deepest=1)
    return [path for path in paths if choose_fields(columns_of(path))]


def read(folder: Path) -> Reading | None:
    found = nearest_files(folder, *_FILES)
    if not found:
        return None
    left_out, notes, columns = LeftOut(), list[str](), list[str]()
    paths = _telling(without_split_files(found) or found, notes)
    masks, repeating = Masks(folder), repeating_among(_first_of_all(paths))
    are_apart = _have_own_folders(folder, paths)
    files = paths if are_apart else [*by_split(folder, paths).values()]
    tables = []
    for path in files:
        records = _records(folder, path, left_out, columns, repeating, bool(masks))
        records = _named_below(path.parent.name, records) if are_apart else records
        tables.append(Table(path, records))
    reading = locate(folder, tables, left_out, masks)
    reading.notes[:0] = notes
    return replace(reading, columns=columns, is_sure=not all(map(_is_by_id, files)))


def _telling(paths: Sequence[Path], notes: list[str]) -> Sequence[Path]:
    """The tables of images among these: those that tell so most clearly."""
    answers = [path for path in paths if "submission" in path.stem.lower()]
    if 0 < len(answers) < len(paths):
        paths = [path for path in paths if path not in answers]
        notes.append(f"Not read, for it shows how to submit answers: {_named(answers)}.")
    if len(paths) == 1:
        return paths
    ways = (_tells_by_known_names, _tells_by_names, _tells_by_rows)
    telling = next(filter(None, ([*filter(way, paths)] for way in ways)), [])
    if others := [path for path in paths if telling and path not in telling]:
        notes.append(f"Not read, for their columns tell nothing of images: {_named(others)}.")
    return telling or paths[:1]


def _tells_by_known_names(path: Path) -> bool:
    """Whether columns are called as those of images are, and of captions or of classes."""
    fields = choose_fields(columns_of(path))
    return bool(fields and (fields.captions or (fields.label or "").strip().lower() in LABELS))


def _tells_by_names(path: Path) -> bool:
    """Whether the column of classes is called nearly so."""
    return choose_fields(columns_of(path)) is not None


def _tells_by_rows(path: Path) -> bool:
    """Whether a table names images and says something of them, by its first rows, too."""
    try:
        first = list(islice(first_rows(path), LOOKED_AT))
    except BadDataError:  # it is told where no other table tells anything
        return False
    return fields_among(columns_of(path), first, has_split=True, has_masks=False) is not None


def _is_by_id(path: Path) -> bool:
    """Whether nothing but `id` may name images, which may as well number classes."""
    fields = choose_fields(columns_of(path), (*IMAGES, "image_id", "id"))
    return fields is not None and fields.image.strip().lower() == "id"


def _first_of_all(paths: Sequence[Path]) -> Iterator[dict[str, str]]:
    """The first rows of the tables, as far as they can be read."""
    for path in paths:
        with suppress(BadDataError):  # it is told when all of the table is read
            yield from islice(first_rows(path), MANY_LOOKED_AT // len(paths) + 1)


def _have_own_folders(folder: Path, paths: Sequence[Path]) -> bool:
    """Whether there are several, alike but for their folders, whose names say no split."""
    are_apart = len(paths) > 1 and len({path.parent for path in paths}) == len(paths)
    is_said = any(split_named(str(path.relative_to(folder))) for path in paths)
    return are_apart and not is_said and len({tuple(columns_of(path)) for path in paths}) == 1


def _named_below(where: str, records: Iterable[Record]) -> Iterator[Record]:
    """The same images, whose names say in which folder their table is."""
    return (each._replace(name=f"{where}/{each.name}") for each in records)


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(map(place_of, paths))


def _records(
    folder: Path,
    path: Path,
    left_out: LeftOut,
    told: list[str],
    repeating: Set[str],
    has_masks: bool,
) -> Iterator[Record]:
    columns, rows = read_table(path, left_out)
    first = list(islice(rows, LOOKED_AT))
    split = split_named(str(path.relative_to(folder)))
    fields = fields_among(
        columns, first, repeating, has_split=split is not None, has_masks=has_masks
    )
    if fields is None:
        raise no_fields(path, columns)
    told += [each for each in fields.told() if each not in told]
    for row in chain(first, rows):
        name = _without_number(row[fields.image].strip())
        captions = captions_in(row, fields.captions)
        said = split_in(row, fields.split) if fields.split else split or ""
        if not name:
            left_out.add("rows without an image", place_of(path))
        elif captions is None:
            left_out.add("rows whose captions are no text", f"{name} in {place_of(path)}")
        elif said is None:
            left_out.add("rows of an unknown split", row[fields.split or ""])
        else:
            label = fields.label_of(row, left_out)
            yield Record(said, name, captions, name, label, fields.rest(row))


def _without_number(name: str) -> str:
    """The image of `image.jpg#0`, which numbers its captions in Flickr's token files."""
    image, _, number = name.rpartition("#")
    return image if number.isdigit() and is_image_name(image) else name
