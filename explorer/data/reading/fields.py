"""Which fields of a row hold the image, the captions, the split; and what counts as a caption."""

import ast
import json
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from explorer.core.captions import is_value
from explorer.data.images import is_image_name
from explorer.data.left_out import LeftOut, shortened
from explorer.data.splits import are_parts, split_called, split_named
from explorer.errors import BadDataError

IMAGES = (
    "file_name",
    "image",
    "filename",
    "image_name",
    "image_path",
    "image_file",
    "filepath",
    "file_path",
    "path",
    "img",
    "picture",
    "photo",
    "jpg",
    "jpeg",
    "png",
    "webp",
)
"""What the field of an image is called; the first that is there is taken."""
CAPTIONS = (
    "captions",
    "caption",
    "prompt",
    "text",
    "texts",
    "sentences",
    "sentence",
    "raw",
    "comment",
    "description",
)
"""What the field of a caption is called; the first that is there is taken."""
LABELS = (
    "label",
    "labels",
    "class",
    "class_name",
    "category",
    "target",
    "fine_label",
    "fine_labels",
)
"""What the field of a class is called; the first that is there is taken."""
_NUMBERED = re.compile(rf"({'|'.join(CAPTIONS)})[_-]?\d+")
_PYTHON_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+\"""", re.S)
_PYTHON_LIST = re.compile(
    rf"\[\s*+(?>(?:{_PYTHON_TEXT.pattern}|None|nan)\s*+,?+\s*+)*+\]", re.S
)  # possessive throughout: no text takes it longer than its length
_PYTHON_TUPLE = re.compile(
    rf"\(\s*+(?>(?:{_PYTHON_TEXT.pattern})\s*+,\s*+)++(?:{_PYTHON_TEXT.pattern})?+\s*+\)", re.S
)
_LONGEST_LIST = 100_000
_DEEPEST_LIST = 8
_FLOAT = re.compile(r"-?(\d+\.\d*|\.\d+)(e[-+]?\d+)?|-?\d+e[-+]\d+", re.I)
_NO_LABEL = frozenset({"", "nan", "null", "<na>"})
_LIKE_CAPTIONS = ("caption", "text", "prompt", "sentence", "description")
LOOKED_AT = 100
"""Rows that are looked at for fields without words."""
_ZERO, _ONE = ("0", "0.0"), ("1", "1.0")
_BINARY = ({"0", "1"}, {"0.0", "1.0"}, {"-1", "1"}, {"false", "true"}, {"no", "yes"})
_MOST_SHOWN = 300
_LIKE_SPLITS = re.compile(r".*split.*|subset|partition|phase|set|usage", re.I)
_UNREAD_SPLITS = re.compile(
    rf"{_LIKE_SPLITS.pattern}|(is[_-]?)?train.*|is[_-]?(val|test).*|fold", re.I
)
IDENTITIES = ("image_id", "img_id", "imgid", "cocoid", "filename", "file_name")
"""What the field is called that tells images apart; the first that is there is taken."""


class Fields(NamedTuple):
    """Names of the fields that matter."""

    image: str
    captions: tuple[str, ...]
    split: str | None
    identity: str | None  # tells images apart where they are no files with names
    status: str | None  # of the download, as img2dataset writes it
    label: str | None = None  # the class, where there are no captions
    others: tuple[str, ...] = ()  # what else a row says
    classes: tuple[str, ...] = ()  # a column each, of which one is 1, where there is no label

    def told(self) -> list[str]:
        """What each field holds, in words."""
        captions = " and ".join(f"`{name}`" for name in self.captions)
        label = f"classes from `{self.label}`" if self.label else ""
        if self.classes:
            label = (
                f"classes from the columns {_named(self.classes)}, of which one is 1 in each row"
            )
        split = f"splits from `{self.split}`" if self.split else ""
        identity = f"one image where `{self.identity}` is the same" if self.identity else ""
        said = [f"images from `{self.image}`", captions and f"captions from {captions}"]
        return [each for each in (*said, label, split, *self._no_splits(), identity) if each]

    def _no_splits(self) -> list[str]:
        """Columns that seem to say splits, in words that this program does not take for any."""
        like = [] if self.split else filter(_UNREAD_SPLITS.fullmatch, self.others)
        return [*map(says_no_splits, like)]

    @property
    def small(self) -> list[str]:
        """All of them but the image."""
        names = [*self.captions, self.split, self.identity, self.status, self.label]
        names += [*self.others, *self.classes]
        return list(dict.fromkeys(name for name in names if name))

    def label_of(self, row: Mapping[str, Any], left_out: LeftOut) -> str:
        """The class that a row names; "" where it names none, or several."""
        if not self.classes:
            return label_in(row, self.label, left_out)
        named = [name for name in self.classes if str(row.get(name)).strip() in _ONE]
        if len(named) == 1:
            return named[0].strip()
        left_out.add("rows of several classes or of none", _named(named) or "none")
        return ""

    def rest(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """What else a row says, by the name of its column."""
        return {name: row[name] for name in self.others if name in row}


def says_no_splits(column: str) -> str:
    """That a column which seems to say splits is not read so."""
    return f"no splits from `{column}`, whose values are not train, val and test"


def choose_fields(
    names: Sequence[str],
    images: Sequence[str] = IMAGES,
    wordless: Collection[str] = (),
    binary: Collection[str] = (),
) -> Fields | None:
    """Chooses by name, upper or lower case; None without images, or without captions and label.

    Args:
        names: All fields of the rows.
        images: What an image's field may be called, the most telling name first.
        wordless: Fields of numbers and the like; only a well-known name makes captions of one.
        binary: Fields of two values such as 0 and 1; where nothing else is there one is the class.

    Examples:
        >>> choose_fields(["image", "caption_0", "caption_1", "split"])[:3]
        ('image', ('caption_0', 'caption_1'), 'split')
        >>> choose_fields(["file_name", "blip_caption", "size"]).captions
        ('blip_caption',)
        >>> choose_fields(["image", "label"]).label
        'label'
        >>> choose_fields(["file_name", "score"], wordless=["score"])
    """
    by_name = {name.strip().lower(): name for name in reversed(names)}

    def first(wanted: Sequence[str]) -> str | None:
        return next((by_name[name] for name in wanted if name in by_name), None)

    image, split, status = first(images), first(["split"]), first(["status"])
    if image is None:
        return None
    identity = first([name for name in IDENTITIES if by_name.get(name) != image])
    label = first([name for name in LABELS if by_name.get(name) != image])
    rest = [name for name in names if name not in ("", image, split, status, identity, label)]
    captions = _captions_among(rest, {*wordless, *binary}, takes_any=label is None)
    if not captions and label is None and len(rest) == 1 and rest[0] in binary:
        label = rest[0]
    if not captions and label is None:
        return None
    label = None if captions else label
    used = {image, *captions, split, status, label}
    others = tuple(name for name in names if name and name not in used)
    return Fields(image, captions, split, identity, status, label, others)


def fields_among(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, has_split: bool, has_masks: bool
) -> Fields | None:
    """As `choose_fields`, of a table by its first rows, too.

    Where no column is called as one of images, the only one that names files of images is, or else
    `image_id`. Unless something else says the split, a column may, whatever it is called; where
    nothing is a caption or a class, columns of 0 and 1 are classes if one of them is 1 in each row;
    beside captions of images with masks a class counts as well.
    """
    naming = [
        name.strip().lower()
        for name in columns
        if rows and all(_names_image(row, name) for row in rows)
    ]
    images = [*IMAGES, *(naming if len(naming) == 1 else ()), "image_id"]
    fields = choose_fields(columns, images, wordless_among(rows), binary_among(rows))
    fields = fields or _with_classes(columns, images, rows)
    if fields is None:
        return None
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
    classes = [name for name, held in cells.items() if set(held) <= {*_ZERO, *_ONE}]
    ones = [sum(cells[name][at] in _ONE for name in classes) for at in range(len(rows))]
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
        if is_split and (len(splits) > 1 or _LIKE_SPLITS.fullmatch(name.strip())):
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


def binary_among(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Fields that hold either of two values that say yes and no, and nothing else."""
    held: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            held.setdefault(name, set()).add(str(value).strip().lower())
    return {name for name, values in held.items() if values - {"none", *_NO_LABEL} in _BINARY}


def _captions_among(
    names: Sequence[str], wordless: Collection[str], takes_any: bool
) -> tuple[str, ...]:
    """By a known name; else all that are numbered; else one nearly known; or, if any, the only."""
    lower = {name.strip().lower(): name for name in reversed(names)}
    if known := [lower[name] for name in CAPTIONS if name in lower]:
        return (known[0],)
    if numbered := [name for each, name in lower.items() if _NUMBERED.fullmatch(each)]:
        return tuple(reversed(numbered))
    rest = [name for name in names if name not in wordless]
    like = [name for name in rest if any(word in name.lower() for word in _LIKE_CAPTIONS)]
    return tuple(like[:1] or (rest if takes_any and len(names) == 1 else ()))


def captions_in(row: Mapping[str, Any], fields: Sequence[str]) -> list[str] | None:
    """All captions of a row; None where a field holds something else."""
    captions: list[str] = []
    for name in fields:
        found = as_captions(row.get(name))
        if found is None:
            return None
        captions += found
    return captions


def as_captions(value: object, depth: int = 0) -> list[str] | None:
    """A caption or a list of them as a list; None where it is neither, or lists in lists too deep.

    Nothing at all, or NaN, counts as an empty caption. Captions may be objects with the text under
    `raw`, as in Karpathy's files, and a text may itself be a list, as pandas writes it into tables.
    """
    if value is None:
        return [""]
    if depth > _DEEPEST_LIST:
        return None
    if isinstance(value, str):
        text = value.strip()
        is_list = text.startswith(("[", '"[')) or _PYTHON_TUPLE.fullmatch(text)
        return _listed(value, depth) if is_list else [value]
    if isinstance(value, float) and math.isnan(value):
        return [""]
    if isinstance(value, Mapping):
        return as_captions(value["raw"], depth + 1) if "raw" in value else None
    if isinstance(value, list):
        found = [as_captions(each, depth + 1) for each in value]
        return None if None in found else [text for each in found if each for text in each]
    return None


def _listed(text: str, depth: int) -> list[str]:
    """The texts of a list as JSON, Python or numpy write it; the text itself where it is none.

    JSON may have been written into JSON again, as a text.
    """
    value = _written(text)
    found = as_captions(value, depth + 1) if isinstance(value, list | str) else None
    return [text] if found is None else found


def _written(text: str) -> Any:
    """What a text is as JSON, or else as a list of Python or numpy; None where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _python_list(text.strip())


def _python_list(text: str) -> Any:
    """What Python wrote; texts in brackets may also stand without commas, as numpy has them."""
    try:
        if _PYTHON_LIST.fullmatch(text):
            return [ast.literal_eval(each) for each in _PYTHON_TEXT.findall(text)]
        value = ast.literal_eval(text) if len(text) < _LONGEST_LIST else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return list(value) if isinstance(value, list | tuple) else None


def label_in(row: Mapping[str, Any], field: str | None, left_out: LeftOut) -> str:
    """The class that a row names, as a text; "" where it names none, or what is no name.

    A list of a single class, which a text may be, too, is that class.
    """
    value = row.get(field) if field else None
    listed = _written(value) if isinstance(value, str) and value.strip()[:1] == "[" else value
    if isinstance(listed, list):
        value = listed[0] if len(listed) == 1 else listed
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        left_out.add("labels that are lists or other things than one class", value)
        return ""
    text = str(value).strip()
    if _FLOAT.fullmatch(text):  # as pandas writes whole numbers beside nothing
        if not float(text).is_integer():
            left_out.add("labels that are fractions and no classes", value)
            return ""
        return str(int(float(text)))
    return "" if text.lower() in _NO_LABEL else text


def name_in(row: Mapping[str, Any], field: str | None) -> str:
    """The name of an image that a row gives, which may be a number; "" where it gives none."""
    value = row.get(field) if field else None
    is_name = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if is_name else ""


def split_in(row: Mapping[str, Any], field: str | None, otherwise: str | None = None) -> str | None:
    """The split that a row says, `otherwise` where it says none; None where it is unknown."""
    value = row.get(field) if field else None
    is_said = value is not None and value == value and str(value).strip()
    return split_named(str(value)) if is_said else otherwise


def failed(status: object) -> bool:
    """Whether img2dataset says that an image could not be fetched."""
    return isinstance(status, str) and status.startswith("failed")


class NoFields(BadDataError):
    """A table that tells nothing of images."""

    def __init__(self, where: object, message: str) -> None:
        super().__init__(message)
        self.where = where


def _named(columns: Sequence[str]) -> str:
    return shortened(", ".join(f"`{name}`" for name in columns), _MOST_SHOWN)


def no_fields(where: object, names: Sequence[str]) -> NoFields:
    found = shortened(", ".join(names), _MOST_SHOWN) or "none"
    return NoFields(
        where,
        f"{where} needs a column with images, such as `image` or `file_name`, and one with "
        f"captions, such as `caption`, or labels, such as `label`; its columns are {found}.",
    )
