"""Scenes is the same world everywhere, described truly, with rare things and wrong captions."""

from collections import Counter

import numpy as np
import pytest

from explorer.data.open import open_dataset
from explorer.scenes.captions import write_captions
from explorer.scenes.environments import ENVIRONMENTS, TIMES
from explorer.scenes.scene import draw_scene, mask_of_environment, mask_of_main_thing
from explorer.scenes.things import COLOURS, THINGS
from explorer.scenes.world import (
    N_CAPTIONS,
    open_labelled_scenes,
    open_scenes,
    scene_of,
    swapped_captions,
)

GOLDEN_CORNERS = [[78, 163, 233], [222, 238, 250], [116, 118, 128]]
GOLDEN_MEAN = [130.16, 156.2, 165.12]


@pytest.fixture(scope="module")
def world():
    return open_scenes(n_train=1500, n_val=50, n_test=50)


def test_the_first_captions_are_the_same_on_every_machine(world):
    assert list(world.splits["train"].captions[:5]) == [
        "a green kitten",
        "a green cat on a city street",
        "a green cat on a city street on a bright day",
        "a green kitten to the left on a city street by day",
        "a green kitten on the left, in a city on a bright day",
    ]


def test_the_first_image_is_the_same_up_to_a_pixels_rounding(world):
    image = np.asarray(world.splits["train"].open_image(0), dtype=float)
    assert image.shape == (128, 128, 3)
    corners = image[[4, 60, 123], [4, 20, 123]]
    assert np.abs(corners - GOLDEN_CORNERS).max() <= 2
    assert image.mean(axis=(0, 1)) == pytest.approx(GOLDEN_MEAN, abs=0.5)


def test_a_record_does_not_depend_on_how_many_there_are(world):
    few = open_scenes(n_train=3, n_val=1, n_test=1).splits
    assert list(few["test"].captions) == list(world.splits["test"].captions[:N_CAPTIONS])
    first, again = few["val"].open_image(0), world.splits["val"].open_image(0)
    assert np.array_equal(np.asarray(first), np.asarray(again))


def test_splits_and_seeds_share_no_scene():
    drawn = [
        scene_of(split, i, seed) for split in ("train", "val") for seed in (0, 1) for i in range(50)
    ]
    assert len({scene._replace(detail=()) for scene in drawn}) == len(drawn)


def test_the_fingerprint_changes_with_split_size_and_seed():
    prints = [
        pairs.fingerprint
        for world in (open_scenes(4, 4, 4), open_scenes(5, 4, 4), open_scenes(4, 4, 4, seed=1))
        for pairs in world.splits.values()
    ]
    assert len(set(prints)) == 3 * 3 - 2  # val and test of the first two worlds are equal


def test_captions_end_at_thirty_words_and_name_what_is_there(world):
    pairs = world.splits["test"]
    for image, attributes in enumerate(pairs.attributes):
        captions = pairs.captions[image * N_CAPTIONS : (image + 1) * N_CAPTIONS]
        assert max(len(caption.split()) for caption in captions) <= 30
        for thing in attributes["things"]:
            names = {"purple": ("purple", "violet")}.get(thing["colour"], (thing["colour"],))
            assert any(name in captions[-1] for name in names), captions[-1]


def test_sides_in_captions_are_true(world):
    pairs = world.splits["test"]
    for image, attributes in enumerate(pairs.attributes):
        full = pairs.captions[(image + 1) * N_CAPTIONS - 1].replace("centre", "middle")
        if len(attributes["things"]) == 1:
            assert attributes["things"][0]["side"] in full


def test_there_are_enough_kinds_and_the_first_are_the_frequent_ones(world):
    assert len(ENVIRONMENTS) >= 6
    assert len(TIMES) == 3
    assert len(THINGS) == 12
    assert len(COLOURS) == 8
    attributes = world.splits["train"].attributes
    colours = Counter(a["things"][0]["colour"] for a in attributes)
    environments = Counter(a["environment"] for a in attributes)
    assert colours["red"] > 2 * colours["pink"] > 0
    assert environments["meadow"] > 2 * environments["desert"] > 0
    assert Counter(len(a["things"]) for a in attributes).keys() == {1, 2, 3}


def test_four_percent_of_train_captions_stand_at_another_image(world):
    pairs, rows = world.splits["train"], swapped_captions(1500)
    assert 0.035 <= len(rows) / pairs.n_captions <= 0.04
    true = [c for i in range(1500) for c in write_captions(scene_of("train", i), (0, 0, i))]
    changed = {m for m, caption in enumerate(pairs.captions) if caption != true[m]}
    assert changed <= set(rows.tolist())
    assert all(pairs.captions[a] == true[b] for a, b in rows.reshape(-1, 2))


def test_more_captions_are_swapped_where_that_is_asked_for_and_of_train_alone():
    few, many = (open_scenes(60, 10, 10, swapped=share).splits for share in (0.04, 0.4))
    rows = swapped_captions(60, share=0.4)
    assert 0.35 <= len(rows) / 300 <= 0.4
    assert set(swapped_captions(60).tolist()) < set(rows.tolist())
    differ = {m for m in range(300) if few["train"].captions[m] != many["train"].captions[m]}
    assert differ <= set(rows.tolist())
    assert len(differ) > 60
    assert few["train"].fingerprint != many["train"].fingerprint
    assert few["test"].captions == many["test"].captions
    assert few["test"].fingerprint == many["test"].fingerprint


def test_every_kind_can_be_drawn_in_every_environment_and_at_every_time():
    scene = scene_of("train", 0)
    for environment in ENVIRONMENTS:
        for time in TIMES:
            things = tuple(scene.things[0]._replace(kind=kind) for kind in THINGS)
            image = draw_scene(scene._replace(environment=environment, time=time, things=things))
            assert image.size == (128, 128)
            assert image.mode == "RGB"


def levels(image):
    return np.asarray(image, dtype=int)


@pytest.mark.parametrize("kind", THINGS)
def test_a_mask_shows_where_the_main_thing_is_seen_whatever_its_colour(kind):
    for index in range(6):
        scene = scene_of("train", index)
        main, *others = scene.things
        others = [thing for thing in others if thing.kind != kind]
        painted = [
            scene._replace(things=(main._replace(kind=kind, colour=colour), *others))
            for colour in COLOURS
        ]
        masks = [levels(mask_of_main_thing(each)) for each in painted]
        assert all(np.array_equal(mask, masks[0]) for mask in masks)
        assert masks[0].shape == (128, 128)
        assert {masks[0].min(), masks[0].max()} == {0, 255}
        images = [levels(draw_scene(each)) for each in painted]
        differ = np.ptp(images, axis=0).max(axis=-1) > 0
        assert not differ[masks[0] == 0].any()  # but the thing, nothing has another colour


def test_where_the_environment_is_seen_there_is_no_thing():
    scene = scene_of("train", 2)
    assert len(scene.things) > 1
    mask = levels(mask_of_environment(scene))
    assert not mask[levels(mask_of_main_thing(scene)) == 255].any()
    shown = levels(draw_scene(scene))
    other = levels(draw_scene(scene._replace(things=scene.things[:1])))
    changed = (shown != other).any(axis=-1)
    assert (mask[changed] < 255).mean() > 0.7  # else it is the shadow of what is gone


def test_labelled_scenes_have_a_caption_and_a_mask_of_each_image():
    for what, mask_of in (("kinds", mask_of_main_thing), ("environments", mask_of_environment)):
        train = open_labelled_scenes(what, 4, 2, 2).labelled()
        scene = scene_of("train", 3)
        assert train.captions[3] == write_captions(scene, (0, 0, 3))[2]
        assert train.masks.n_images == train.n_images == len(train.captions)
        assert np.array_equal(levels(train.masks.open_image(3)), levels(mask_of(scene)))
        assert train.masks.fingerprint not in (train.fingerprint, train.same_images)


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
