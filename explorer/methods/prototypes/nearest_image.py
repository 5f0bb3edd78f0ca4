"""The real image nearest to each image prototype."""

from collections.abc import Iterator
from dataclasses import replace

from explorer.methods.pairs import copy, nearest_real
from explorer.methods.prototypes import nearest_caption
from explorer.settings import setting
from explorer.steps.context import Context
from explorer.types import State

CAPTIONS = ("fitting", "longest")


class NearestImageSettings(nearest_caption.NearestCaptionSettings):
    """How prototypes are found, and which caption an image gets."""

    caption: str = setting(
        "Caption",
        "Which of an image's captions is stored: the one most similar to the caption prototype "
        "(`fitting`), or the `longest`.",
        default="fitting",
        choices=CAPTIONS,
    )


def make(context: Context, settings: NearestImageSettings, state: State | None) -> Iterator[State]:
    """The image nearest to each image prototype, with one caption of its own."""
    found = context.find_prototypes(settings.prototypes)
    longest = settings.caption == "longest"
    rows = nearest_real(context.embedded(), found.prototypes, longest=longest)
    yield from copy(context, rows, settings.prototypes.seed, state)


METHOD = replace(
    nearest_caption.METHOD,
    name="nearest-image",
    label="Real pair nearest to the image prototype",
    about="The real image nearest to each image prototype, with the caption of its that fits best.",
    config=NearestImageSettings,
    make=make,
)
