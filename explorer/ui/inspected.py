"""What is in data that somebody named, told before anything is made of it."""

import re
import shlex
from contextlib import suppress
from pathlib import Path

import numpy as np

from explorer.data.built_in import BUILT_IN
from explorer.data.inspect import first_rows
from explorer.errors import TOLD, sentence
from explorer.types import Dataset, Pairs
from explorer.ui import wire
from explorer.ui.access import HUB
from explorer.ui.opening import GLANCE, StillOpening
from explorer.ui.service import Service

_NAMED = 6  # classes
_SENTENCES = re.compile(r"(?<=\.) (?=[A-Z])")


def inspected(service: Service, data: str, again: bool) -> wire.Inspected:
    """What was found in data, or why it cannot be opened; waits a moment for it, not for ever.

    Half of the name may be typed. `again` looks at files anew that were opened before.
    """
    nothing = _nothing()
    if not data or data in BUILT_IN or data.startswith(HUB):  # which a look must not fetch
        return nothing
    with suppress(StillOpening):
        try:
            told = _told(service.look(data, GLANCE, again=again))
            return {**told, "convert": _command(data) if service.access.everything else ""}
        except StillOpening:
            raise
        except TOLD as error:
            return {**nothing, "problem": sentence(error)}
    return {**nothing, "is_done": False}


def _nothing() -> wire.Inspected:
    return {"is_done": True, "line": "", "problem": "", "more": [], "first": [], "convert": ""}


def _command(data: str) -> str:
    """What writes a clean copy of the data beside where the program was started."""
    out = f"{Path(data).resolve().name}-clean"
    return shlex.join(["python", "-m", "explorer", "convert", data, "--out", out])


def _told(dataset: Dataset) -> wire.Inspected:
    sizes, *more = _SENTENCES.split(dataset.found)
    train = dataset.splits["train"]
    return {
        **_nothing(),
        "line": f"{sizes} {_targets(dataset)}",
        "more": more,
        "first": [
            {"image": row["image"], "says": row.get("captions") or [row.get("label", "")]}
            for row in first_rows(train)
        ],
    }


def _targets(dataset: Dataset) -> str:
    """Captions per image, or the first classes."""
    train = dataset.splits["train"]
    if isinstance(train, Pairs):
        counts = np.bincount(train.image_of_caption)
        least, most = int(counts.min()), int(counts.max())
        span = f"{most:,}" if least == most else f"{least:,} to {most:,}"
        return f"Captions per image: {span}."
    classes = [str(each) for each in getattr(train, "classes", ())]
    left = len(classes) - _NAMED
    return f"Classes: {', '.join(classes[:_NAMED])}{f' and {left:,} more' if left > 0 else ''}."
