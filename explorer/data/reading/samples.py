"""An image with files of the same name that hold its captions: .txt, .caption, .json."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from explorer.data.left_out import LeftOut
from explorer.data.pointers import is_pointer
from explorer.data.reading.cells import as_captions, failed, label_in
from explorer.data.reading.field_names import CAPTIONS, LABELS
from explorer.data.reading.json_lists import GivenTwice, parse
from explorer.data.reading.text import decoded

OTHERS = "captions of a .json that a .txt beside it does not have"
"""Why a caption is left out."""
LINES = (".txt", ".caption")
TEXTS = (*LINES, ".json")
"""What the names of files with captions end with."""


class NoCaptions(Exception):
    """Says, in the plural, what a sample without captions is."""


def sample_captions(texts: Mapping[str, bytes]) -> list[str]:
    """The captions of one sample.

    A `.txt` or `.caption` has a caption per line, and lines end at line feeds. A list in the
    `.json` says more than they do. A single caption there that they repeat, as img2dataset writes
    it, is one caption, however many lines it has.

    Args:
        texts: What the files hold, by the suffixes in `TEXTS`.

    Raises:
        NoCaptions: There are none, or the image could not be fetched.
    """
    if any(map(is_pointer, texts.values())):
        raise NoCaptions("images whose captions are pointers of Git LFS")
    try:
        about = _about(texts)
        written = [decoded(texts[each]) for each in LINES if each in texts]
    except GivenTwice as error:
        raise NoCaptions("images whose .json gives a key two values") from error
    except ValueError as error:  # of either kind
        raise NoCaptions("images whose captions are not UTF-8 text or JSON") from error
    if failed(_first(about, ["status"])):
        raise NoCaptions("images that could not be fetched")
    said = _first(about, CAPTIONS)
    listed = as_captions(said) if said is not None else None
    if listed and (not written or isinstance(said, list)):
        return listed
    if not written:
        raise NoCaptions("images without a caption")
    if listed and all(_in_a_line(text) == _in_a_line(listed[0]) for text in written):
        return listed
    lines = [line.strip() for text in written for line in text.split("\n") if line.strip()]
    return (list(dict.fromkeys(lines)) if len(written) > 1 else lines) or [""]


def unread_captions(texts: Mapping[str, bytes], captions: Sequence[str]) -> list[str]:
    """The captions of a `.json` that are none of those that were taken, from a `.txt` beside it."""
    said = _first(_about(texts), CAPTIONS) if len(texts) > 1 else None
    taken = {_in_a_line(text) for text in (*captions, "\n".join(captions))}
    listed = (as_captions(said) or []) if said is not None else []
    return [text for text in listed if text.strip() and _in_a_line(text) not in taken]


def sample_label(texts: Mapping[str, bytes], left_out: LeftOut) -> str:
    """The class that the `.json` of a sample says; "" where it says none."""
    return label_in({LABELS[0]: _first(_legible(texts), LABELS)}, LABELS[0], left_out)


def sample_columns(texts: Mapping[str, bytes]) -> dict[str, Any]:
    """What the `.json` of a sample says besides captions, by name."""
    used = (*CAPTIONS, "status")
    return {name: value for name, value in _legible(texts).items() if name not in used}


def _legible(texts: Mapping[str, bytes]) -> Mapping[str, Any]:
    """What the `.json` says; nothing where it is none, which whoever reads the captions tells."""
    try:
        return _about(texts)
    except ValueError:  # of either kind
        return {}


def _about(texts: Mapping[str, bytes]) -> Mapping[str, Any]:
    """What the `.json` says, by name; what is no object is captions. ValueError of what is none."""
    return _parsed(texts[".json"]) if ".json" in texts else {}


@lru_cache(maxsize=1)
def _parsed(content: bytes) -> Mapping[str, Any]:
    """Parsed once, for a sample is asked for its captions and for its columns in turn."""
    about = parse(decoded(content))
    return about if isinstance(about, dict) else {"captions": about}


def _first(about: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The value of the first of these names, in any case; None where there is none."""
    by_name = {name.lower(): value for name, value in about.items()}
    return next((by_name[name] for name in names if name in by_name), None)


def _in_a_line(text: str) -> str:
    return " ".join(text.split())
