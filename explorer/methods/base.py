"""What a method is: a name, settings of its own, what it needs and what it costs, and `make`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.config import PrototypeConfig
from explorer.settings import Settings, every_setting, groups, seed_setting
from explorer.steps.context import Context
from explorer.store.step import Step, Work
from explorer.types import State

Make = Callable[[Context, Any, State | None], Iterator[State]]
"""Takes the method's settings, and the state to go on from, or None; yields the set as it grows or
improves. The last state is the set."""

BEST, LAST = "best", "last"
"""Which moment of its learning a set is, where settings have this choice as `kept`."""


class NoSettings(Settings):
    """Of a method that leaves nothing to choose."""


class SeedSettings(Settings):
    """Of a method that leaves its start to chance alone."""

    seed: int = seed_setting("Of the choice.", default=42)


def _nothing(context: Context, settings: Any) -> Sequence[Any]:
    return ()


def _anything(context: Context, settings: Any) -> None:
    """Asks for nothing."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way to make a small set out of a large one."""

    name: str
    label: str
    """For people."""
    family: str
    about: str
    """One sentence: what its pairs, or its images, are."""
    paper: str = ""
    tasks: tuple[str, ...] = ("retrieval",)
    """Names of the tasks that its sets are for."""
    config: type[Settings] = NoSettings
    version: int = 1
    """Raise it when the same settings make another set."""
    needs: frozenset[str] = frozenset({"encoder"})
    """Of "encoder" and "decoder": models that must be on this machine."""
    encodes_classes: bool = False
    """Whether it sees images of classes, too, through the encoder."""
    reads_captions: bool = False
    """Whether it reads captions of such images through the encoder, and sees no image so."""
    is_usual: bool = False
    """Whether it is the one to begin with, of those for its tasks."""
    is_baseline: bool = False
    """Whether the others are compared with it unless somebody says otherwise."""
    learns: bool = False
    """Whether a state improves the whole set; else each adds pairs that stay as they are."""
    stages: tuple[str, ...] = ("embed", "prototypes", "synthesize")
    """Names of the stages that `make` goes through, as `runs/about.py` labels them."""
    make: Make | None = None
    """None where every row is taken as it is, and no set is made."""
    check: Callable[[Context, Any], None] = _anything
    """Raises, before hours are spent, what would end `make` later."""
    steps: Callable[[Context, Any], Sequence[Step[Any]]] = _nothing
    """Cached results that it builds on, besides the embeddings."""
    cost: Callable[[Context, Any], Sequence[Work]] = _nothing
    """The work of `make` itself, beyond `steps`."""

    def encodes(self, has_captions: bool) -> bool:
        """Whether it sees such data, images with captions or of classes, through the encoder."""
        return "encoder" in self.needs and (has_captions or self.encodes_classes)

    @property
    def models_of_classes(self) -> bool:
        """Whether the chosen models decide a set of images of classes."""
        return self.encodes_classes or self.reads_captions

    @property
    def has_chance(self) -> bool:
        """Whether another seed makes another set."""
        return any(each.name == "seed" for each in every_setting(self.config))

    @property
    def follows_edits(self) -> bool:
        """Whether what it makes depends on the prototypes, and so on edits of them."""
        return PrototypeConfig in groups(self.config).values()

    def n_steps(self, settings: Any) -> int:
        """Updates of a set that is learned; 0 where they are not settled beforehand."""
        return int(getattr(settings, "steps", 0)) if self.learns else 0

    def keeps_best(self, settings: Any) -> bool:
        """Whether the set is to be that of its best moment."""
        return self.learns and getattr(settings, "kept", LAST) == BEST

    def n_spared(self, settings: Any) -> int:
        """Pairs fewer than asked for, in whose place something else is stored."""
        return int(getattr(settings, "spared", 0))
