"""What the first rows of a table say of its columns."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from explorer.core.captions import is_value
from explorer.data.images import is_image_name
from explorer.data.reading.cells import NO_LABEL, ONE, ZERO, as_captions
from explorer.data.reading.field_names import IMAGES, LABELS, LIKE_SPLITS
from explorer.data.reading.fields import Fields, choose_fields
from explorer.data.splits import are_parts, split_called

LOOKED_AT = 100
"""Rows that are looked at for fields without words."""
MANY_LOOKED_AT = 2000
"""Rows that are looked at for texts that come again, of all tables together."""
_FEW_WORDS = 3
_BINARY = ({"0", "1"}, {"0.0", "1.0"}, {"-1", "1"}, {"false", "true"}, {"no", "yes"})


def fields_among(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    repeating: Collection[str] = (),
    *,
    has_split: bool,
    has_masks: bool,
) -> Fields | None:
    """As `choose_fields`, of a table by its first rows, too.

    Where no column is called as one of images, the only one that names files of images is, or else
    `image_id`, or `id` where there is no column but those that matter. Unless something else says
    the split, a column may, whatever it is called; where nothing is a caption or a class, columns
    of 0 and 1 are classes if one of them is 1 in each row; beside captions of images with masks a
    class counts as well. `repeating` is what `repeating_among` finds in all tables of a dataset.
    """
    naming = [
        name.strip().lower()
        for name in columns
        if rows and all(_names_image(row, name) for row in rows)
    ]
    images = [*IMAGES, *(naming if len(naming) == 1 else ()), "image_id", "id"]
    binary = binary_among(rows)
    fields = choose_fields(columns, images, wordless_among(rows), binary, repeating)
    label = fields.label if fields else None
    if fields is None or (label in binary and label.strip().lower() not in LABELS):
        fields = _with_classes(columns, images, rows) or fields
    if fields is None or (fields.image.strip().lower() == "id" and fields.others):
        return None  # it may number rows whose image another column names
    fields = fields if has_split else with_split(fields, rows)
    return with_label(fields) if has_masks else fields


def _names_image(row: Mapping[str, Any], column: str) -> bool:
    value = row.get(column)
    return isinstance(value, str) and is_image_name(value.strip())


def _with_classes(
    columns: Sequence[str], images: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> Fields | None:
    """The fields of images with a column for each class; None where there are no such columns."""
    cells = {name: [str(row.get(name)).strip() for row in rows] for name in columns if name}
    classes = [name for name, held in cells.items() if set(held) <= {*ZERO, *ONE}]
    ones = [sum(cells[name][at] in ONE for name in classes) for at in range(len(rows))]
    fields = choose_fields([*columns, LABELS[0]], images)
    if len(classes) < 2 or set(ones) != {1} or fields is None:
        return None
    others = tuple(name for name in fields.others if name not in classes)
    return fields._replace(captions=(), label=None, others=others, classes=tuple(classes))


def with_label(fields: Fields) -> Fields:
    """The fields, with the class beside captions, too, if there is one."""
    label = next((name for name in fields.others if name.strip().lower() in LABELS), None)
    if label is None or not fields.captions:
        return fields
    others = tuple(name for name in fields.others if name != label)
    return fields._replace(label=label, others=others)


def with_split(fields: Fields, rows: Sequence[Mapping[str, Any]]) -> Fields:
    """The fields, and where none says the split, one of the others whose values do and no more.

    By a single split only a field that is called likewise. A field `split` of numbers is one of the
    others: what they mean is to be seen in all rows.

    Examples:
        >>> fields = choose_fields(["image", "caption", "subset"])
        >>> with_split(fields, [{"subset": "train"}, {"subset": "Test"}]).split
        'subset'
        >>> with_split(fields, [{"subset": "train"}, {"subset": "cats"}]).split
    """
    if fields.split and are_parts(row.get(fields.split) for row in rows):
        return fields._replace(split=None, others=(*fields.others, fields.split))
    for name in fields.others if fields.split is None else ():
        cells = {str(row[name]).strip() for row in rows if row.get(name) is not None} - {""}
        splits = {split_called(cell) for cell in cells}
        is_split = splits and None not in splits
        if is_split and (len(splits) > 1 or LIKE_SPLITS.fullmatch(name.strip())):
            others = tuple(other for other in fields.others if other != name)
            return fields._replace(split=name, others=others)
    return fields


def wordless_among(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Fields that hold something in some row, and in none words."""
    some: set[str] = set()
    words: set[str] = set()
    for row in rows:
        for name, value in row.items():
            found = as_captions(value)
            if found is None:
                some.add(name)
            elif held := [text for text in found if text.strip()]:
                (some if all(map(is_value, held)) else words).add(name)
    return some - words


def repeating_among(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Fields of a few words each, half of which at least were there before, as breeds are.

    Asked of all tables of a dataset at once: a small one may hold each class once.

    Examples:
        >>> rows = [{"file": f"{i}.png", "breed": "pug" if i % 2 else "beagle"} for i in range(4)]
        >>> repeating_among(rows)
        {'breed'}
    """
    texts: dict[str, list[str]] = {}
    others: set[str] = set()
    for row in islice(rows, MANY_LOOKED_AT):
        for name, value in row.items():
            if not isinstance(value, str | None) or len((value or "").split()) > _FEW_WORDS:
                others.add(name)
            elif value and value.strip():
                texts.setdefault(name, []).append(value.strip())
    repeating = {name for name, held in texts.items() if 2 * len({*held}) <= len(held)}
    return repeating - others


def binary_among(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Fields that hold either of two values that say yes and no, and nothing else."""
    held: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            held.setdefault(name, set()).add(str(value).strip().lower())
    return {name for name, values in held.items() if values - {"none", *NO_LABEL} in _BINARY}
