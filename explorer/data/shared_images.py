"""The same images in several splits, found by their bytes."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from explorer.errors import BadDataError
from explorer.types import Split

AT_ONCE = 20_000
"""Images of equal length up to which they are compared whenever a dataset is opened."""
_CELL = 10
_EXAMPLES = 3


class Shared(NamedTuple):
    """Images of one split that are in another, too."""

    split: str  # whose images they are
    other: str
    n_images: int
    examples: list[str]  # names in `split`

    def told(self) -> str:
        """A sentence."""
        names = ", ".join(self.examples)
        more = ", ..." if self.n_images > len(self.examples) else ""
        said = f"Images of {self.split} that are in {self.other}, too: {self.n_images:,}"
        return f"{said} ({names}{more})."


def shared_images(splits: Mapping[str, Split], most: int | None = None) -> list[Shared] | None:
    """For each two splits, how many images of the later one are in the earlier one.

    Only images of equal length in bytes are read; None where there are more than `most` of them.
    """
    if len(splits) < 2:
        return []
    lengths = {name: _lengths(split) for name, split in splits.items()}
    every = [set(own.values()) for own in lengths.values()]
    repeated = {n for one, other in combinations(every, 2) for n in one & other}
    wanted = {s: [i for i, n in own.items() if n in repeated] for s, own in lengths.items()}
    cost = sum(_cost(splits[name]) * len(images) for name, images in wanted.items())
    if most is not None and cost > most:
        return None
    digests = {name: dict(_digests(splits[name], images)) for name, images in wanted.items()}
    found = []
    for other, split in combinations(digests, 2):
        there = set(digests[other].values())
        both = [i for i, digest in digests[split].items() if digest in there]
        if both:
            names = [splits[split].image_names[i] for i in both[:_EXAMPLES]]
            found.append(Shared(split, other, len(both), names))
    return found


def _cost(split: Split) -> int:
    """What reading an image costs: to read a cell of a table is to read many."""
    return 1 if split.stored is None or split.stored.is_file else _CELL


def _lengths(split: Split) -> dict[int, int]:
    """The bytes of each image that is there; nothing where they cannot be asked for."""
    if split.stored is None:
        return {}
    lengths = ((i, split.stored.length(i)) for i in range(split.n_images))
    return {i: n for i, n in lengths if n is not None}


def _digests(split: Split, images: list[int]) -> Iterator[tuple[int, int]]:
    for i in images:
        assert split.stored is not None, "their lengths are known"
        try:
            yield i, split.stored.digest(i)
        except BadDataError:  # it is told where images are opened
            continue
