"""Embeddings that lie in the store already: a split that grew embeds only what is new in it."""

from collections.abc import Callable, Collection, Iterable
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from explorer.engine.image_pass import Known
from explorer.errors import BadDataError
from explorer.steps.embeddings import Embedded, as_embedded
from explorer.store.step import Entry
from explorer.types import Pairs

_TRIED = 64
"""Images by which it is told whether a split has any in common with an earlier one."""


class Earlier(NamedTuple):
    """Embeddings of other splits by one encoder; images are known by the bytes of their files."""

    results: list[Embedded]
    digest: np.ndarray  # (n,) uint64, rising, of all their images
    place: np.ndarray  # (n, 2) int64, which result and which row of it
    tried: np.ndarray  # uint64, digests of a few images of the split

    def image(self, digest: int) -> Known | None:
        """What was made of the image with this digest."""
        at = int(np.searchsorted(self.digest, np.uint64(digest)))
        if at == len(self.digest) or self.digest[at] != digest:
            return None
        which, row = self.place[at].tolist()
        found = self.results[which]
        return Known(found.image[row], found.thumbnails[row])

    def n_images_known(self, n_images: int) -> int:
        """How many of the split's n images were embedded, as far as a few show."""
        share = float(np.isin(self.tried, self.digest).mean()) if len(self.tried) else 0.0
        return min(round(share * n_images), len(np.unique(self.digest)))

    def captions(self, wanted: Collection[str]) -> dict[str, np.ndarray]:
        """The (D,) embeddings of those of the captions that were embedded."""
        known = {}
        for each in self.results:
            for row, text in enumerate(each.captions):
                if text in wanted:
                    known[text] = each.caption[row]
        return known


def earlier(
    pairs: Pairs, find: Callable[[Callable[[np.ndarray], bool]], Iterable[Entry]]
) -> Earlier:
    """Embeddings that have images in common with the pairs, as far as a few show.

    `find` gives those whose digests, of all their images, are told to be wanted.
    """
    tried = cache(partial(some_digests, pairs))
    related = list(find(lambda digests: bool(np.isin(digests, tried()).any())))
    digests = [each.arrays["digest"] for each in related]
    joined = np.concatenate([np.empty(0, np.uint64), *digests])
    rows = [np.stack([np.full(len(d), n), np.arange(len(d))], 1) for n, d in enumerate(digests)]
    order = np.argsort(joined, kind="stable")
    place = np.concatenate([np.empty((0, 2), int), *rows])
    results = [as_embedded(each) for each in related]
    return Earlier(results, joined[order], place[order], tried() if related else joined)


def some_digests(pairs: Pairs) -> np.ndarray:
    """uint64, of a few images that are spread over the split; none where none is stored."""
    found = []
    for number in np.unique(np.linspace(0, pairs.n_images - 1, _TRIED).astype(int)).tolist():
        try:
            found += [pairs.stored.digest(number)] if pairs.stored else []
        except BadDataError:  # is told when the images are read
            continue
    return np.array(found, np.uint64)
