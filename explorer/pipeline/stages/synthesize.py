"""Draws or copies the pictures of a plan into a distilled set; goes on where it was killed."""

from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from explorer.config import RunConfig
from explorer.core.geometry import cosine_rows
from explorer.pipeline.ahead import in_order
from explorer.pipeline.distilled import DistilledSet, Row
from explorer.pipeline.methods import Plan
from explorer.pipeline.progress import Progress
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


def synthesize(
    target: DistilledSet,
    plan: Plan,
    pairs: Pairs,
    studio: Studio,
    config: RunConfig,
    report: Report = silent,
    emit: Emit = ignore,
) -> list[Row]:
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
    done = target.rows()
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
            similarity = cosine_rows(studio.embed_images(images), plan.image[ks.start : ks.stop])
            rows = [_row(plan, config, k, float(similarity[k - ks.start])) for k in ks]
            target.add(done, rows, images)
            done = [*done, *rows]
            _tell(rows, emit)
            progress.add(len(rows))
    target.write_prototypes(plan.image, plan.caption)
    return done


Make = Callable[[range], list[Image.Image]]
"""Makes the pictures with these numbers."""


def _draw(plan: Plan, studio: Studio, config: RunConfig, progress: Progress) -> Make:
    decoder = studio.decoder

    def make(ks: range) -> list[Image.Image]:
        def on_step(step: int, steps: int) -> None:
            if decoder.workers == 1:  # steps of several batches at once make no sensible share
                progress.partly(len(ks) * step / steps)

        seeds = [picture_seed(config.synthesis.seed, k) for k in ks]
        rows, captions = plan.image[ks.start : ks.stop], plan.captions[ks.start : ks.stop]
        return decoder.draw(rows, captions, seeds, config.synthesis, on_step)

    return make


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


def _row(plan: Plan, config: RunConfig, k: int, similarity: float) -> Row:
    drawn = plan.real is None
    return Row(
        file_name=f"{k:06d}.png",
        caption=plan.captions[k],
        prototype=k,
        n_shared=int(plan.n_shared[k]),
        seed=picture_seed(config.synthesis.seed, k) if drawn else config.prototypes.seed,
        similarity=round(similarity, 4),
    )
