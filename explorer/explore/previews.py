"""Images drawn on request, kept by everything that decides them: asking again draws nothing."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import NamedTuple

import numpy as np

from explorer.config import ClassCaption, SynthesisConfig
from explorer.core.geometry import blend
from explorer.explore.dataset import Prepared
from explorer.models.apart import ModelsApart
from explorer.models.bundles import Bundle
from explorer.models.fingerprint import fingerprint
from explorer.models.loaded import Drawn, Models, Subject, image_seed
from explorer.progress import Report, silent
from explorer.store.step import Computed, Entry, Step
from explorer.store.store import Store


class Drawing(NamedTuple):
    """One image that was drawn, now or before."""

    key: str  # of everything that decides it
    how: SynthesisConfig  # with the seed that was asked for
    png: bytes
    similarity_to_prototype: float
    similarity_to_caption: float
    seconds: float  # that drawing it took
    is_new: bool  # False where it was drawn before


def subject(prepared: Prepared, k: int, named: ClassCaption | None = None) -> Subject:
    """Prototype k, as a distilled set would have it drawn; classes are `named` so."""
    chosen = int(prepared.chosen_caption[k])
    text = prepared.captions[chosen]
    return Subject(
        number=int(prepared.number[k]),
        image=np.asarray(prepared.prototypes.image[k]),
        text=(named or ClassCaption()).of(text) if prepared.dataset.is_labelled else text,
        caption=np.asarray(prepared.caption[chosen]),
    )


def blended(
    prepared: Prepared, k: int, other: int, share: float, named: ClassCaption | None = None
) -> Subject:
    """A place between two prototypes, with the caption of the nearer one and the seeds of k.

    The seeds stay those of k all the way, so that a slider changes the image and not the noise.
    """
    first, last = subject(prepared, k, named), subject(prepared, other, named)
    nearer = first if share <= 0.5 else last
    return nearer._replace(number=first.number, image=blend(first.image, last.image, share))


def draw(
    store: Store,
    studio: Models | ModelsApart,
    asked: Subject,
    config: SynthesisConfig,
    n: int = 1,
    cancel: Event | None = None,
    report: Report = silent,
) -> list[Drawing]:
    """Draws n images, or finds them; the first is the one that a distilled set would hold.

    Image j of the n takes the seed `config.seed + j`. Set `cancel` to stop at the next step.
    """
    ways = [replace(config, seed=config.seed + j) for j in range(n)]
    missing = [how for how in ways if find_drawing(store, studio.bundle, asked, how) is None]
    seeds = [image_seed(how.seed, asked.number) for how in missing]
    made = studio.draw(asked, config, seeds, cancel, report) if missing else []
    for how, drawn in zip(missing, made, strict=True):
        store.fetch(_step(studio.bundle, asked, how, drawn))
    found = [find_drawing(store, studio.bundle, asked, how) for how in ways]
    return [each._replace(is_new=each.how in missing) for each in found if each]


def find_drawing(
    store: Store, bundle: Bundle, asked: Subject, how: SynthesisConfig
) -> Drawing | None:
    """An image that was drawn before, or None."""
    return store.peek(_step(bundle, asked, how))


def find_kept(store: Store, prepared: Prepared, k: int) -> Drawing | None:
    """The image that is kept for prototype k; None where there is none, or none at hand."""
    how = prepared.kept_images.get(int(prepared.number[k]))
    if how is None:
        return None
    return find_drawing(store, prepared.config.models, subject(prepared, k), how)


def _step(
    bundle: Bundle, asked: Subject, how: SynthesisConfig, drawn: Drawn | None = None
) -> Step[Drawing]:
    """An image that was generated on request; kept as it is, when it is there to be kept."""

    def compute(scratch: Path, report: Report) -> Computed:
        assert drawn is not None, "it is generated before it is kept"
        file = io.BytesIO()
        drawn.image.save(file, "PNG")
        notes = {
            "similarity_to_prototype": drawn.similarity_to_prototype,
            "similarity_to_caption": drawn.similarity_to_caption,
            "seconds": drawn.seconds,
        }
        return Computed({"png": np.frombuffer(file.getvalue(), np.uint8)}, notes)

    def read(entry: Entry) -> Drawing:
        png = entry.arrays["png"].tobytes()
        return Drawing(key=entry.key, how=how, png=png, is_new=False, **entry.notes)

    sides = np.concatenate([asked.image, asked.caption]).astype("<f4").tobytes()
    inputs = {
        "decoder": fingerprint(bundle.decoder),
        "encoder": fingerprint(bundle.encoder),
        "sides": hashlib.sha256(sides).hexdigest(),
        "text": asked.text,
        **vars(how),
        "seed": image_seed(how.seed, asked.number),
    }
    return Step("drawn", 1, inputs, compute, read)
