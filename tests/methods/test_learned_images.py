"""What the methods share that learn the images of classes."""

from dataclasses import replace

import pytest

from explorer.errors import ConfigError
from explorer.runs.config import RunConfig
from explorer.runs.distill import fill
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from tests.methods.test_every_method import quick_run
from tests.opened import resolved


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
