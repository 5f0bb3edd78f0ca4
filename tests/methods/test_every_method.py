"""What holds for every method, whoever brings it."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from explorer.methods.registry import all_methods
from explorer.runs.config import RunConfig, reseeded
from explorer.runs.distill import _about, fill
from explorer.runs.opening import resolve
from explorer.runs.writing import Writing
from explorer.sets.folder import DistilledSet
from explorer.settings import Settings, declared
from explorer.store.store import Store
from explorer.tasks.registry import TASKS
from tests.colours import write_classes
from tests.opened import opened

NETWORKS = ("heads", "whole")
"""What students of some methods may be."""


def has_networks(config: type[Settings]) -> bool:
    """Whether a method's students may be whole networks."""
    return any(each.choices == NETWORKS for each in declared(config))


MAKING = [
    (task, method.name, networks)
    for task in TASKS
    for method in all_methods().values()
    if method.make and task in method.tasks
    for networks in NETWORKS
    if networks == NETWORKS[0] or has_networks(method.config)
]
QUICK = {
    "steps": 3,
    "student_batch": 2,
    "student_steps": 2,
    "image_size": 8,
    "width": 4,
    "depth": 2,
    "epochs": 10,
    "experts": 2,
    "expert_epochs": 3,
    "latest_start": 1,
    "real_batch": 4,
    "updates": 2,
    "network_epochs": 1,
    "network_images": 6,
    "networks": 2,
    "oldest": 2,
    "restart": 2,
    "passes": 2,
    "network_steps": 3,
    "network_batch": 4,
    "basis": 20,
    "styles": 2,
    "looks": 2,
    "terms": 2,
    "generator_epochs": 1,
    "generator_width": 2,
    "codes": 3,
    "channels": 2,
    "draws": 2,
}
"""Settings that methods which learn share, so that a few seconds are enough."""


def content(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def quick_run(task: str, name: str, config: RunConfig, folder: Path) -> RunConfig:
    """A small run by a method, on colours with captions or with classes, or on few scenes."""
    if task == RunConfig.task:
        own = config.with_method(name)
    else:
        has_captions = all_methods()[name].reads_captions
        data = "few-scenes" if has_captions else str(write_classes(folder / "classes"))
        own = RunConfig(data=data, bundle=config.bundle, task=task, method=name, size=2)
    if name == "made-elsewhere":
        path = str(set_elsewhere(folder, own.size))
        return replace(own, settings=replace(own.settings, path=path))
    return replace(own, settings=quick(own.settings), evaluation=quick(own.evaluation))


def set_elsewhere(folder: Path, n: int) -> Path:
    """A set as LoRS saves one."""
    path, rng = folder / "distilled_7.pt", torch.Generator().manual_seed(0)
    image, text = torch.randn(n, 3, 8, 8, generator=rng), torch.randn(n, 5, generator=rng)
    torch.save({"image": image, "text": text, "similarity_mat": torch.eye(n)}, path)
    words = "\n".join(f"a boat, number {k}" for k in range(n))
    (folder / "synthetic_sentences_7.txt").write_text(words)
    return path


def quick(settings: Settings) -> Settings:
    kinds = {each.name: each.kind for each in declared(type(settings))}
    known = {name: value for name, value in QUICK.items() if kinds.get(name) is type(value)}
    return replace(settings, **known)


@pytest.mark.parametrize(("task", "name", "networks"), MAKING)
def test_a_set_whose_making_stops_after_any_state_ends_with_the_same_bytes(
    task, name, networks, config, few_scenes, tmp_path
):
    own = quick_run(task, name, config, tmp_path)
    if networks != NETWORKS[0]:
        own = replace(own, settings=replace(own.settings, networks=networks))
    make = all_methods()[name].make
    anew = partial(resolve, opened(Store(tmp_path / "cache"), own), own)
    fill(anew(), own, DistilledSet(tmp_path / "whole"))
    stops, n_states = 0, 0
    while stops == 0 or n_states > stops - 1:
        target = DistilledSet(tmp_path / f"stopped-{stops}")
        stopped = anew()
        target.begin(_about(stopped, own))
        writing = Writing(stopped, own, target, None)
        for n_states, state in enumerate(make(stopped, own.settings, None)):
            if n_states > stops:
                break
            writing.take(state)  # the generator is dropped after this one
        fill(anew(), own, target)
        assert content(target.folder) == content(tmp_path / "whole")
        stops += 1


@pytest.mark.parametrize("name", all_methods())
def test_its_settings_say_whether_chance_plays_a_part(name):
    method = all_methods()[name]
    assert (reseeded(method.config(), 1) != method.config()) == method.has_chance


@pytest.mark.parametrize("name", all_methods())
def test_it_says_what_it_is(name):
    method = all_methods()[name]
    assert method.about.endswith(".")
    assert method.label
    assert method.tasks


@pytest.mark.parametrize("name", [name for name, each in all_methods().items() if each.learns])
def test_of_what_is_learned_step_by_step_the_moment_can_be_chosen(name):
    names = {each.name for each in declared(all_methods()[name].config)}
    assert ("kept" in names) == ("steps" in names)
