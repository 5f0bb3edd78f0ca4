"""What frozen backbones say of a split's images, and what they are shown: computed once."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.engine.engine import HERE, Engine
from explorer.engine.image_pass import Network, pass_over
from explorer.models.fingerprint import fingerprint
from explorer.progress import Report
from explorer.store.rates import on
from explorer.store.step import Computed, Entry, Step, Work
from explorer.types import Split


class Features(NamedTuple):
    """One split as backbones see it; images that could not be read are left out."""

    key: str
    image: dict[str, np.ndarray]
    """Per backbone (n, F) float32; of `prepared` ones (n, S, S, 3) uint8, memory-mapped."""
    number: np.ndarray  # (n,) int64, the number of each image in its split
    skipped: list[str]  # names and reasons


def features(
    pairs: Split,
    backbones: tuple[str, ...],
    what: str,
    device: str = "auto",
    engine: Engine = HERE,
) -> Step[Features]:
    """What backbones, as `load_backbone` takes them, see in a split; each image is opened once.

    `what` names the split in the progress line.
    """
    return _seen("features", 2, _network, pairs, backbones, what, device, engine)


def prepared(
    pairs: Split,
    backbones: tuple[str, ...],
    what: str,
    device: str = "auto",
    engine: Engine = HERE,
) -> Step[Features]:
    """What backbones are shown of a split, for those who train their weights."""
    return _seen("prepared", 1, _shown, pairs, backbones, what, device, engine)


def _seen(
    name: str,
    version: int,
    network: Callable[[str, str, str], Network],
    pairs: Split,
    backbones: tuple[str, ...],
    what: str,
    device: str,
    engine: Engine,
) -> Step[Features]:
    arrays_of = {f"features_{place}": each for place, each in enumerate(backbones)}
    names = [fingerprint(each) for each in backbones]
    by = on(device, " ".join(names))

    def compute(scratch: Path, report: Report) -> Computed:
        report(0.0, "Loading the backbones")
        networks = [network(array, each, device) for array, each in arrays_of.items()]
        doing = f"Reading {what} images"
        every = range(pairs.n_images)
        found = pass_over(scratch, pairs, every, networks, doing, report, engine=engine)
        notes = {"skipped": found.skipped}
        return Computed(found.arrays, notes, {(name, by): found.measured})

    def read(entry: Entry) -> Features:
        image = {each: entry.arrays[array] for array, each in arrays_of.items()}
        return Features(entry.key, image, entry.arrays["picture"], entry.notes["skipped"])

    inputs = {"pairs": pairs.fingerprint, "backbones": names}
    cost = (Work("evaluate", "images to read", pairs.n_images, name, by),)
    return Step(name, version, inputs, compute, read, cost)


def _shown(array: str, name: str, device: str) -> Network:
    from explorer.models.backbones import load_backbone
    from explorer.models.batches import stack

    prepare = load_backbone(name, device).prepare
    return Network(array, prepare, lambda images: np.asarray(stack(images)))


def _network(array: str, name: str, device: str) -> Network:
    from explorer.models.backbones import load_backbone
    from explorer.models.batches import stack

    backbone = load_backbone(name, device)
    return Network(array, backbone.prepare, lambda prepared: backbone.features(stack(prepared)))


def exact_features(
    images: np.ndarray, backbones: tuple[str, ...], device: str = "auto"
) -> Step[dict[str, np.ndarray]]:
    """By backbone, what it says of learned images (K, 3, H, W), [0, 1] and beyond: (K, F)."""
    arrays_of = {f"features_{place}": name for place, name in enumerate(backbones)}
    digest = hashlib.sha256(np.ascontiguousarray(images).tobytes()).hexdigest()
    inputs = {"images": digest, "backbones": [fingerprint(name) for name in backbones]}

    def compute(scratch: Path, report: Report) -> Computed:
        report(0.0, "Reading learned images")
        return Computed({array: encode(images, name, device) for array, name in arrays_of.items()})

    def read(entry: Entry) -> dict[str, np.ndarray]:
        return {name: entry.arrays[array] for array, name in arrays_of.items()}

    return Step("exact-features", 1, inputs, compute, read)


def encode(images: np.ndarray, backbone: str, device: str = "auto") -> np.ndarray:
    """What one backbone says of learned images, (K, F); nothing is kept."""
    from explorer.models.backbones import load_backbone

    return load_backbone(backbone, device).exact_features(images)
