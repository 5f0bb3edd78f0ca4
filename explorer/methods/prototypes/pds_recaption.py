"""PDS whose captions are chosen again, for the images that came out; ours."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from explorer.core.geometry import unit_rows
from explorer.core.prototypes import nearest_captions
from explorer.errors import ConfigError
from explorer.methods.pairs import Generated, generate, plan_of
from explorer.methods.prototypes import pds
from explorer.steps.context import Context
from explorer.types import State


def make(context: Context, settings: pds.PdsSettings, state: State | None) -> Iterator[State]:
    """PDS, but each pair stores the caption that is nearest to both its prototype and its image.

    The caption nearest to the prototype names things that the decoder left out or drew otherwise.
    """
    found, embedded = context.find_prototypes(settings.prototypes), context.embedded()
    plan = plan_of(embedded, found)

    def recaption(images: np.ndarray, numbers: range) -> list[str]:
        between = unit_rows(images) + unit_rows(plan.caption[numbers.start : numbers.stop])
        rows = nearest_captions(between, np.asarray(embedded.caption))
        return [embedded.captions[int(m)] for m in rows]

    how = Generated(settings.synthesis, found.number, found.kept_images, recaption=recaption)
    yield from generate(context, plan, how, state)


def check(context: Context, settings: pds.PdsSettings) -> None:
    """Nobody chose the captions otherwise."""
    chosen = any(edit.kind == "caption" for edit in context.edits)
    if settings.prototypes.unique_captions or chosen:
        raise ConfigError(
            "pds-recaption chooses captions anew, image by image; use pds where they shall be "
            "unique or were chosen by hand."
        )
    pds.check(context, settings)


METHOD = replace(
    pds.METHOD,
    name="pds-recaption",
    label="PDS, captions chosen again for the images",
    about="Generated as by PDS; the train caption nearest to caption prototype plus image is kept.",
    paper="",
    make=make,
    check=check,
)
