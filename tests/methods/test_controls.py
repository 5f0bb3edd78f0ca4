"""What is chosen without clustering, or without drawing, so that claims have something to beat."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.geometry import cosine_rows
from explorer.runs.config import RunConfig, method_of
from explorer.steps.context import Context
from explorer.store.store import Store
from tests.opened import resolved


@pytest.fixture
def context(bundle, config, tmp_path) -> Context:
    return resolved(Store(tmp_path / "cache"), config)


def captions(context: Context, config: RunConfig) -> list[str]:
    states = method_of(config).make(context, config.settings, None)
    return [text for state in states for text in state.samples().texts]


def named(config: RunConfig, name: str, **settings) -> RunConfig:
    own = config.with_method(name)
    return replace(own, settings=replace(own.settings, **settings))


@pytest.mark.parametrize("name", ["random-filtered", "longest-caption"])
def test_pairs_that_pds_would_leave_out_are_not_drawn(context, config, name):
    embedded = context.embedded()
    fits = cosine_rows(np.asarray(embedded.image)[embedded.image_of_caption], embedded.caption)
    best = {embedded.captions[int(m)] for m in np.argsort(fits)[20:]}  # of 40
    for seed in range(3):
        assert set(captions(context, named(config, name, drop_fraction=0.5, seed=seed))) <= best


def test_without_a_filter_every_image_has_its_longest_caption(context, config):
    found = captions(context, named(config, "longest-caption", drop_fraction=0.0))
    assert len(set(found)) == len(found) == 11
    assert all("square number" in text for text in found)  # the other is "A red square."


def test_the_real_image_nearest_to_a_prototype_has_its_longest_caption_when_asked(context, config):
    longest = captions(context, named(config, "nearest-image", caption="longest"))
    assert all("square number" in text for text in longest)
    assert longest != captions(context, named(config, "nearest-image"))
