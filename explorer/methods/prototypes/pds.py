"""Prototype-guided data synthesis (Choi, Mo and Chae, ICLR 2026, arXiv 2602.19756)."""

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.config import PrototypeConfig, SynthesisConfig
from explorer.methods.base import Method
from explorer.methods.pairs import Generated, generate, generating_work, plan_of
from explorer.models.parts import require_decoder
from explorer.settings import Settings, group
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.types import State


class PdsSettings(Settings):
    """How prototypes are found, and how an image is generated for each."""

    prototypes: PrototypeConfig = group("Prototypes", default_factory=PrototypeConfig)
    synthesis: SynthesisConfig = group("Images", default_factory=SynthesisConfig)


def make(context: Context, settings: PdsSettings, state: State | None) -> Iterator[State]:
    """A pair for each prototype: its caption, and an image generated from both."""
    found = context.find_prototypes(settings.prototypes)
    how = Generated(settings.synthesis, found.number, found.kept_images)
    yield from generate(context, plan_of(context.embedded(), found), how, state)


def check(context: Context, settings: PdsSettings) -> None:
    """The decoder is here, takes the encoder's embeddings and these settings."""
    require_decoder(context.models.bundle, settings.synthesis, True)


def steps(context: Context, settings: PdsSettings) -> Sequence[Step[Any]]:
    return [context.prototypes(settings.prototypes)]


def cost(context: Context, settings: PdsSettings) -> Sequence[Work]:
    return [generating_work(context, context.size, settings.synthesis)]


METHOD = Method(
    name="pds",
    label="Prototypes, generated (PDS)",
    family="prototypes",
    is_usual=True,
    about="A pair for each prototype, its image generated from both sides: the paper's method.",
    paper="Choi, Mo and Chae, ICLR 2026 (arXiv 2602.19756)",
    config=PdsSettings,
    needs=frozenset({"encoder", "decoder"}),
    make=make,
    check=check,
    steps=steps,
    cost=cost,
)
