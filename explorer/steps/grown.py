"""What the prototypes of a dataset that grew start from: those of its smaller version."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from explorer.config import CLUSTERING_STARTS, PrototypeConfig
from explorer.core.clusters.beginning import every_cluster_has_rows
from explorer.errors import MissingDataError
from explorer.steps.earlier import some_digests
from explorer.steps.embeddings import Embedded, FoundPrototypes, as_embedded
from explorer.steps.prototypes import EARLIER, Beginning, prototypes
from explorer.store.step import Step
from explorer.store.store import Store
from explorer.types import Pairs


def find_beginning(
    store: Store,
    pairs: Pairs,
    embedding: Step[Embedded],
    n_prototypes: int,
    config: PrototypeConfig,
) -> Beginning | None:
    """Prototypes by the same settings of fewer of these images; None where there are none.

    Those that the result of this split began with, where it is there already. Else those of most
    images, among what has more than chance would give of a few images of the split.

    Args:
        store: Where they lie.
        pairs: The split as it is now.
        embedding: Its embeddings, which need not be there.
        n_prototypes: As for `prototypes`.
        config: Likewise.
    """
    if config.clustering_start == CLUSTERING_STARTS[0]:
        return None

    def step_of(embed_key: str, key: str = "") -> Step[FoundPrototypes]:
        beginning = Beginning(key, partial(_gone, key)) if key else None
        return prototypes(embed_key, 0, n_prototypes, config, _never, beginning=beginning)

    def continued(embed_key: str) -> Iterator[FoundPrototypes]:
        step = step_of(embed_key, "any")
        for entry in store.others(step, EARLIER, "image", lambda image: True):
            yield step.read(entry)

    for own in continued(embedding.key):
        return Beginning(own.earlier, partial(_gone, own.earlier))
    tried, found = some_digests(pairs), []

    def is_part(digests: np.ndarray) -> bool:
        share = len(digests) / pairs.n_images
        return share < 1 and np.isin(tried, digests).sum() > share * len(tried) / 2

    for entry in store.others(embedding, "pairs", "digest", is_part):
        embedded, usual = as_embedded(entry), store.peek(step_of(entry.key))
        for each in [*continued(entry.key), *([usual] if usual else [])]:
            if every_cluster_has_rows(each.prototypes, n_prototypes * config.over_clusters):
                found.append((len(embedded.image), embedded, each))
    if not found:
        return None
    _, embedded, chosen = max(found, key=lambda each: each[0])
    return Beginning(chosen.key, lambda: (embedded, chosen))


def _never() -> Embedded:
    raise AssertionError("nothing is computed for a look")


def _gone(key: str) -> tuple[Embedded, FoundPrototypes]:
    raise MissingDataError(f"The prototypes {key}, which others started from, are not there.")
