"""Crops, scalings and rotations equal the official ones, and each image has its own."""

import numpy as np
import torch

from explorer.learn.networks.augment import CROP
from explorer.learn.networks.crop_scale_rotate import ROTATE, SCALE, Call, changed, draw
from tests.recorded import read, recorded, variants


def official_calls(names: list[str], seed: int, n: int, side: int) -> list[Call]:
    """What `augment` draws from NumPy's global generator of this seed."""
    numpy, calls = np.random.RandomState(seed), []
    for _ in range(n):
        name = str(numpy.permutation(names)[0])
        if name == "crop":
            way = 2 * int(side * CROP + 0.5)
            drawn = [(numpy.permutation(way)[0] + 0.5) / way for _ in range(2)]
        elif name == "scale":
            drawn = [
                (numpy.uniform(1 - SCALE, 1 + SCALE) - 1 + SCALE) / (2 * SCALE) for _ in range(2)
            ]
        else:
            drawn = [(numpy.randint(-ROTATE, ROTATE) + ROTATE + 0.5) / (2 * ROTATE), 0.0]
        calls.append(Call(name, *map(float, drawn)))
    return calls


@recorded("img_dsa")
def test_each_operation_and_their_choice_equal_the_recorded_ones(case):
    arrays = read(case)
    x = torch.tensor(arrays["x"])
    for names, seed in variants(arrays, r"dcaug__(\w+)__npseed(\d+)"):
        calls = official_calls(names.split("_"), int(seed), len(x), x.shape[-1])
        expected = arrays[f"dcaug__{names}__npseed{seed}"]
        np.testing.assert_allclose(changed(x, calls), expected, rtol=1e-4, atol=1e-5, err_msg=names)


def test_each_image_has_a_call_of_its_own_and_all_are_drawn():
    calls = draw(torch.Generator().manual_seed(0), 30)
    assert {call.operation for call in calls} == {"crop", "scale", "rotate"}
    assert len(set(calls)) == 30
    assert draw(torch.Generator().manual_seed(0), 30) == calls
    one = torch.rand((1, 3, 32, 32), generator=torch.Generator().manual_seed(1))
    found = changed(one.expand(30, -1, -1, -1), calls)
    assert found.shape == (30, 3, 32, 32)
    assert len({tuple(each.flatten().tolist()) for each in found}) > 25


def test_in_the_middle_nothing_changes():
    x = torch.rand((3, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    calls = [Call("crop", 0.5, 0.5), Call("scale", 0.5, 0.5), Call("rotate", 0.5, 0.0)]
    torch.testing.assert_close(changed(x, calls), x)
