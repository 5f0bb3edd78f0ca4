"""Ways to make a small set out of a large one, by name: same arguments, same kind of answer."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from explorer.config import PrototypeConfig
from explorer.core.coresets import best_aligned, herding, k_center, random_pairs
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


def _choose(
    name: str, chosen: Callable[[Embedded, PrototypeConfig], np.ndarray]
) -> Callable[[Store, Embedded, PrototypeConfig, Report], Plan]:
    """A method that keeps real pairs; `chosen` gives the (K,) captions."""

    def plan(
        store: Store, embedded: Embedded, config: PrototypeConfig, report: Report = silent
    ) -> Plan:
        report(0.0, f"Choosing {config.n_prototypes:,} of {len(embedded.caption):,} pairs")
        rows = chosen(embedded, config)
        return _real(f"{name}-{embedded.key}-{config.n_prototypes}-{config.seed}", embedded, rows)

    return plan


def _real(key: str, embedded: Embedded, rows: np.ndarray) -> Plan:
    """The pairs of these (K,) captions, as they are."""
    real = embedded.image_of_caption[rows]
    return Plan(
        key=key,
        image=np.asarray(embedded.image[real]),
        caption=np.asarray(embedded.caption[rows]),
        captions=[embedded.captions[int(m)] for m in rows],
        n_shared=np.ones(len(rows), dtype=np.int64),
        real=embedded.picture[real],
    )


def _plan_nearest_image(
    store: Store, embedded: Embedded, config: PrototypeConfig, report: Report = silent
) -> Plan:
    """The picture nearest to each image prototype, with the caption of its that fits best."""
    from explorer.core.prototypes import nearest_captions  # late, because the page imports this

    found = prototypes(store, embedded, config, report)
    pictures = nearest_captions(found.prototypes.image, embedded.image)  # nearest rows, really
    starts = np.searchsorted(embedded.image_of_caption, pictures)
    stops = np.searchsorted(embedded.image_of_caption, pictures, side="right")
    rows = [
        start + nearest_captions(wanted[None], embedded.caption[start:stop])[0]
        for start, stop, wanted in zip(starts, stops, found.prototypes.caption, strict=True)
    ]
    return _real(f"nearest-image-{found.key}", embedded, np.array(rows))


def _plan_nearest_caption(
    store: Store, embedded: Embedded, config: PrototypeConfig, report: Report = silent
) -> Plan:
    """The caption nearest to each caption prototype, which PDS stores too, with its own picture."""
    found = prototypes(store, embedded, config, report)
    return _real(f"nearest-caption-{found.key}", embedded, found.chosen_caption)


def _arrays(embedded: Embedded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return embedded.image, embedded.caption, embedded.image_of_caption


METHODS = {
    "pds": Method("Prototypes, drawn (PDS)", True, _plan_prototypes),
    "random": Method(
        "Random real pairs",
        False,
        _choose("random", lambda e, c: random_pairs(e.image_of_caption, c.n_prototypes, c.seed)),
    ),
    "herding": Method(
        "Herding", False, _choose("herding", lambda e, c: herding(*_arrays(e), c.n_prototypes))
    ),
    "k-center": Method(
        "K-center",
        False,
        _choose("k-center", lambda e, c: k_center(*_arrays(e), c.n_prototypes, c.seed)),
    ),
    "clip-score": Method(
        "Highest CLIP score",
        False,
        _choose("clip-score", lambda e, c: best_aligned(*_arrays(e), c.n_prototypes)),
    ),
    "nearest-image": Method("Real pair nearest to the image prototype", False, _plan_nearest_image),
    "nearest-caption": Method(
        "Real pair nearest to the caption prototype", False, _plan_nearest_caption
    ),
}
