"""Makes the edits of a person to prototypes, each cached on the one before."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from explorer.config import Edit, SynthesisConfig
from explorer.core import edits as core
from explorer.core.labels import distinctive_words
from explorer.core.picked import pick
from explorer.pipeline.stages.embedded import Embedded, FoundPrototypes, as_prototypes
from explorer.pipeline.stages.prototypes import N_WORDS, rename_clusters
from explorer.pipeline.store import Computed, Store

EDITED = ("edited", 1)


def make_edits(
    store: Store, embedded: Embedded, found: FoundPrototypes, edits: Iterable[Edit]
) -> FoundPrototypes:
    """The prototypes after edits; `ConfigError` where one cannot be made."""
    for edit in edits:
        found = _make(store, embedded, found, edit)
    return found


def _make(store: Store, embedded: Embedded, before: FoundPrototypes, edit: Edit) -> FoundPrototypes:
    def compute(scratch: Path) -> Computed:
        after = _edited(embedded, before, edit)
        notes = {
            "labels": _labels(embedded, before, after, edit),
            "n_numbers": after.n_numbers,
            "pictures": {k: vars(how) for k, how in _pictures(before, edit).items()},
        }
        arrays = {"chosen_caption": after.chosen_caption, "number": after.number}
        return {**after.prototypes._asdict(), **arrays}, notes

    return as_prototypes(store.fetch(*EDITED, {"before": before.key, **asdict(edit)}, compute))


def _edited(embedded: Embedded, before: FoundPrototypes, edit: Edit) -> core.Edited:
    edited = core.Edited(before.prototypes, before.chosen_caption, before.number, before.n_numbers)
    rows = pick(embedded.image, embedded.image_of_caption), np.asarray(embedded.caption)
    number = edit.prototype
    if edit.caption is not None:
        return core.choose_caption(edited, number, edit.caption)
    if edit.other is not None:
        return core.merge(edited, number, edit.other, *rows)
    if edit.kind == "split":
        return core.split(edited, number, *rows)
    if edit.kind == "drop":
        return core.drop(edited, number)
    core.place_of(edited, number)  # a picture changes nothing but must have its prototype
    return edited


def _pictures(before: FoundPrototypes, edit: Edit) -> dict[int, SynthesisConfig]:
    """Pictures that are kept; one that was drawn from something else by now is not."""
    touched = (edit.prototype, edit.other)
    pictures = {k: how for k, how in before.pictures.items() if k not in touched}
    return {**pictures, edit.prototype: edit.synthesis} if edit.synthesis else pictures


def _labels(
    embedded: Embedded, before: FoundPrototypes, after: core.Edited, edit: Edit
) -> list[list[str]]:
    """The words of each prototype: new ones for those that were made anew, else as they were."""
    words = dict(zip(before.number.tolist(), before.labels, strict=True))
    numbers = after.number.tolist()
    if edit.kind in ("merge", "split"):
        made = after.prototypes
        prototype = rename_clusters(made.caption_cluster, made.caption_label)
        found = distinctive_words(embedded.captions, prototype, len(numbers), N_WORDS)
        remade = [each for each in numbers if each == edit.prototype or each not in words]
        words |= {each: found[numbers.index(each)] for each in remade}
    return [words[number] for number in numbers]
