"""What students of pairs see: which splits, in how many views, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.progress import silent
from explorer.scenes.world import open_labelled_scenes
from explorer.store.store import Store
from explorer.tasks.retrieval_splits import of_backbone, seen_splits, selection_split
from explorer.tasks.retrieval_students import RetrievalConfig
from explorer.tasks.task import Trained
from tests.opened import resolved


@pytest.fixture
def context(config, tmp_path):
    return resolved(Store(tmp_path), config)


def seen_of(context, config, split=None):
    own = Trained(split or context.dataset.pairs("val"))
    return seen_splits(context, own, config, silent)


@pytest.mark.parametrize(
    ("protocol", "splits"), [("honest", ["train", "val", "test"]), ("paper", ["train", "test"])]
)
def test_what_is_trained_on_the_choosing_split_and_test_are_seen_each_once(
    context, protocol, splits
):
    seen = seen_of(context, RetrievalConfig(protocol=protocol))
    assert list(seen) == splits
    val = context.dataset.pairs("val")
    assert len(seen["train"].number) == val.n_images  # the set, here: val's pairs
    np.testing.assert_array_equal(seen["train"].image_of_caption, val.image_of_caption)


def test_views_of_a_set_are_stacked_and_other_students_than_without(context):
    plain, cropped = (seen_of(context, RetrievalConfig(views=n))["train"] for n in (0, 2))
    assert plain.key != cropped.key
    for name, features in cropped.image.items():
        assert features.shape == (2, *plain.image[name].shape)


def test_each_network_has_what_it_sees_under_a_key_of_its_own(context):
    config = RetrievalConfig()
    seen = seen_of(context, config)["test"]
    first, second = (of_backbone(context, seen, each, config) for each in seen.image)
    assert first.key != second.key
    assert first.text is second.text


def test_data_without_the_split_that_chooses_and_sets_of_classes_are_refused(context):
    dataset, config = context.dataset, RetrievalConfig()
    bare = replace(dataset, splits={"train": dataset.pairs(), "test": dataset.pairs("test")})
    with pytest.raises(ConfigError, match="no val split to score on"):
        selection_split(bare, config)
    classes = open_labelled_scenes("kinds", n_train=1, n_val=1, n_test=1).labelled()
    with pytest.raises(ConfigError, match="this set has classes"):
        seen_of(context, config, classes)
