"""What a scene is made of."""

import json

import numpy as np
import pytest

from explorer.scenes.scene import (
    Scene,
    Thing,
    draw_scene,
    mask_of_environment,
    mask_of_main_thing,
    sample_scene,
)

TENT = Thing("tent", "red", x=64.0, foot=116.0, height=40.0, flip=False)


def test_the_same_seed_gives_the_same_scene_and_another_one_another():
    assert sample_scene((3, 5)) == sample_scene([3, 5])
    assert sample_scene((3, 5)) != sample_scene((3, 6))


def test_the_things_of_a_scene_are_one_to_three_of_different_kinds():
    scenes = [sample_scene((0, i)) for i in range(200)]
    assert {len(scene.things) for scene in scenes} == {1, 2, 3}
    for scene in scenes:
        assert len({thing.kind for thing in scene.things}) == len(scene.things)
        assert len({thing.side for thing in scene.things}) == len(scene.things)


@pytest.mark.parametrize(
    ("x", "side"), [(-3, "left"), (42.9, "left"), (43, "middle"), (86, "right"), (140, "right")]
)
def test_the_side_of_a_thing_is_a_third_of_the_image(x, side):
    assert TENT._replace(x=x).side == side


def test_attributes_are_json_and_tell_all_that_captions_may_say():
    told = json.loads(json.dumps(Scene("forest", "night", (TENT,), (1,)).attributes()))
    assert (told["environment"], told["time"]) == ("forest", "night")
    (thing,) = told["things"]
    assert (thing["kind"], thing["colour"], thing["side"]) == ("tent", "red", "middle")


def test_masks_show_the_main_thing_where_it_is_and_the_rest_elsewhere():
    scene = Scene("forest", "day", (TENT,), (1,))
    main, around = (np.asarray(of(scene)) > 128 for of in (mask_of_main_thing, mask_of_environment))
    rows, columns = np.nonzero(main)
    assert 116 - 40 - 6 <= rows.min() < rows.max() <= 118
    assert abs(columns.mean() - 64) < 3
    assert not (main & around).any()
    assert (main | around).mean() > 0.99
    blue = scene._replace(things=(TENT._replace(colour="blue"),))
    images = [np.asarray(draw_scene(each)).astype(int) for each in (scene, blue)]
    changed = np.abs(images[0] - images[1]).max(axis=-1) > 100  # beyond what edges are smoothed by
    assert changed.sum() > 0.3 * main.sum()
    assert not (changed & ~main).any()
