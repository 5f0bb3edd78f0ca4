"""What is odd about the texts of captions, found without any network."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

_CUT = ("...", "…", ",", "-", "–", "(", "&", "/", ":")
"""Ends of texts that go on elsewhere."""
_LETTERS = 40
"""Letters of a text that are looked at."""
_DIGITS_OF_IDENTIFIERS = 3
_TRUTH = frozenset({"true", "false"})
_NUMBER = re.compile(r"[-+.]*\d[-\d.,:;/%+]*(e[-+]?\d+)?", re.I)  # dates and times, too
_ADDRESS = re.compile(r"https?:?|(https?:)?//\S+", re.I)
_MAIN = 0.9
"""Share of the texts from which on one script is that of all, and others are odd."""
_TOGETHER = dict.fromkeys(("HIRAGANA", "KATAKANA", "FULLWIDTH", "HALFWIDTH"), "CJK")


def script_of(text: str) -> str:
    """The script of most of a text's first letters, as Unicode names it; "" without letters.

    Examples:
        >>> script_of("ein Boot"), script_of("лодка"), script_of("12")
        ('LATIN', 'CYRILLIC', '')
    """
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    letters = [each for each in text if each.isalpha()][:_LETTERS]
    names = (unicodedata.name(each, "?").partition(" ")[0].partition("-")[0] for each in letters)
    counts = Counter(_TOGETHER.get(name, name) for name in names)
    return counts.most_common(1)[0][0] if counts else ""


def is_value(text: str) -> bool:
    """Whether a text is numbers, a date, a time, true or false, or an identifier: no words.

    An address of the web is none either, with its colon or without.

    Examples:
        >>> [is_value(each) for each in ("0.93", "2024-01-05 10:33", "img_00017", "https://a.b/c")]
        [True, True, True, True]
        >>> [is_value(each) for each in ("2 dogs", "sunset", "route66")]
        [False, False, False]
    """
    parts = text.split()
    if len(parts) == 1 and sum(map(str.isdigit, text)) >= _DIGITS_OF_IDENTIFIERS:
        return True
    return bool(parts) and all(map(_is_value, parts))


def _is_value(part: str) -> bool:
    found = _NUMBER.fullmatch(part) or _ADDRESS.fullmatch(part)
    return part.lower() in _TRUTH or found is not None


def odd_captions(texts: Sequence[str]) -> dict[str, np.ndarray]:
    """Rows of captions by what is odd about them, (n,) int each.

    Args:
        texts: M captions.

    Returns:
        empty: Without a letter or digit.
        cut: Ending as texts do that go on.
        repeated: With the words of another; those of most come first.
        script: In another script than nine in ten of all; none where there is no such script.
    """
    words = [" ".join(text.casefold().split()) for text in texts]
    empty = [m for m, text in enumerate(words) if not any(map(str.isalnum, text))]
    cut = [m for m, text in enumerate(words) if text.endswith(_CUT)]
    scripts = [script_of(text) for text in texts]
    counts = Counter(filter(None, scripts))
    main, n_main = counts.most_common(1)[0] if counts else ("", 0)
    is_main = n_main >= _MAIN * counts.total()
    odd = [m for m, each in enumerate(scripts) if each not in ("", main)] if is_main else []
    found = {"empty": empty, "cut": cut, "repeated": _repeated(words), "script": odd}
    return {name: np.array(rows, dtype=np.int64) for name, rows in found.items()}


def _repeated(words: Sequence[str]) -> list[int]:
    n = Counter(words)
    rows = [m for m, text in enumerate(words) if text and n[text] > 1]
    return sorted(rows, key=lambda m: (-n[words[m]], words[m], m))
