"""What the method takes from labelled data beside its images, and where that is missing."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.methods.registry import find_method
from explorer.runs.config import RunConfig
from explorer.runs.distill import fill
from explorer.runs.estimate import estimate
from explorer.sets.folder import DistilledSet
from explorer.steps.embed import embed_texts
from explorer.store.store import Store
from tests.methods.test_every_method import quick
from tests.opened import resolved


@pytest.fixture
def run(few_scenes, bundle) -> RunConfig:
    method = "captions-dm"
    own = RunConfig(
        data=few_scenes, bundle=bundle.name, task="classification", method=method, size=1
    )
    return replace(own, settings=quick(own.settings), evaluation=quick(own.evaluation))


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "cache")


@pytest.mark.parametrize("lacking", ["captions", "masks"])
def test_data_without_captions_or_masks_is_refused_unless_they_weigh_nothing(lacking, run, store):
    context, check = resolved(store, run), find_method(run.method).check
    train = replace(context.dataset.labelled(), **{lacking: None})
    splits = {**context.dataset.splits, "train": train}
    without = replace(context, dataset=replace(context.dataset, splits=splits))
    weight = f"{lacking.removesuffix('s')}_weight"
    with pytest.raises(ConfigError, match=f"has no {lacking} of its images: set {weight} to 0, or"):
        check(without, run.settings)
    check(without, replace(run.settings, **{weight: 0}))
    check(context, run.settings)


def test_captions_are_read_once_and_the_images_never_embedded(run, store, tmp_path):
    context = resolved(store, run)
    told = {part.stage: part.why for part in estimate(store, run, context.dataset, "cpu").parts}
    assert "embed" not in told
    assert told["captions"].startswith("captions to read: ")
    fill(context, run, DistilledSet(tmp_path / "set"))
    assert not store.has(context.embedding)
    captions = context.dataset.labelled().captions
    read = store.peek(embed_texts(captions, context.models))
    assert read.shape[0] == len(captions)
    told = {part.stage: part.why for part in estimate(store, run, context.dataset, "cpu").parts}
    assert told["captions"] == told["pixels"] == "done already"


def test_with_weights_of_zero_a_set_is_that_of_plain_matching(run, store, tmp_path):
    own = replace(run, settings=replace(run.settings, kept="last"))
    zero = replace(own, settings=replace(own.settings, caption_weight=0, mask_weight=0))
    plain = own.with_method("dm")
    plain = replace(plain, settings=replace(quick(plain.settings), kept="last"))
    sets = []
    for each in (zero, plain, own):
        target = DistilledSet(tmp_path / f"{len(sets)}")
        fill(resolved(store, each), each, target)
        sets.append(np.stack([np.asarray(image) for image in images_of(target)]))
    assert np.array_equal(sets[0], sets[1])
    assert not np.array_equal(sets[1], sets[2])


def images_of(target: DistilledSet) -> list:
    from PIL import Image

    return [Image.open(path) for path in sorted(target.folder.rglob("*.png"))]
