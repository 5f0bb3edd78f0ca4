"""How often a student forgets each pair while it learns from all of them; cached.

After Toneva et al. (ICLR 2019), with the choices of coresets in vision-language distillation: ten
passes, and a pair is known where its image and its caption find each other among a batch. Here the
looks are at the end of each pass and the batches stay the same, so that what changes is the student
and not its luck with rivals. The frozen features are CLIP's, which every method chooses by: those
of a backbone would favour the students that see through it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from explorer.core.coresets import find_each_other, forgetting_events
from explorer.core.geometry import unit_rows
from explorer.progress import Progress, Report
from explorer.steps.embeddings import Embedded
from explorer.store.step import Computed, Step, Work

PASSES = 10
BATCH = 128
"""Pairs per step, and pairs among which an image and its caption must find each other."""
LEARNING_RATE = 0.1


def forgetting(
    embed_key: str, n_rows: int, seed: int, embedded: Callable[[], Embedded]
) -> Step[np.ndarray]:
    """(M,) int64, how often each pair is forgotten; `seed` is that of the student."""

    def compute(scratch: Path, report: Report) -> Computed:
        report(0.0, "Loading what trains students")
        from explorer.learn.students.student import Student, train_student  # late: it imports torch

        rows = embedded()
        image = unit_rows(rows.image)[rows.image_of_caption]
        caption = np.asarray(rows.caption)
        order = np.random.default_rng(seed).permutation(len(caption))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        learned = np.zeros((PASSES, len(caption)), dtype=bool)
        progress = Progress(report, "Learning from all pairs, passes", PASSES)

        def on_epoch(epoch: int, loss: float, student: Student) -> None:
            learned[epoch] = find_each_other(image, student.project(caption), batches)
            progress.add()

        train_student(
            image,
            caption,
            epochs=PASSES - 1,  # it is the number of the last one
            batch_size=BATCH,
            learning_rate=LEARNING_RATE,
            seed=seed,
            on_epoch=on_epoch,
        )
        return Computed({"n_forgotten": forgetting_events(learned)})

    inputs = {"embed": embed_key, "seed": seed}
    cost = (Work("experts", "students of all pairs", 1, "forgetting", each=n_rows),)
    return Step("forgetting", 1, inputs, compute, lambda entry: entry.arrays["n_forgotten"], cost)
