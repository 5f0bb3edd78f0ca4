"""A picture with files of the same name that hold its captions: .txt, .json or both."""

import json

from explorer.pipeline.datasets.fields import CAPTIONS, as_captions, failed

TEXTS = (".txt", ".json")
"""What the names of files with captions end with."""


class NoCaptions(Exception):
    """Says, in the plural, what a sample without captions is."""


def sample_captions(texts: dict[str, bytes]) -> list[str]:
    """The captions of one sample.

    A `.txt` has a caption per line. A list in the `.json` says more than that; a single caption
    there is the same one, as img2dataset writes it.

    Args:
        texts: What the files hold, by the suffixes in `TEXTS`.

    Raises:
        NoCaptions: There are none, or the picture could not be fetched.
    """
    try:
        about = json.loads(texts[".json"]) if ".json" in texts else {}
        text = texts[".txt"].decode("utf-8-sig") if ".txt" in texts else None
    except ValueError as error:  # of either kind
        raise NoCaptions("pictures whose captions are not UTF-8 text or JSON") from error
    about = about if isinstance(about, dict) else {"captions": about}
    if failed(about.get("status")):
        raise NoCaptions("pictures that could not be fetched")
    field = next((name for name in CAPTIONS if name in about), None)
    listed = as_captions(about[field]) if field else None
    if text is None or (field and isinstance(about[field], list)):
        if listed is None:
            raise NoCaptions("pictures without a caption")
        return listed
    return text.splitlines() or [""]
