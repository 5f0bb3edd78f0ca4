"""Everything that a method or a task works with, resolved once per run."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.config import CLUSTERING_STARTS, Edit, PrototypeConfig
from explorer.engine.engine import HERE, Engine
from explorer.models.loaded import Models
from explorer.progress import Watcher
from explorer.steps.edits import make_edits
from explorer.steps.embed import embed
from explorer.steps.embeddings import Embedded, FoundPrototypes
from explorer.steps.forgetting import forgetting
from explorer.steps.grown import find_beginning
from explorer.steps.prototypes import Beginning, prototypes
from explorer.steps.subset import Subset, restrict, restricted_key
from explorer.store.step import Step
from explorer.store.store import Store
from explorer.types import Dataset

_NO_EARLIER = (
    "There are no prototypes by these settings of fewer of these images: clustering started from "
    "scratch."
)
_SHOWN = 20  # skipped images that are listed one by one


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a run works with; models are loaded, and embeddings computed, on first use."""

    store: Store
    dataset: Dataset
    models: Models
    watcher: Watcher
    size: int = 0
    """Pairs, or images per class; 0 where it is not for one set."""
    subset: Subset | None = None
    """The only rows to distill; None for all."""
    edits: tuple[Edit, ...] = ()
    """Changes made to the prototypes by hand, in order."""
    engine: Engine = HERE
    """Runs what can be done shard by shard."""
    until: float = math.inf
    """When to stop at the next state of a set, by the monotonic clock."""

    @cached_property
    def embedding(self) -> Step[Embedded]:
        """CLIP embeddings of all of train."""
        models = self.models
        return embed(
            self.dataset.captioned(), models.bundle, models.device, self.engine, self.store
        )

    @property
    def embed_key(self) -> str:
        """Key of the embeddings that are distilled."""
        key = self.embedding.key
        return restricted_key(key, self.subset) if self.subset else key

    @cached_property
    def n_rows(self) -> int:
        """Captions that are distilled; before they are embedded, those of the dataset."""
        if self.subset:
            return len(self.subset.rows)
        found = self.store.peek(self.embedding)
        return len(found.caption) if found else self.dataset.captioned().n_captions

    def embedded(self) -> Embedded:
        """The embeddings that are distilled."""
        return self._embedded

    @cached_property
    def _embedded(self) -> Embedded:
        found = self.store.fetch(self.embedding, self.watcher.report("embed"))
        if found.skipped:
            n_skipped = len(found.skipped)
            self._say(f"{n_skipped:,} images cannot be read and are left out:")
            for line in found.skipped[:_SHOWN]:
                self._say(line)
        if found.n_truncated:
            self._say(
                f"{found.n_truncated:,} captions are longer than the encoder reads; their ends "
                "are cut."
            )
        return restrict(found, self.subset) if self.subset else found

    def _say(self, text: str) -> None:
        self.watcher.say("embed", text)

    def prototypes(self, config: PrototypeConfig) -> Step[FoundPrototypes]:
        """The prototypes before any edit."""
        n_rows, embedded = self.n_rows, self.embedded
        n_classes, beginning = self.dataset.n_classes, self._beginning(config)
        return prototypes(
            *(self.embed_key, n_rows, self.size, config, embedded, self.engine, n_classes),
            beginning,
        )

    def _beginning(self, config: PrototypeConfig) -> Beginning | None:
        """What the prototypes start from, the same for all of a run: others may be made by then."""
        if self.subset:
            return None
        if config not in self._beginnings:
            self._beginnings[config] = find_beginning(
                self.store, self.dataset.captioned(), self.embedding, self.size, config
            )
        return self._beginnings[config]

    @cached_property
    def _beginnings(self) -> dict[PrototypeConfig, Beginning | None]:
        return {}

    def update(self, config: PrototypeConfig) -> str:
        """What became of the prototypes that these were to start from; "" where of none."""
        if config.clustering_start == CLUSTERING_STARTS[0]:
            return ""
        self.embedded()
        found = self.store.fetch(self.prototypes(config), self.watcher.report("prototypes"))
        return found.update or _NO_EARLIER

    def find_prototypes(self, config: PrototypeConfig) -> FoundPrototypes:
        """The prototypes after the edits."""
        self.embedded()  # first, so that its progress is told as its own
        if update := self.update(config):
            self.watcher.say("prototypes", update)
        found = self.store.fetch(self.prototypes(config), self.watcher.report("prototypes"))
        return make_edits(self.store, self.embedded(), found, self.edits)

    def forgetting(self, seed: int) -> Step[np.ndarray]:
        """How often a student forgets each pair."""
        return forgetting(self.embed_key, self.n_rows, seed, self.embedded)
