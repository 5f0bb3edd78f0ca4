"""Makes the edits of a person to prototypes, each cached on the one before."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from explorer.config import Edit, SynthesisConfig
from explorer.core import edits as core
from explorer.core.clusters.labels import distinctive_words
from explorer.core.lazy_rows import pick
from explorer.progress import Report
from explorer.steps.embeddings import Embedded, FoundPrototypes, as_prototypes
from explorer.steps.prototypes import N_WORDS, rename_clusters
from explorer.store.step import Computed, Step
from explorer.store.store import Store


def make_edits(
    store: Store, embedded: Embedded, found: FoundPrototypes, edits: Iterable[Edit]
) -> FoundPrototypes:
    """The prototypes after edits; `ConfigError` where one cannot be made."""
    for edit in edits:
        found = store.fetch(_edit(embedded, found, edit))
    return found


def _edit(embedded: Embedded, before: FoundPrototypes, edit: Edit) -> Step[FoundPrototypes]:
    def compute(scratch: Path, report: Report) -> Computed:
        after = _edited(embedded, before, edit)
        notes = {
            "labels": _labels(embedded, before, after, edit),
            "n_numbers": after.n_numbers,
            "pictures": {k: vars(how) for k, how in _images(before, edit).items()},
        }
        arrays = {"chosen_caption": after.chosen_caption, "number": after.number}
        return Computed({**after.prototypes._asdict(), **arrays}, notes)

    inputs = {"before": before.key, **edit.as_json()}
    return Step("edited", 1, inputs, compute, as_prototypes)


def _edited(embedded: Embedded, before: FoundPrototypes, edit: Edit) -> core.Edited:
    edited = core.Edited(before.prototypes, before.chosen_caption, before.number, before.n_numbers)
    rows = pick(embedded.image, embedded.image_of_caption), np.asarray(embedded.caption)
    number = edit.prototype
    if edit.caption is not None:
        return core.choose_caption(edited, number, edit.caption)
    if edit.other is not None:
        return core.merge(edited, number, edit.other, *rows)
    if edit.rows is not None:
        return core.add(edited, number, np.array(edit.rows), *rows)
    if edit.kind == "split":
        return core.split(edited, number, *rows)
    if edit.kind == "drop":
        return core.drop(edited, number)
    core.place_of(edited, number)  # an image changes nothing but must have its prototype
    return edited


def _images(before: FoundPrototypes, edit: Edit) -> dict[int, SynthesisConfig]:
    """Images that are kept; one that was drawn from something else by now is not."""
    touched = (edit.prototype, edit.other)
    images = {k: how for k, how in before.kept_images.items() if k not in touched}
    return {**images, edit.prototype: edit.synthesis} if edit.synthesis else images


def _labels(
    embedded: Embedded, before: FoundPrototypes, after: core.Edited, edit: Edit
) -> list[list[str]]:
    """The words of each prototype: new ones for those that were made anew, else as they were."""
    words = dict(zip(before.number.tolist(), before.labels, strict=True))
    numbers = after.number.tolist()
    if edit.kind in ("merge", "split", "add"):
        made = after.prototypes
        prototype = rename_clusters(made.caption_cluster, made.caption_label)
        found = distinctive_words(embedded.captions, prototype, len(numbers), N_WORDS)
        remade = [each for each in numbers if each == edit.prototype or each not in words]
        words |= {each: found[numbers.index(each)] for each in remade}
    return [words[number] for number in numbers]
