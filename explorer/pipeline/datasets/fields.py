"""Which fields of a row hold the picture, the captions, the split; and what counts as a caption."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from explorer.errors import BadDataError

PICTURES = (
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
"""What the field of a picture is called; the first that is there is taken."""
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
_NUMBERED = re.compile(rf"({'|'.join(CAPTIONS)})[_-]?\d+")
_LIKE_CAPTIONS = ("caption", "text", "prompt", "sentence", "description")
_IDENTITY = ("image_id", "img_id", "imgid", "cocoid", "filename", "file_name")


class Fields(NamedTuple):
    """Names of the fields that matter."""

    picture: str
    captions: tuple[str, ...]
    split: str | None
    identity: str | None  # tells pictures apart where they are no files with names
    status: str | None  # of the download, as img2dataset writes it

    @property
    def small(self) -> list[str]:
        """All of them but the picture."""
        names = [*self.captions, self.split, self.identity, self.status]
        return list(dict.fromkeys(name for name in names if name))


def choose_fields(names: Sequence[str], pictures: Sequence[str] = PICTURES) -> Fields | None:
    """Chooses by name, upper or lower case; None where there is no picture or no caption.

    Args:
        names: All fields of the rows.
        pictures: What a picture's field may be called, the most telling name first.

    Examples:
        >>> choose_fields(["image", "caption_0", "caption_1", "split"])[:3]
        ('image', ('caption_0', 'caption_1'), 'split')
        >>> choose_fields(["file_name", "blip_caption", "size"]).captions
        ('blip_caption',)
    """
    by_name = {name.strip().lower(): name for name in reversed(names)}

    def first(wanted: Sequence[str]) -> str | None:
        return next((by_name[name] for name in wanted if name in by_name), None)

    picture, split, status = first(pictures), first(["split"]), first(["status"])
    if picture is None:
        return None
    identity = first([name for name in _IDENTITY if by_name.get(name) != picture])
    rest = [name for name in names if name not in (picture, split, status, identity)]
    captions = _captions_among(rest)
    return Fields(picture, captions, split, identity, status) if captions else None


def _captions_among(names: Sequence[str]) -> tuple[str, ...]:
    """By a known name; else all that are numbered; else one that is nearly known; or the only."""
    lower = {name.strip().lower(): name for name in reversed(names)}
    if known := [lower[name] for name in CAPTIONS if name in lower]:
        return (known[0],)
    if numbered := [name for each, name in lower.items() if _NUMBERED.fullmatch(each)]:
        return tuple(reversed(numbered))
    like = [name for name in names if any(word in name.lower() for word in _LIKE_CAPTIONS)]
    return tuple(like[:1] or (names if len(names) == 1 else ()))


def captions_in(row: Mapping[str, Any], fields: Sequence[str]) -> list[str] | None:
    """All captions of a row; None where a field holds something else."""
    captions: list[str] = []
    for name in fields:
        found = as_captions(row.get(name))
        if found is None:
            return None
        captions += found
    return captions


def as_captions(value: object) -> list[str] | None:
    """A caption or a list of them as a list; None where it is neither.

    Nothing at all counts as an empty caption. Captions may be objects with the text under `raw`,
    as in Karpathy's files, and a text may itself be a JSON list, as in some tables.
    """
    if value is None:
        return [""]
    if isinstance(value, str):
        return _listed(value) if value.startswith("[") else [value]
    if isinstance(value, Mapping):
        return as_captions(value["raw"]) if "raw" in value else None
    if isinstance(value, list):
        found = [as_captions(each) for each in value]
        return None if None in found else [text for each in found if each for text in each]
    return None


def _listed(text: str) -> list[str]:
    try:
        value = json.loads(text)
    except ValueError:
        return [text]
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return value if is_list else [text]


def failed(status: object) -> bool:
    """Whether img2dataset says that a picture could not be fetched."""
    return isinstance(status, str) and status.startswith("failed")


def no_fields(where: object, names: Sequence[str]) -> BadDataError:
    return BadDataError(
        f"{where} needs a column with pictures, such as `image` or `file_name`, and one with "
        f"captions, such as `caption`; its columns are {', '.join(names) or 'none'}."
    )
