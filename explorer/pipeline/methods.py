"""Ways to make a small set out of a large one, by name: same arguments, same kind of answer."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from explorer.config import PrototypeConfig, RunConfig, SynthesisConfig
from explorer.core.coresets import best_aligned, herding, k_center, most_forgotten, random_pairs
from explorer.core.geometry import unit_rows
from explorer.core.prototypes import nearest_captions
from explorer.errors import ConfigError, UnknownNameError
from explorer.pipeline.progress import Measured
from explorer.pipeline.rates import Rates
from explorer.pipeline.stages.edits import make_edits
from explorer.pipeline.stages.embedded import Embedded, FoundPrototypes
from explorer.pipeline.stages.forgetting import forgetting
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
    number: np.ndarray  # (K,) int, what the seed of each picture is made from
    pictures: Mapping[int, SynthesisConfig] = {}  # by number: pictures drawn in a way of their own
    recaption: "Recaption | None" = None  # chooses what is stored once there are pictures


Recaption = Callable[[np.ndarray, range], list[str]]
"""Takes embeddings (B, D) of drawn pictures and the numbers of their pairs; gives (B,) captions."""


class Drawing(NamedTuple):
    """How the bundle's decoder draws the pictures of a set."""

    from_prototypes: bool = True  # from image prototypes and captions; else from captions alone


Planner = Callable[[Store, Embedded, RunConfig, Report], Plan]


class Method(NamedTuple):
    label: str  # for people
    work: str  # what costs time before there are pictures, as `Rates` names it
    draws: Drawing | None  # None where the pictures are real ones
    plan: Planner | None  # None where all pairs are taken as they are, and no set is made


def find_method(name: str) -> Method:
    if name not in METHODS:
        raise UnknownNameError(f"No method {name!r}. Choose one of: {', '.join(METHODS)}.")
    return METHODS[name]


def _plan_prototypes(
    store: Store, embedded: Embedded, config: RunConfig, report: Report = silent
) -> Plan:
    """What prototype-guided data synthesis draws (Choi, Mo and Chae, 2026)."""
    found = _found(store, embedded, config, report)
    return Plan(
        key=f"pds-{found.key}",
        image=np.asarray(found.prototypes.image),
        caption=np.asarray(found.prototypes.caption),
        captions=[embedded.captions[int(m)] for m in found.chosen_caption],
        n_shared=found.prototypes.n_shared,
        real=None,
        number=found.number,
        pictures=found.pictures,
    )


def _plan_captions(
    store: Store, embedded: Embedded, config: RunConfig, report: Report = silent
) -> Plan:
    """The same pairs; pictures that a person kept were drawn from prototypes, so none is here."""
    return _plan_prototypes(store, embedded, config, report)._replace(pictures={})


def _plan_recaptioned(
    store: Store, embedded: Embedded, config: RunConfig, report: Report = silent
) -> Plan:
    """PDS, but each pair stores the caption that is nearest to both its prototype and its picture.

    The caption nearest to the prototype names things that the decoder left out or drew otherwise.
    """
    if config.prototypes.unique_captions or any(edit.kind == "caption" for edit in config.edits):
        raise ConfigError(
            "pds-recaption chooses captions anew, picture by picture; use pds where they shall be "
            "unique or were chosen by hand."
        )
    plan = _plan_prototypes(store, embedded, config, report)

    def recaption(pictures: np.ndarray, numbers: range) -> list[str]:
        between = unit_rows(pictures) + unit_rows(plan.caption[numbers.start : numbers.stop])
        rows = nearest_captions(between, np.asarray(embedded.caption))
        return [embedded.captions[int(m)] for m in rows]

    return plan._replace(key=f"recaption-{plan.key}", recaption=recaption)


def _found(store: Store, embedded: Embedded, config: RunConfig, report: Report) -> FoundPrototypes:
    """The prototypes, after the edits."""
    found = prototypes(store, embedded, config.prototypes, report)
    return make_edits(store, embedded, found, config.edits)


def _choose(name: str, chosen: Callable[[Embedded, PrototypeConfig], np.ndarray]) -> Planner:
    """A method that keeps real pairs; `chosen` gives the (K,) captions."""

    def plan(store: Store, embedded: Embedded, config: RunConfig, report: Report = silent) -> Plan:
        how, n_captions = config.prototypes, len(embedded.caption)
        report(0.0, f"Choosing {how.n_prototypes:,} of {n_captions:,} pairs")
        start = time.monotonic()
        rows = chosen(embedded, how)
        took = Measured(time.monotonic() - start, n_captions * how.n_prototypes)
        Rates(store).note("choose", name, took)
        return _real(f"{name}-{embedded.key}-{how.n_prototypes}-{how.seed}", embedded, rows)

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
        number=np.arange(len(rows)),
    )


def _plan_nearest_image(
    store: Store, embedded: Embedded, config: RunConfig, report: Report = silent
) -> Plan:
    """The picture nearest to each image prototype, with the caption of its that fits best."""
    found = _found(store, embedded, config, report)
    pictures = nearest_captions(found.prototypes.image, embedded.image)  # nearest rows, really
    starts = np.searchsorted(embedded.image_of_caption, pictures)
    stops = np.searchsorted(embedded.image_of_caption, pictures, side="right")
    rows = [
        start + nearest_captions(wanted[None], embedded.caption[start:stop])[0]
        for start, stop, wanted in zip(starts, stops, found.prototypes.caption, strict=True)
    ]
    return _real(f"nearest-image-{found.key}", embedded, np.array(rows))


def _plan_nearest_caption(
    store: Store, embedded: Embedded, config: RunConfig, report: Report = silent
) -> Plan:
    """The caption nearest to each caption prototype, which PDS stores too, with its own picture."""
    found = _found(store, embedded, config, report)
    return _real(f"nearest-caption-{found.key}", embedded, found.chosen_caption)


def _plan_forgotten(
    store: Store, embedded: Embedded, config: RunConfig, report: Report = silent
) -> Plan:
    """The pairs that a student forgets most often while it learns from all of them."""
    n_pairs, seed = config.prototypes.n_prototypes, config.prototypes.seed
    n_forgotten = forgetting(store, embedded, seed, report)
    rows = most_forgotten(n_forgotten, embedded.image_of_caption, n_pairs, seed)
    key = f"forgetting-{embedded.key}-{n_pairs}-{seed}"
    return _real(key, embedded, rows)


def _arrays(embedded: Embedded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return embedded.image, embedded.caption, embedded.image_of_caption


METHODS = {
    "pds": Method("Prototypes, drawn (PDS)", "prototypes", Drawing(), _plan_prototypes),
    "pds-recaption": Method(
        "PDS, captions chosen again for the pictures", "prototypes", Drawing(), _plan_recaptioned
    ),
    "text-only": Method(
        "Captions of prototypes, drawn without the prototypes",
        "prototypes",
        Drawing(from_prototypes=False),
        _plan_captions,
    ),
    "random": Method(
        "Random real pairs",
        "choose",
        None,
        _choose("random", lambda e, c: random_pairs(e.image_of_caption, c.n_prototypes, c.seed)),
    ),
    "herding": Method(
        "Herding",
        "choose",
        None,
        _choose("herding", lambda e, c: herding(*_arrays(e), c.n_prototypes)),
    ),
    "k-center": Method(
        "K-center",
        "choose",
        None,
        _choose("k-center", lambda e, c: k_center(*_arrays(e), c.n_prototypes, c.seed)),
    ),
    "clip-score": Method(
        "Highest CLIP score",
        "choose",
        None,
        _choose("clip-score", lambda e, c: best_aligned(*_arrays(e), c.n_prototypes)),
    ),
    "nearest-image": Method(
        "Real pair nearest to the image prototype", "prototypes", None, _plan_nearest_image
    ),
    "nearest-caption": Method(
        "Real pair nearest to the caption prototype", "prototypes", None, _plan_nearest_caption
    ),
    "forgetting": Method("Most often forgotten in training", "forgetting", None, _plan_forgotten),
    "all": Method("All pairs (upper bound)", "", None, None),
}


def follows_edits(name: str) -> bool:
    """Whether what a method makes depends on the prototypes, and so on edits of them."""
    return find_method(name).work == "prototypes"
