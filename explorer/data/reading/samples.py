"""An image with files of the same name that hold its captions: .txt, .caption, .json."""

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.data.left_out import LeftOut
from explorer.data.pointers import is_pointer
from explorer.data.reading.fields import CAPTIONS, LABELS, as_captions, failed, label_in
from explorer.data.reading.json_lists import parse
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
        about = parse(decoded(texts[".json"])) if ".json" in texts else {}
        written = [decoded(texts[each]) for each in LINES if each in texts]
    except ValueError as error:  # of either kind
        raise NoCaptions("images whose captions are not UTF-8 text or JSON") from error
    about = about if isinstance(about, dict) else {"captions": about}
    by_name = {name.lower(): value for name, value in about.items()}
    if failed(by_name.get("status")):
        raise NoCaptions("images that could not be fetched")
    said = next((by_name[name] for name in CAPTIONS if name in by_name), None)
    listed = as_captions(said) if said is not None else None
    if listed and (not written or isinstance(said, list)):
        return listed
    if not written:
        raise NoCaptions("images without a caption")
    if listed and all(_same(text, listed[0]) for text in written):
        return listed
    lines = [line.strip() for text in written for line in text.split("\n") if line.strip()]
    return (list(dict.fromkeys(lines)) if len(written) > 1 else lines) or [""]


def unread_captions(texts: Mapping[str, bytes], captions: Sequence[str]) -> list[str]:
    """The captions of a `.json` that are none of those that were taken, from a `.txt` beside it."""
    if ".json" not in texts or len(texts) == 1:
        return []
    about = parse(decoded(texts[".json"]))  # which was parsed before
    by_name = {key.lower(): value for key, value in about.items()} if type(about) is dict else {}
    said = next((by_name[name] for name in CAPTIONS if name in by_name), None)
    taken = {" ".join(text.split()) for text in (*captions, "\n".join(captions))}
    listed = (as_captions(said) or []) if said is not None else []
    return [text for text in listed if text.strip() and " ".join(text.split()) not in taken]


def sample_label(texts: Mapping[str, bytes], left_out: LeftOut) -> str:
    """The class that the `.json` of a sample says; "" where it says none."""
    try:
        about = parse(decoded(texts[".json"])) if ".json" in texts else {}
    except ValueError:  # of either kind; whoever reads the captions is told
        return ""
    by_name = {key.lower(): value for key, value in about.items()} if type(about) is dict else {}
    return label_in(by_name, next((each for each in LABELS if each in by_name), None), left_out)


def sample_columns(texts: Mapping[str, bytes]) -> dict[str, Any]:
    """What the `.json` of a sample says besides captions, by name."""
    try:
        about = parse(decoded(texts[".json"])) if ".json" in texts else {}
    except ValueError:  # of either kind; whoever reads the captions is told
        return {}
    used = (*CAPTIONS, "status")
    return {n: v for n, v in about.items() if n not in used} if isinstance(about, dict) else {}


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()
