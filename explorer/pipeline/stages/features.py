"""What frozen backbones say of a split's pictures: computed once, because they never change."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.pipeline.rates import Rates, on
from explorer.pipeline.stages.embed import readable_captions
from explorer.pipeline.stages.embedded import fingerprint
from explorer.pipeline.stages.pictures import Network, pass_over
from explorer.pipeline.store import Computed, Store
from explorer.types import Pairs, Report, silent

FEATURES = ("features", 2)


class Features(NamedTuple):
    """One split as backbones see it; pictures that could not be read are left out."""

    key: str
    image: dict[str, np.ndarray]  # per backbone (N, F) float32
    captions: list[str]  # (M,)
    image_of_caption: np.ndarray  # (M,) int64 in [0, N)
    skipped: list[str]  # names and reasons


def features(
    store: Store,
    pairs: Pairs,
    backbones: tuple[str, ...],
    what: str,
    device: str = "auto",
    report: Report = silent,
) -> Features:
    """Opens each picture once for all backbones; cached, and goes on where a kill interrupted it.

    Args:
        store: Keeps the features.
        pairs: The split.
        backbones: Names that `load_backbone` takes.
        what: Names the split in the progress line.
        device: Where the networks run.
        report: Gets the progress.
    """
    arrays_of = {f"features_{place}": name for place, name in enumerate(backbones)}

    def compute(scratch: Path) -> Computed:
        report(0.0, "Loading the backbones")
        networks = [_network(array, name, device) for array, name in arrays_of.items()]
        pictures = range(pairs.n_images)
        doing = f"Reading {what} pictures"
        found = pass_over(scratch, pairs, pictures, networks, doing, report)
        Rates(store).note("features", backbones_key(backbones, device), found.measured)
        return found.arrays, {"skipped": found.skipped}

    entry = store.fetch(*FEATURES, _inputs(pairs, backbones), compute, report)
    rows, image_of_caption = readable_captions(pairs, entry.arrays["picture"])
    return Features(
        key=entry.key,
        image={name: entry.arrays[array] for array, name in arrays_of.items()},
        captions=[pairs.captions[int(m)] for m in rows],
        image_of_caption=image_of_caption,
        skipped=entry.notes["skipped"],
    )


def has_features(store: Store, pairs: Pairs, backbones: tuple[str, ...]) -> bool:
    """Whether they are there already."""
    return store.peek(*FEATURES, _inputs(pairs, backbones)) is not None


def backbones_key(backbones: tuple[str, ...], device: str) -> str:
    """What their rate is noted under."""
    return on(device, " ".join(fingerprint(name) for name in backbones))


def _inputs(pairs: Pairs, backbones: tuple[str, ...]) -> dict[str, Any]:
    return {"pairs": pairs.fingerprint, "backbones": [fingerprint(name) for name in backbones]}


def _network(array: str, name: str, device: str) -> Network:
    from explorer.models.backbones import load_backbone
    from explorer.models.batches import stack

    backbone = load_backbone(name, device)
    return Network(array, backbone.prepare, lambda prepared: backbone.features(stack(prepared)))
