"""How long a run will take and how much memory, from what work cost on this machine before."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from explorer.config import RunConfig, SweepConfig
from explorer.models.bundles import choose_bundle
from explorer.pipeline.methods import find_method
from explorer.pipeline.rates import Rates, drawing_key, memory_key, on
from explorer.pipeline.stages.embedded import find_embedded, find_prototypes, fingerprint
from explorer.pipeline.stages.evaluate import find_chooser
from explorer.pipeline.stages.features import backbones_key, has_features
from explorer.pipeline.stages.forgetting import has_forgetting
from explorer.pipeline.stages.students import look_epochs, n_steps
from explorer.pipeline.store import Store
from explorer.pipeline.subset import find_subset, restricted_key
from explorer.pipeline.sweep import configs_of
from explorer.types import Dataset, Pairs

STAGES = ("embed", "prototypes", "synthesize", "evaluate")


class Part(NamedTuple):
    """One stage of a run."""

    stage: str  # one of STAGES
    seconds: float | None  # None where some of its work was not measured yet on this machine
    why: str  # what there is to do, for people


class Estimate(NamedTuple):
    parts: list[Part]  # in order
    memory_bytes: int | None  # what the last such run needed; None where none has ended yet

    @property
    def seconds(self) -> float | None:
        """Of all parts; None where one of them is not known."""
        known = [part.seconds for part in self.parts if part.seconds is not None]
        return sum(known) if len(known) == len(self.parts) else None


def estimate(store: Store, config: RunConfig, dataset: Dataset, device: str = "auto") -> Estimate:
    """Tells what a run would cost; nothing is computed, and no model is loaded.

    Args:
        store: Holds what is done already, and the rates.
        config: The run.
        dataset: What `config.data` names, opened.
        device: Where the networks will run.
    """
    return _estimate(store, config, dataset, device, [config])


def estimate_sweep(
    store: Store, config: RunConfig, plan: SweepConfig, dataset: Dataset, device: str = "auto"
) -> Estimate:
    """Tells what a sweep would cost; arguments as in `estimate`."""
    return _estimate(store, config, dataset, device, configs_of(config, plan))


class _Piece(NamedTuple):
    """Work of one kind."""

    stage: str
    n: int
    what: str  # for people, before the number
    seconds_each: float | None  # None where it was not measured yet


def _estimate(
    store: Store, shared: RunConfig, dataset: Dataset, device: str, configs: Sequence[RunConfig]
) -> Estimate:
    work = _Work(store, shared, dataset, device)
    makes = [config for config in configs if find_method(config.method).plan]
    pieces = [
        *(work.embed() if makes else ()),
        *(piece for config in _choosing(makes) for piece in work.choose(config)),
        *(piece for config in makes for piece in work.synthesize(config)),
        *work.see_held_out(),
        *(work.see_all() if len(makes) < len(configs) else ()),
        *(piece for config in configs for piece in work.train(config)),
    ]
    stages = STAGES if makes else STAGES[-1:]
    parts = [_part(stage, [each for each in pieces if each.stage == stage]) for stage in stages]
    return Estimate(parts, work.memory())


def _choosing(configs: Iterable[RunConfig]) -> Iterable[RunConfig]:
    """One of all that share what they choose their pairs by."""
    shared: dict[Any, RunConfig] = {}
    for config in configs:
        work, how = find_method(config.method).work, config.prototypes
        decides = {"choose": (config.method, how), "forgetting": how.seed}.get(work, how)
        shared.setdefault((work, decides), config)
    return shared.values()


class _Work:
    """What there is to do for one dataset and its models, and how long each piece takes.

    Everything that is read from the disk is read once, however many sets a sweep has.
    """

    def __init__(self, store: Store, shared: RunConfig, dataset: Dataset, device: str) -> None:
        self._store, self._rates, self._dataset = store, Rates(store).known(), dataset
        self._train, self._evaluation = dataset.splits["train"], shared.evaluation
        bundle = choose_bundle(shared)
        self._backbones = shared.evaluation.backbones or bundle.backbones
        self._encoder = on(device, fingerprint(bundle.encoder))
        self._decoder = drawing_key(bundle, shared.synthesis, device)
        self._features = backbones_key(self._backbones, device)
        self._memory = memory_key(shared, device)
        self._chooser = find_chooser(dataset, shared.evaluation)
        embedded = find_embedded(store, self._train, bundle)
        self._embed_key = embedded.key if embedded else None
        self._n_rows = len(embedded.caption) if embedded else self._train.n_captions
        if shared.subset:
            subset = find_subset(store, self._train, shared.subset)
            self._embed_key = embedded and restricted_key(embedded, subset)
            self._n_rows = len(subset.rows)

    def memory(self) -> int | None:
        """Bytes that the last such run needed."""
        known = self._rates.get(("memory", self._memory))
        return None if known is None else int(known)

    def embed(self) -> Iterator[_Piece]:
        if not self._embed_key:
            yield self._pictures("embed", self._train.n_images, "embed", self._encoder)
            yield self._captions("embed", self._train.n_captions)

    def choose(self, config: RunConfig) -> Iterator[_Piece]:
        work, how, n_rows = find_method(config.method).work, config.prototypes, self._n_rows
        if work == "prototypes":
            if self._embed_key and find_prototypes(self._store, self._embed_key, how):
                return
            each = self._each(n_rows * how.n_prototypes, work, how.clustering)
            yield _Piece("prototypes", 1, "clusterings", each)
        elif work == "forgetting":
            if self._embed_key and has_forgetting(self._store, self._embed_key, how.seed):
                return
            yield _Piece("prototypes", 1, "students of all pairs", self._each(n_rows, work))
        else:
            each = self._each(n_rows * how.n_prototypes, work, config.method)
            yield _Piece("prototypes", 1, "choices of pairs", each)

    def synthesize(self, config: RunConfig) -> Iterator[_Piece]:
        n_pairs, drawing = config.prototypes.n_prototypes, find_method(config.method).draws
        if drawing:
            each = self._each(config.synthesis.steps, "draw", self._decoder)
            yield _Piece("synthesize", n_pairs, "pictures to draw", each)
        else:
            yield _Piece("synthesize", n_pairs, "pictures to copy", self._each(1, "copy"))

    def see_held_out(self) -> Iterator[_Piece]:
        for name in dict.fromkeys((self._chooser, "test")):
            yield from self._see(self._dataset.splits[name])

    def see_all(self) -> Iterator[_Piece]:
        yield from self._see(self._train)

    def train(self, config: RunConfig) -> Iterator[_Piece]:
        n_pairs = config.prototypes.n_prototypes
        if find_method(config.method).plan:
            yield self._seen(n_pairs)
        else:
            n_pairs = self._n_rows
        chooser = self._dataset.splits[self._chooser]
        n_scores = len(look_epochs(self._evaluation.epochs)) * chooser.n_images * chooser.n_captions
        for backbone in self._backbones:
            name = Path(backbone).name
            steps = self._each(n_steps(n_pairs, self._evaluation), "train", name)
            looks = self._each(n_scores, "look", name)
            each = None if steps is None or looks is None else steps + looks
            yield _Piece("evaluate", self._evaluation.n_seeds, "students", each)

    def _see(self, pairs: Pairs) -> Iterator[_Piece]:
        if not has_features(self._store, pairs, self._backbones):
            yield self._seen(pairs.n_images)
            yield self._captions("evaluate", pairs.n_captions)

    def _seen(self, n: int) -> _Piece:
        return self._pictures("evaluate", n, "features", self._features)

    def _pictures(self, stage: str, n: int, work: str, models: str) -> _Piece:
        return _Piece(stage, n, "pictures to read", self._each(1, work, models))

    def _captions(self, stage: str, n: int) -> _Piece:
        return _Piece(stage, n, "captions to read", self._each(1, "read", self._encoder))

    def _each(self, n: int, work: str, models: str = "") -> float | None:
        rate = self._rates.get((work, models))
        return None if rate is None else n * rate


def _part(stage: str, pieces: Sequence[_Piece]) -> Part:
    numbers: dict[str, int] = {}
    for piece in pieces:
        numbers[piece.what] = numbers.get(piece.what, 0) + piece.n
    why = ", ".join(f"{what}: {n:,}" for what, n in numbers.items())
    known = [each.n * each.seconds_each for each in pieces if each.seconds_each is not None]
    seconds = sum(known) if len(known) == len(pieces) else None
    return Part(stage, seconds, why or "done already")
