"""What the methods share that match experts' trajectories."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.methods.learned_pairs import STARTS, RealPairs, start_rows, steps
from explorer.models.loaded import Models
from explorer.runs.config import RunConfig, method_of
from explorer.runs.distill import Opened, open_dataset, resolve
from explorer.steps.context import Context
from explorer.store.store import Store
from tests.watching import Memory


@pytest.fixture
def own(config) -> RunConfig:
    found = config.with_method("lors")
    quick = replace(found.settings, steps=2, experts=1, expert_epochs=1, student_steps=2)
    return replace(found, settings=quick)


@pytest.fixture
def context(bundle, own, tmp_path) -> Context:
    opened = Opened(open_dataset(own.data), Models(bundle, "cpu"))
    return resolve(Store(tmp_path / "cache"), own, opened, Memory())


def starting(own: RunConfig, start: str, seed: int = 0) -> RunConfig:
    return replace(own, settings=replace(own.settings, start=start, seed=seed))


@pytest.mark.parametrize("start", STARTS)
def test_learning_begins_with_real_pairs_of_the_kind_that_is_asked_for(context, own, start):
    settings = starting(own, start).settings
    real = RealPairs(context, start_rows(context, settings))
    assert len(real.rows) == len(real.images()) == own.size
    assert real.captions(real.text) == [context.embedded().captions[int(m)] for m in real.rows]
    if start == "longest":  # of most images; of some the filter takes the longer one
        assert sum("square number" in text for text in real.captions(real.text)) > own.size / 2


@pytest.mark.parametrize("start", STARTS)
def test_what_it_begins_with_is_known_before_and_drawn_by_the_seed(context, own, start):
    settings = starting(own, start).settings
    names = [step.name for step in steps(context, settings)]
    assert ("prototypes" in names) == (start == "prototypes")
    again = start_rows(context, starting(own, start, seed=5).settings)
    assert not np.array_equal(start_rows(context, settings), again)


def test_a_set_that_begins_with_prototypes_begins_with_the_real_pairs_nearest_to_them(context, own):
    as_it_is = starting(own, "prototypes")
    first = next(iter(method_of(own).make(context, as_it_is.settings, None))).samples()
    expected = RealPairs(context, start_rows(context, as_it_is.settings))
    np.testing.assert_allclose(first.text_embeddings, expected.text, rtol=1e-6)


def test_a_set_in_phases_needs_a_pair_a_step_and_an_epoch_for_each(context, own):
    phased = replace(own, method="ptm-st", settings=None)
    for short in ({"steps": 2}, {"expert_epochs": 2}):
        settings = replace(phased.settings, phases=3, **short)
        with pytest.raises(ConfigError, match="3 phases need"):
            method_of(phased).check(context, settings)
    method_of(phased).check(context, replace(phased.settings, phases=3))


@pytest.mark.parametrize("name", ["lors", "repblend"])
def test_an_average_and_shortcuts_are_options_of_others(context, own, name):
    other = own.with_method(name)
    usual = replace(other.settings, steps=3, experts=1, expert_epochs=3, student_steps=2)
    ways = [usual, replace(usual, average=0.9), replace(usual, shortcut=True)]
    last = [list(method_of(other).make(context, way, None))[-1].samples() for way in ways]
    texts = [each.text_embeddings for each in last]
    assert not np.allclose(texts[0], texts[1], rtol=1e-6)
    assert not np.allclose(texts[0], texts[2], rtol=1e-6)
