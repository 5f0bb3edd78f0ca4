"""Ways to make a small set out of a large one, by name: same arguments, same kind of answer."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from explorer.config import PrototypeConfig
from explorer.errors import UnknownNameError
from explorer.pipeline.stages.embedded import Embedded
from explorer.pipeline.stages.prototypes import prototypes
from explorer.pipeline.store import Store
from explorer.types import Report, silent


class Plan(NamedTuple):
    """What the pairs of a distilled set will be."""

    key: str  # of everything that decides it
    image: np.ndarray  # (K, D) float32, image prototypes
    caption: np.ndarray  # (K, D) float32, caption prototypes
    captions: list[str]  # (K,) what is stored
    n_shared: np.ndarray  # (K,) int, rows that each pair stands for
    real: np.ndarray | None  # (K,) int, pictures of `Pairs` to copy; None where they are drawn


class Method(NamedTuple):
    label: str  # for people
    draws: bool  # whether the pictures are drawn by the bundle's decoder
    plan: Callable[[Store, Embedded, PrototypeConfig, Report], Plan]


def find_method(name: str) -> Method:
    if name not in METHODS:
        raise UnknownNameError(f"No method {name!r}. Choose one of: {', '.join(METHODS)}.")
    return METHODS[name]


def _plan_prototypes(
    store: Store, embedded: Embedded, config: PrototypeConfig, report: Report = silent
) -> Plan:
    """Prototype-guided data synthesis (Choi, Mo and Chae, 2026)."""
    found = prototypes(store, embedded, config, report)
    return Plan(
        key=f"pds-{found.key}",
        image=np.asarray(found.prototypes.image),
        caption=np.asarray(found.prototypes.caption),
        captions=[embedded.captions[int(m)] for m in found.chosen_caption],
        n_shared=found.prototypes.n_shared,
        real=None,
    )


def _plan_random(
    store: Store, embedded: Embedded, config: PrototypeConfig, report: Report = silent
) -> Plan:
    """Real pictures and captions, drawn by lot; the baseline."""
    from explorer.core.coresets import random_pairs

    rows = random_pairs(embedded.image_of_caption, config.n_prototypes, config.seed)
    real = embedded.image_of_caption[rows]
    return Plan(
        key=f"random-{embedded.key}-{config.n_prototypes}-{config.seed}",
        image=np.asarray(embedded.image[real]),
        caption=np.asarray(embedded.caption[rows]),
        captions=[embedded.captions[int(m)] for m in rows],
        n_shared=np.ones(len(rows), dtype=np.int64),
        real=embedded.picture[real],
    )


METHODS = {
    "pds": Method("Prototypes, drawn (PDS)", True, _plan_prototypes),
    "random": Method("Random real pairs", False, _plan_random),
}
