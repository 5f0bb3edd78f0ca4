"""Names clusters by the words that set their captions apart."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from explorer.errors import BadDataError

_WORD = re.compile(r"[^\W\d_]{2,}")  # letters of any script

_STOP_WORDS = """
    a about above across after again against all along also am among an and another any are
    around as at away back be because been before behind being below beside between both but by
    can come comes could did do does doing done down each either few for from front get gets
    getting go goes going had has have having he her here hers him his how if in inside into is
    it its itself just like look looking looks made make makes many me more most much my near
    next no nor not of off on one ones only onto or other others our out outside over own part
    several she should side so some something such take taken takes than that the their them
    then there these they this those through to together too top toward towards under until
    up upon us very was we were what when where which while who whom whose why will with within
    without would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say nothing about an image, among them those that captions place things with."""
_VERBS = ["sets", "rises", "sits", "sitting", "stands", "standing", "lies", "lying"]
_NO_NAMES = frozenset([*_VERBS, "left", "right"])
"""Words that say what something does, or where it is, and not what: names leave them out."""
_STEM = 5
"""Letters that words of one stem begin with, roughly; a plural of fewer counts, too."""


def each_stem_once(words: Sequence[str]) -> list[str]:
    """The words without those that begin like one before them.

    Examples:
        >>> each_stem_once(["mountains", "mountain", "valley", "boat", "boats"])
        ['mountains', 'valley', 'boat']
    """
    stems = [word.removesuffix("s")[:_STEM] for word in words]
    return [word for k, word in enumerate(words) if stems[k] not in stems[:k]]


def naming(words: Sequence[str]) -> list[str]:
    """The words that say what something is, or all where none does.

    Examples:
        >>> naming(["sets", "sun", "evening"])
        ['sun', 'evening']
    """
    return [word for word in words if word not in _NO_NAMES] or list(words)


def distinctive_words(
    captions: Sequence[str], cluster_of_row: np.ndarray, n_clusters: int, n_words: int = 3
) -> list[list[str]]:
    """Finds the words that are common in a cluster's captions and rare in all others.

    Class-based TF-IDF (Grootendorst, arXiv 2203.05794): the share of a cluster's words that are
    this word, times log(1 + words per cluster / occurrences of this word).

    Args:
        captions: (M,) texts; case, digits and stop words do not count.
        cluster_of_row: (M,) int below n_clusters, cluster of each caption; -1 counts nowhere.
        n_clusters: K.
        n_words: At most so many words per cluster.

    Returns:
        K lists of words, most distinctive first, equals by alphabet. A cluster without captions,
        or of stop words only, has none.

    Examples:
        >>> distinctive_words(["a red boat", "the red boats", "a red car"], np.array([0, 0, 1]), 2)
        [['boat', 'boats', 'red'], ['car', 'red']]
    """
    if len(captions) != len(cluster_of_row):
        raise BadDataError(
            f"{len(captions)} captions need a cluster each, got {len(cluster_of_row)} clusters."
        )
    if cluster_of_row.max(initial=-1) >= n_clusters:
        raise BadDataError(f"A cluster label is not below the number of clusters, {n_clusters}.")
    counts: list[Counter[str]] = [Counter() for _ in range(n_clusters)]
    for caption, cluster in zip(captions, cluster_of_row.tolist(), strict=True):
        if cluster >= 0:
            counts[cluster].update(_WORD.findall(caption.lower()))
    for count in counts:
        for word in STOP_WORDS & count.keys():
            del count[word]

    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    words_per_cluster = total.total() / max(1, n_clusters)
    rarity = {word: math.log(1 + words_per_cluster / n) for word, n in total.items()}
    return [
        sorted(count, key=lambda word: (-count[word] * rarity[word], word))[:n_words]
        for count in counts
    ]
