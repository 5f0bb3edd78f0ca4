"""What the methods share that learn the images of classes."""

from dataclasses import replace

import pytest

from explorer.errors import BadDataError, ConfigError
from explorer.learn.optimise import Problem
from explorer.methods.base import LAST
from explorer.methods.kernel.frepo import POOLED
from explorer.runs.config import RunConfig
from explorer.runs.distill import fill
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from tests.methods.test_every_method import quick_run
from tests.opened import resolved


def test_frepo_learns_through_the_network_that_is_chosen(config, bundle, tmp_path):
    own: RunConfig = quick_run("classification", "frepo", config, tmp_path)
    learned = set()
    for network in POOLED:
        chosen = replace(own, settings=replace(own.settings, kept=LAST, pool_network=network))
        target = DistilledSet(tmp_path / network)
        fill(resolved(Store(tmp_path / "cache"), chosen), chosen, target)
        learned.add(target.learned().images.tobytes())
        assert (network in chosen.settings.network) == (network != POOLED[0])
    assert len(learned) == len(POOLED)


@pytest.mark.parametrize(
    ("name", "rate", "told"),
    [
        ("dm", "learning_rate", "lower learning_rate and begin"),
        ("dc", "network_rate", "lower learning_rate or network_rate and begin"),
        ("haba", "student_rate", "lower student_rate and begin"),
        ("frepo", "label_rate", "lower label_rate and begin"),
        ("mtt", "expert_rate", "lower expert_rate"),
    ],
)
def test_a_rate_that_is_too_high_is_named(name, rate, told, config, bundle, tmp_path):
    own: RunConfig = quick_run("classification", name, config, tmp_path)
    far = replace(own, settings=replace(own.settings, **{rate: 1e9}))
    context = resolved(Store(tmp_path / "cache"), far)
    with pytest.raises(ConfigError, match=f"{told}"):
        fill(context, far, DistilledSet(tmp_path / "set"))


def test_a_set_that_is_whole_is_not_learned_again(config, bundle, tmp_path, monkeypatch):
    own: RunConfig = quick_run("classification", "dm", config, tmp_path)
    context, target = resolved(Store(tmp_path / "cache"), own), DistilledSet(tmp_path / "set")
    rows = fill(context, own, target)
    monkeypatch.setattr(Problem, "__new__", lambda *of, **fields: pytest.fail("it was learned"))
    assert fill(context, own, target) == rows
    (target.images / rows[0].file_name).write_bytes(b"another")
    with pytest.raises(BadDataError, match="was changed"):
        fill(context, own, target)
