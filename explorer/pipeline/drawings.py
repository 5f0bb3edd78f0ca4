"""Pictures drawn on request, kept by everything that decides them: asking again draws nothing."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import numpy as np

from explorer.config import SynthesisConfig
from explorer.core.geometry import blend
from explorer.models.bundles import Bundle, choose_bundle
from explorer.pipeline.prepared import Prepared
from explorer.pipeline.stages.embedded import fingerprint
from explorer.pipeline.store import Computed, Entry, Store
from explorer.pipeline.studio import Drawn, Studio, Subject, picture_seed
from explorer.types import Report, silent

DRAWN = ("drawn", 1)


class Drawing(NamedTuple):
    """One picture that was drawn, now or before."""

    key: str  # of everything that decides it
    how: SynthesisConfig  # with the seed that was asked for
    png: bytes
    similarity_to_prototype: float
    similarity_to_caption: float
    seconds: float  # that drawing it took
    is_new: bool  # False where it was drawn before


def subject(prepared: Prepared, k: int) -> Subject:
    """Prototype k, as a distilled set would have it drawn."""
    chosen = int(prepared.chosen_caption[k])
    return Subject(
        number=int(prepared.number[k]),
        image=np.asarray(prepared.prototypes.image[k]),
        text=prepared.captions[chosen],
        caption=np.asarray(prepared.caption[chosen]),
    )


def blended(prepared: Prepared, k: int, other: int, share: float) -> Subject:
    """A place between two prototypes, with the caption of the nearer one and the seeds of k.

    The seeds stay those of k all the way, so that a slider changes the picture and not the noise.
    """
    first, last = subject(prepared, k), subject(prepared, other)
    nearer = first if share <= 0.5 else last
    return nearer._replace(number=first.number, image=blend(first.image, last.image, share))


def draw(
    store: Store,
    studio: Studio,
    asked: Subject,
    config: SynthesisConfig,
    n: int = 1,
    cancel: Event | None = None,
    report: Report = silent,
) -> list[Drawing]:
    """Draws n pictures, or finds them; the first is the one that a distilled set would hold.

    Args:
        store: Keeps the pictures.
        studio: Draws them.
        asked: What is drawn.
        config: How; picture j of the n takes the seed `config.seed + j`.
        n: How many.
        cancel: Set it to stop at the next step.
        report: Gets the steps done.
    """
    ways = [replace(config, seed=config.seed + j) for j in range(n)]
    missing = [how for how in ways if find_drawing(store, studio.bundle, asked, how) is None]
    seeds = [picture_seed(how.seed, asked.number) for how in missing]
    made = studio.draw(asked, config, seeds, cancel, report) if missing else []
    for how, drawn in zip(missing, made, strict=True):
        _keep(store, _inputs(studio.bundle, asked, how), drawn)
    found = [find_drawing(store, studio.bundle, asked, how) for how in ways]
    return [each._replace(is_new=each.how in missing) for each in found if each]


def find_drawing(
    store: Store, bundle: Bundle, asked: Subject, how: SynthesisConfig
) -> Drawing | None:
    """A picture that was drawn before, or None."""
    entry = store.peek(*DRAWN, _inputs(bundle, asked, how))
    return _drawing(entry, how) if entry else None


def find_kept(store: Store, prepared: Prepared, k: int) -> Drawing | None:
    """The picture that is kept for prototype k; None where there is none, or none at hand."""
    how = prepared.pictures.get(int(prepared.number[k]))
    if how is None:
        return None
    return find_drawing(store, choose_bundle(prepared.config), subject(prepared, k), how)


def _inputs(bundle: Bundle, asked: Subject, how: SynthesisConfig) -> dict[str, Any]:
    sides = np.concatenate([asked.image, asked.caption]).astype("<f4").tobytes()
    return {
        "decoder": fingerprint(bundle.decoder),
        "encoder": fingerprint(bundle.encoder),
        "sides": hashlib.sha256(sides).hexdigest(),
        "text": asked.text,
        **vars(how),
        "seed": picture_seed(how.seed, asked.number),
    }


def _keep(store: Store, inputs: Mapping[str, Any], drawn: Drawn) -> None:
    def compute(scratch: Path) -> Computed:
        file = io.BytesIO()
        drawn.image.save(file, "PNG")
        notes = {
            "similarity_to_prototype": drawn.similarity_to_prototype,
            "similarity_to_caption": drawn.similarity_to_caption,
            "seconds": drawn.seconds,
        }
        return {"png": np.frombuffer(file.getvalue(), np.uint8)}, notes

    store.fetch(*DRAWN, inputs, compute)


def _drawing(entry: Entry, how: SynthesisConfig) -> Drawing:
    return Drawing(
        key=entry.key, how=how, png=entry.arrays["png"].tobytes(), is_new=False, **entry.notes
    )
