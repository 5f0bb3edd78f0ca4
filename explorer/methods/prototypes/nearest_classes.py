"""The real image of each class that is nearest to each of its prototypes."""

from collections.abc import Iterator, Sequence

import numpy as np

from explorer.core.class_coresets import nearest_to
from explorer.methods.base import Method
from explorer.methods.labelled import copy_labelled, copying_labelled_work
from explorer.methods.prototypes import of_classes
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import State


def make(
    context: Context, settings: of_classes.ClassPrototypes, state: State | None
) -> Iterator[State]:
    """Images of each class, none twice."""
    found, embedded = context.find_prototypes(of_classes.config_of(settings)), context.embedded()
    labels = of_classes.classes_of(context, found)
    class_of = context.dataset.labelled().labels[embedded.number]
    chosen = []
    for c in range(context.dataset.n_classes):
        own = np.flatnonzero(class_of == c)
        points = found.prototypes.image[labels == c]
        chosen.append(embedded.number[own[nearest_to(points, np.asarray(embedded.image[own]))]])
    yield from copy_labelled(context, np.concatenate(chosen), settings.seed, state)


def cost(context: Context, settings: of_classes.ClassPrototypes) -> Sequence[Work]:
    return [copying_labelled_work(context)]


METHOD = Method(
    name="nearest-classes",
    label="Real image nearest to a prototype of its class",
    family="prototypes",
    about="The real images of each class that are nearest to its prototypes.",
    tasks=("classification",),
    config=of_classes.ClassPrototypes,
    encodes_classes=True,
    make=make,
    check=of_classes.check,
    steps=of_classes.steps,
    cost=cost,
)
