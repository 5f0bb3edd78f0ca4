"""Of grey images, what is learned is grey, by every method."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.methods.registry import all_methods
from explorer.runs.config import RunConfig, fitted
from explorer.runs.distill import fill
from explorer.runs.opening import open_run, resolve
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from tests.methods.test_every_method import quick
from tests.watching import Memory

LEARNING = [
    name
    for name, method in all_methods().items()
    if "classification" in method.tasks and method.learns and not method.reads_captions
]


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("name", LEARNING)
def test_a_set_of_grey_digits_is_grey(name, store, tmp_path):
    run = RunConfig(data="digits", task="classification", method=name, size=2)
    run = replace(run, settings=quick(run.settings), evaluation=quick(run.evaluation))
    opened = open_run(store, run, "cpu", Memory())
    own = fitted(run, opened.dataset)
    assert own.evaluation.n_channels == 1
    made = DistilledSet(tmp_path / "set")
    fill(resolve(opened, own), own, made)
    learned = made.learned()
    assert learned is not None
    if learned.images is not None:
        assert learned.images.shape[1] == 3
        assert np.ptp(learned.images, axis=1).max() == 0
    images = [np.asarray(Image.open(path)) for path in sorted(made.folder.rglob("*.png"))]
    assert images
    assert all((each == each[..., :1]).all() for each in images if each.ndim == 3)
