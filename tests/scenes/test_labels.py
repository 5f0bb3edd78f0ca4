"""Scenes by class."""

import numpy as np
import pytest

from explorer.data.open import open_dataset
from explorer.scenes.world import open_labelled_scenes, scene_of


@pytest.mark.parametrize("what", ["kinds", "environments"])
def test_scenes_are_labelled_by_what_is_truly_in_them(what):
    train = open_labelled_scenes(what, 40, 2, 2).labelled()
    for index, label in enumerate(train.labels):
        scene = scene_of("train", index)
        truth = scene.things[0].kind if what == "kinds" else scene.environment
        assert train.classes[label] == truth


def test_labelled_scenes_show_the_images_of_scenes_and_say_so():
    labelled, scenes = open_dataset("scenes:kinds"), open_dataset("scenes")
    train, same = labelled.labelled(), scenes.splits["train"]
    assert train.n_images == 6000
    assert np.array_equal(np.asarray(train.open_image(7)), np.asarray(same.open_image(7)))
    assert train.fingerprint != same.fingerprint
    for split in scenes.splits:
        assert labelled.captioned(split).same_images == scenes.splits[split].fingerprint
