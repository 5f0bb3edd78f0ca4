"""How long a run will take and how much memory, from what such work cost before."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from explorer.models.loaded import Models
from explorer.progress import NOBODY
from explorer.runs.about import STAGES, stages_of
from explorer.runs.config import (
    RunConfig,
    SweepConfig,
    bundle_of,
    fitted,
    method_of,
    task_of_run,
)
from explorer.runs.opening import resolve
from explorer.runs.sweep import configs_of
from explorer.sets.moments import is_moment
from explorer.settings import declared
from explorer.steps.context import Context
from explorer.store.rates import Rate, on
from explorer.store.step import Step, Work
from explorer.store.store import Store
from explorer.tasks.task import Costs
from explorer.types import Dataset


class Part(NamedTuple):
    """One stage of a run."""

    stage: str  # one of STAGES
    seconds: float | None  # None where some of its work was never measured
    why: str  # what there is to do, for people
    is_rough: bool = False  # some of its work was measured on another machine only


class Estimate(NamedTuple):
    parts: list[Part]  # in order
    memory_bytes: int | None  # what the last such run needed; None where none has ended yet

    @property
    def seconds(self) -> float | None:
        """Of all parts; None where one of them is not known."""
        known = [part.seconds for part in self.parts if part.seconds is not None]
        return sum(known) if len(known) == len(self.parts) else None

    @property
    def by_stage(self) -> dict[str, float]:
        """Seconds of each part; empty where one of them is not known."""
        known = {part.stage: part.seconds for part in self.parts if part.seconds is not None}
        return known if len(known) == len(self.parts) else {}


def estimate(store: Store, config: RunConfig, dataset: Dataset, device: str = "auto") -> Estimate:
    """Tells what a run on an opened dataset would cost; nothing is computed, no model is loaded."""
    return _estimate(store, config, dataset, device, [config])


def estimate_sweep(
    store: Store, config: RunConfig, plan: SweepConfig, dataset: Dataset, device: str = "auto"
) -> Estimate:
    """Tells what a sweep would cost; arguments as in `estimate`."""
    return _estimate(store, config, dataset, device, configs_of(config, plan))


def memory_key(config: RunConfig, device: str) -> str:
    """What a run's peak memory is noted under: data, models, method, unusual choices and device."""
    chosen = [
        f"{each.name}={value}"
        for own in (config.settings, config.evaluation)
        for each in declared(type(own))
        if each.choices and (value := getattr(own, each.name)) != each.default
    ]
    named = [config.data, bundle_of(config).label, config.method, *chosen]
    return on(device, " ".join(named))


def _estimate(
    store: Store, shared: RunConfig, dataset: Dataset, device: str, configs: Sequence[RunConfig]
) -> Estimate:
    rates, configs = store.rates.guessed(), [fitted(each, dataset) for each in configs]
    models = Models(bundle_of(shared), device)
    opened = Context(store=store, dataset=dataset, models=models, watcher=NOBODY)
    first = resolve(opened, configs[0])
    sizes = {config.size for config in configs}
    contexts = {size: replace(first, size=size) for size in sizes}
    work = list(_work(store, [(config, contexts[config.size]) for config in configs]))
    there = {each.stage for each in work}
    own = (stages_of(method_of(config), task_of_run(config)) for config in configs)
    told = there.union(*own, ("evaluate",))
    stages = [stage for stage in STAGES if stage in told]
    parts = [
        _part(stage, [each for each in work if each.stage == stage], rates) for stage in stages
    ]
    needed = [rates.get(("memory", memory_key(each, device))) for each in configs]
    known = [int(rate.cost) for rate in needed if rate]
    return Estimate(parts, max(known) if len(known) == len(needed) else None)


def _work(store: Store, runs: Sequence[tuple[RunConfig, Context]]) -> Iterator[Work]:
    """All work of the runs that is not done yet; what they share is there once."""
    seen: set[str] = set()
    costs: dict[int | None, Costs] = {}

    def missing(steps: Iterable[Step[Any]]) -> Iterator[Work]:
        for step in steps:
            if step.key not in seen:
                seen.add(step.key)
                yield from () if store.has(step) else step.to_do

    for config, context in runs:
        method = method_of(config)
        if method.make:
            if method.encodes(task_of_run(config).embeds):
                yield from missing([context.embedding])
            yield from missing(method.steps(context, config.settings))
            yield from method.cost(context, config.settings)
            yield from _looks(config, context)
        size = config.size if method.make else None
        if size not in costs:
            costs[size] = task_of_run(config).cost(context, config.evaluation, size)
        yield from missing(costs[size].steps)
        yield from costs[size].work


def _looks(config: RunConfig, context: Context) -> Iterator[Work]:
    """What it takes to look at a set that is learned, at its moments."""
    n_steps = method_of(config).n_steps(config.settings)
    if n_steps:
        n = sum(is_moment(step, n_steps) for step in range(n_steps + 1))
        for work in task_of_run(config).looking(context, config.evaluation):
            yield work._replace(n=n * work.n)


def _part(stage: str, work: Sequence[Work], rates: dict[tuple[str, str], Rate]) -> Part:
    numbers: dict[str, int] = {}
    for each in work:
        if each.what:
            numbers[each.what] = numbers.get(each.what, 0) + each.n
    told = [f"{what}: {n:,}" for what, n in numbers.items()]
    if n_bytes := sum(each.n_bytes for each in work):
        told.append(f"{n_bytes / 2**20:,.0f} MiB on disk")
    why = ", ".join(told)
    found = [(each, rates.get((each.kind, each.by))) for each in work]
    known = [each.n * each.each * rate.cost for each, rate in found if rate]
    seconds = sum(known) if len(known) == len(found) else None
    is_rough = any(rate.is_rough for _, rate in found if rate)
    return Part(stage, seconds, why or "done already", is_rough)
