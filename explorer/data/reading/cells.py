"""What a cell holds: captions, a class, the name of an image, a split."""

import ast
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.data.left_out import LeftOut
from explorer.data.splits import split_named

_PYTHON_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+\"""", re.S)
_PYTHON_LIST = re.compile(
    rf"\[\s*+(?>(?:{_PYTHON_TEXT.pattern}|None|nan)\s*+,?+\s*+)*+\]", re.S
)  # possessive throughout: no text takes it longer than its length
_PYTHON_TUPLE = re.compile(
    rf"\(\s*+(?>(?:{_PYTHON_TEXT.pattern})\s*+,\s*+)++(?:{_PYTHON_TEXT.pattern})?+\s*+\)", re.S
)
_TEXTS = ("raw", "caption")
"""Keys under which an object has its text."""
_LONGEST_LIST = 100_000
_DEEPEST_LIST = 8
_FLOAT = re.compile(r"-?(\d+\.\d*|\.\d+)(e[-+]?\d+)?|-?\d+e[-+]\d+", re.I)
NO_LABEL = frozenset({"", "nan", "null", "<na>"})
"""In lower case, what a cell holds that names no class."""
ZERO, ONE = ("0", "0.0"), ("1", "1.0")
"""How tables write them."""


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
    `raw`, as in Karpathy's files, or `caption`, and a text may itself be a list or such an object,
    as pandas writes them into tables.
    """
    if value is None:
        return [""]
    if depth > _DEEPEST_LIST:
        return None
    if isinstance(value, str):
        text = value.strip()
        is_written = text.startswith(("[", '"[', "{")) or _PYTHON_TUPLE.fullmatch(text)
        return _captions_written(value, depth) if is_written else [value]
    if isinstance(value, float) and math.isnan(value):
        return [""]
    if isinstance(value, Mapping):
        key = next((key for key in _TEXTS if key in value), None)
        return as_captions(value[key], depth + 1) if key else None
    if isinstance(value, list):
        found = [as_captions(each, depth + 1) for each in value]
        return None if None in found else [text for each in found if each for text in each]
    return None


def _captions_written(text: str, depth: int) -> list[str] | None:
    """The captions of a list or object as JSON, Python or numpy write it, else the text itself.

    JSON may have been written into JSON again, as a text. None of an object without a caption.
    """
    value = _written(text)
    if not isinstance(value, list | str | dict):
        return [text]
    found = as_captions(value, depth + 1)
    return [text] if found is None and not isinstance(value, dict) else found


def _written(text: str) -> Any:
    """What a text is as JSON, or else as Python or numpy write it; None where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _python_value(text.strip())


def _python_value(text: str) -> Any:
    """A list or an object that Python wrote; texts may stand without commas, as numpy has them."""
    try:
        if _PYTHON_LIST.fullmatch(text):
            return [ast.literal_eval(each) for each in _PYTHON_TEXT.findall(text)]
        value = ast.literal_eval(text) if len(text) < _LONGEST_LIST else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if isinstance(value, set):  # in an order of its own each time
        return sorted(value, key=str)
    return list(value) if isinstance(value, tuple) else value


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
    return "" if text.lower() in NO_LABEL else text


def name_in(row: Mapping[str, Any], field: str | None) -> str:
    """The name of an image that a row gives, which may be a number; "" where it gives none.

    A list of a single name is that name.
    """
    value = row.get(field) if field else None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
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
