"""Conversations about images, as LLaVA's: the first answer is the caption.

A list, or a line each, of objects: `image` names a file, and `conversations` holds turns, whose
`value` is what "human" asks and "gpt" answers by `from`. In the folder or in one below, under any
name; a split in it is followed.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.data.left_out import LeftOut, place_of
from explorer.data.reading.json_lists import peeked, read_list
from explorer.data.reading.places import locate_all
from explorer.data.reading.text import head
from explorer.data.records import Reading, Record
from explorer.data.splits import by_split

NAME = "LLaVA conversations"
LAYOUT = "a .json or .jsonl with objects of `image` and `conversations`"
_CONTENT = re.compile(r'\s*(?:\[\s*)?\{[^{}]*"conversations"\s*:\s*\[\s*\{\s*"(?:from|value)"')
_ANSWERS = ("gpt", "assistant")
_USED = ("id", "image", "conversations")


def signs(folder: Path) -> list[Path]:
    return peeked(folder, _CONTENT, deepest=1)


def is_conversations(path: Path) -> bool:
    """Whether a file begins with a conversation."""
    return bool(_CONTENT.match(head(path)))


def read(folder: Path) -> Reading | None:
    paths = signs(folder)
    return locate_all(folder, by_split(folder, paths), _records) if paths else None


def _records(path: Path, split: str, left_out: LeftOut) -> Iterator[Record]:
    for number, row in enumerate(read_list(path, left_out)):
        row = row if isinstance(row, dict) else {}
        image, answers = row.get("image"), _answers(row.get("conversations"))
        which = f"conversation {number} of {place_of(path)}"
        if not isinstance(image, str) or not image:
            left_out.add("conversations about no image, or about several", which)
        elif not answers:
            left_out.add("conversations without an answer", which)
        else:
            if further := len(answers) - 1:
                left_out.add("answers behind the first of a conversation", which, further)
            rest = {name: value for name, value in row.items() if name not in _USED}
            yield Record(split, image, answers[:1], image, columns=rest)


def _answers(turns: Any) -> list[str]:
    turns = turns if isinstance(turns, list) else []
    said = [
        each.get("value")
        for each in turns
        if isinstance(each, dict) and each.get("from") in _ANSWERS
    ]
    return [each for each in said if isinstance(each, str)]
