"""Captions as the program reads them: cleaned and cut, and what is told of them."""

import html
import re

from explorer.core.columns import NOTHING
from explorer.data.left_out import LeftOut, encodable, shortened
from explorer.data.records import Reading
from explorer.errors import CONTROLS

MAX_WORDS = 30
_TO_BLANKS = str.maketrans(dict.fromkeys((*'.!"()*#:;~', *CONTROLS), " "))
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.I)


def clean_caption(caption: str) -> str:
    r"""Lower case, some punctuation to blanks, at most 30 words, as BLIP and the reference do.

    What a terminal would obey is blank, too.

    Examples:
        >>> clean_caption('A dog ("Rex") runs.')
        'a dog rex runs'
        >>> clean_caption("a dog\x1b[2J")
        'a dog [2j'
    """
    return " ".join(_words(caption)[:MAX_WORDS])


def _words(caption: str) -> list[str]:
    return encodable(caption).lower().translate(_TO_BLANKS).split()


class Cleaning:
    """Cleans captions one after the other, and counts what is to be told of them."""

    def __init__(self) -> None:
        self._n_empty = self._n_cut = self._n_with_entities = 0
        self._first_entity = ""

    def cleaned(self, caption: str, left_out: LeftOut) -> str:
        """As `clean_caption`; "" where nothing is left, or the caption says nothing."""
        words = _words(caption)
        if len(words) == 1 and words[0] in NOTHING:
            left_out.add("captions such as `nan` that say nothing", caption)
            return ""
        self._n_empty += not words
        self._n_cut += len(words) > MAX_WORDS
        if entities := _entities(caption):
            self._n_with_entities += 1
            self._first_entity = self._first_entity or entities[0]
        return " ".join(words[:MAX_WORDS])

    def tell(self, reading: Reading) -> None:
        reading.left_out["captions that are empty after cleaning"] += self._n_empty
        if self._n_cut:
            reading.notes.append(f"Captions cut to {MAX_WORDS} words: {self._n_cut:,}.")
        if self._n_with_entities:
            reading.notes.append(
                "Captions with entities of HTML, which are not decoded: "
                f"{self._n_with_entities:,} (the first is {shortened(self._first_entity)}); "
                "`html.unescape` of Python makes characters of them."
            )


def _entities(caption: str) -> list[str]:
    """What stands for a character in HTML, such as `&quot;`; not any word between `&` and `;`."""
    found = _ENTITY.findall(caption) if "&" in caption else []
    return [each for each in found if html.unescape(each) != each]
