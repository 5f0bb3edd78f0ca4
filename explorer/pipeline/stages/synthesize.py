"""Draws or copies the pictures of a plan into a distilled set; goes on where it was killed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from PIL import Image

from explorer.config import RunConfig, SynthesisConfig
from explorer.core.geometry import cosine_rows
from explorer.pipeline.ahead import in_order
from explorer.pipeline.distilled import DistilledSet, Row
from explorer.pipeline.methods import Plan, find_method
from explorer.pipeline.progress import Measured, Progress
from explorer.pipeline.studio import Studio, picture_seed
from explorer.types import Pairs, Report, silent

BATCH = 8
"""Pictures drawn at once, and lost at most by a kill. Fixed, and a batch is always drawn whole,
because a picture's last digits depend on how many are drawn beside it."""
LARGEST = 768
"""Longest side in pixels of a real picture that is copied into a set."""

Emit = Callable[[str, Mapping[str, Any]], None]
"""Takes the kind of an event, "metric" or "image", and its values."""


def ignore(kind: str, values: Mapping[str, Any]) -> None:
    """Emits to nobody."""


class Made(NamedTuple):
    rows: list[Row]
    measured: Measured  # what the pictures took that were made now


def synthesize(
    target: DistilledSet,
    plan: Plan,
    pairs: Pairs,
    studio: Studio,
    config: RunConfig,
    report: Report = silent,
    emit: Emit = ignore,
) -> Made:
    """Fills a set that was begun; pictures that are there already are kept.

    Args:
        target: The set, begun with the same settings.
        plan: What the pairs are.
        pairs: The source, for pictures that are copied.
        studio: Draws, and measures how well the pictures fit.
        config: Seeds, and how to draw.
        report: Gets the progress.
        emit: Gets an "image" for each picture when it is on the disk.
    """
    done, measured = target.rows(), Measured(0.0, 0)
    n_pairs = len(plan.captions)
    if len(done) < n_pairs:
        done = done[: len(done) // BATCH * BATCH]
    _tell(done, emit)
    if len(done) < n_pairs:
        report(len(done) / n_pairs, f"Loading the models of {studio.bundle.label}")
        doing = "Drawing pictures" if plan.real is None else "Copying pictures"
        progress = Progress(report, doing, n_pairs, already=len(done))
        starts = range(len(done), n_pairs, BATCH)
        batches = [range(start, min(start + BATCH, n_pairs)) for start in starts]
        if plan.real is None:
            made = in_order(_draw(plan, studio, config, progress), batches, studio.decoder.workers)
        else:
            made = in_order(_copy(plan, pairs), batches, 1)
        for ks, images in zip(batches, made, strict=True):
            seen, own = studio.embed_images(images), slice(ks.start, ks.stop)
            similarity = cosine_rows(seen, plan.image[own])
            captions = plan.recaption(seen, ks) if plan.recaption else plan.captions[own]
            rows = [
                _row(plan, config, k, text, float(fit))
                for k, text, fit in zip(ks, captions, similarity, strict=True)
            ]
            target.add(done, rows, images)
            done = [*done, *rows]
            _tell(rows, emit)
            progress.add(len(rows))
        measured = progress.measured
    target.write_prototypes(plan.image, plan.caption)
    return Made(done, measured)


Make = Callable[[range], list[Image.Image]]
"""Makes the pictures with these numbers."""


def _draw(plan: Plan, studio: Studio, config: RunConfig, progress: Progress) -> Make:
    decoder, drawing = studio.decoder, find_method(config.method).draws
    assert drawing is not None, "a plan with real pictures is copied"

    def make(ks: range) -> list[Image.Image]:
        images: dict[int, Image.Image] = {}
        for way, own in _by_way(plan, config, ks).items():

            def on_step(step: int, steps: int, n: int = len(own), done: int = len(images)) -> None:
                if decoder.workers == 1:  # steps of several batches at once make no sensible share
                    progress.partly(done + n * step / steps)

            seeds = [_seed(plan, config, k) for k in own]
            rows = plan.image[own] if drawing.from_prototypes else None
            made = decoder.draw(rows, [plan.captions[k] for k in own], seeds, way, on_step)
            images |= dict(zip(own, made, strict=True))
        return [images[k] for k in ks]

    return make


def _by_way(plan: Plan, config: RunConfig, ks: range) -> dict[SynthesisConfig, list[int]]:
    """The pictures of a batch by how they are drawn: those that a person kept have their own way.

    A picture's last digits depend on how many are drawn beside it, which the plan decides alone.
    """
    ways: dict[SynthesisConfig, list[int]] = {}
    for k in ks:
        ways.setdefault(replace(_how(plan, config, k), seed=0), []).append(k)
    return ways


def _how(plan: Plan, config: RunConfig, k: int) -> SynthesisConfig:
    return plan.pictures.get(int(plan.number[k]), config.synthesis)


def _seed(plan: Plan, config: RunConfig, k: int) -> int:
    return picture_seed(_how(plan, config, k).seed, int(plan.number[k]))


def _copy(plan: Plan, pairs: Pairs) -> Make:
    real = plan.real
    assert real is not None, "a plan without real pictures is drawn"

    def make(ks: range) -> list[Image.Image]:
        images = [pairs.open_image(int(real[k])) for k in ks]
        for image in images:
            image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
        return images

    return make


def _tell(rows: list[Row], emit: Emit) -> None:
    for row in rows:
        emit("image", row._asdict())


def _row(plan: Plan, config: RunConfig, k: int, caption: str, similarity: float) -> Row:
    drawn = plan.real is None
    return Row(
        file_name=f"{k:06d}.png",
        caption=caption,
        prototype=k,
        n_shared=int(plan.n_shared[k]),
        seed=_seed(plan, config, k) if drawn else config.prototypes.seed,
        similarity=round(similarity, 4),
    )
