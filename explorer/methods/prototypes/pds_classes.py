"""PDS for images of classes: prototypes of each class, generated with its name as the caption."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from explorer.config import ClassCaption, SynthesisConfig
from explorer.methods.base import Method
from explorer.methods.pairs import Generated, generate, generating_work, plan_of
from explorer.methods.prototypes import of_classes
from explorer.models.parts import require_decoder
from explorer.settings import group
from explorer.steps.context import Context
from explorer.store.step import Work
from explorer.types import Samples, State


class PdsClassesSettings(ClassCaption, of_classes.ClassPrototypes):
    """How prototypes of classes are found, and how an image is generated for each."""

    synthesis: SynthesisConfig = group("Images", default_factory=SynthesisConfig)


def make(context: Context, settings: PdsClassesSettings, state: State | None) -> Iterator[State]:
    """An image for each prototype, with the class of its cluster."""
    found = context.find_prototypes(of_classes.config_of(settings))
    labels, classes = of_classes.classes_of(context, found), context.dataset.labelled().classes
    captions = [settings.of(classes[c]) for c in labels]
    plan = plan_of(context.embedded(), found)._replace(captions=captions)
    for each in generate(context, plan, Generated(settings.synthesis, found.number), state):
        yield replace(each, samples=lambda now=each: _labelled(now, labels))  # type: ignore[misc]


def _labelled(state: State, labels: np.ndarray) -> Samples:
    """The samples of a state with classes in place of captions."""
    made = state.samples()
    n = len(made.images) if made.images is not None else 0
    return replace(made, texts=None, labels=labels[state.first : state.first + n])


def check(context: Context, settings: PdsClassesSettings) -> None:
    """Every class has enough images; the decoder is here and takes these settings."""
    of_classes.check(context, settings)
    require_decoder(context.models.bundle, settings.synthesis, True)


def cost(context: Context, settings: PdsClassesSettings) -> Sequence[Work]:
    n = context.size * context.dataset.n_classes
    return [generating_work(context, n, settings.synthesis)]


METHOD = Method(
    name="pds-classes",
    label="Prototypes of classes, generated (PDS)",
    family="prototypes",
    about="An image for each prototype of a class, generated from it and from the class's name.",
    paper="After Choi, Mo and Chae, ICLR 2026 (arXiv 2602.19756)",
    tasks=("classification",),
    config=PdsClassesSettings,
    needs=frozenset({"encoder", "decoder"}),
    encodes_classes=True,
    make=make,
    check=check,
    steps=of_classes.steps,
    cost=cost,
)
