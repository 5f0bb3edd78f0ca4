"""The captions of PDS, and images generated from them alone: what the prototypes add."""

from collections.abc import Iterator
from dataclasses import replace

from explorer.methods.pairs import Generated, generate, plan_of
from explorer.methods.prototypes import pds
from explorer.models.parts import require_decoder
from explorer.steps.context import Context
from explorer.types import State


def make(context: Context, settings: pds.PdsSettings, state: State | None) -> Iterator[State]:
    """The same pairs; images that a person kept came from prototypes, so none is here."""
    found = context.find_prototypes(settings.prototypes)
    how = Generated(settings.synthesis, found.number, from_prototypes=False)
    yield from generate(context, plan_of(context.embedded(), found), how, state)


def check(context: Context, settings: pds.PdsSettings) -> None:
    """The decoder is here and generates from captions."""
    require_decoder(context.models.bundle, settings.synthesis, False)


METHOD = replace(
    pds.METHOD,
    name="text-only",
    label="Captions of prototypes, generated without the prototypes",
    about="The captions of PDS, their images generated from nothing else.",
    paper="",
    make=make,
    check=check,
)
