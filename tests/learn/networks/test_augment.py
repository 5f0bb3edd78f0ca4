"""Siamese augmentation: the official numbers, and what siamese means."""

import numpy as np
import pytest
import torch

from explorer.learn.networks.augment import (
    ALWAYS_FIRST,
    ALWAYS_LAST,
    CROP,
    GROUPS,
    OPERATIONS,
    Augmentation,
    Draws,
    draw,
)
from tests.recorded import as_json, read, recorded

N_DRAWS = {name: 2 if name in ("crop", "cutout", "scale") else 1 for name in OPERATIONS}


def numbers_of(operation: str, drawn: list, side: int, siamese: bool) -> Draws:
    """Recorded draws as numbers in [0, 1)."""
    both = [np.array(values, dtype=np.float64) for _, values in drawn]
    if operation == "crop":
        way = int(side * CROP + 0.5)
        both = [(each + way + 0.5) / (2 * way + 1) for each in both]
    if operation == "cutout":
        both = [(each + 0.5) / (side + 1) for each in both]
    both = [torch.tensor(each[:1] if siamese else each) for each in both]
    return Draws(both[0], both[-1])


@recorded("img_dsa")
def test_each_operation_equals_the_recorded_one(case):
    arrays = read(case)
    x = torch.tensor(arrays["x"])
    for name, drawn in as_json(arrays, "draws").items():
        kind, mode, _ = name.split("__")
        if not kind.startswith("rand_"):
            continue
        operation = kind.removeprefix("rand_")
        draws = numbers_of(operation, drawn, x.shape[2], mode == "siamese")
        draws = Draws(*(each.expand(len(x)) for each in draws))
        found = OPERATIONS[operation](x, draws)
        np.testing.assert_allclose(found, arrays[name], rtol=1e-4, atol=1e-5, err_msg=name)


@recorded("img_dsa")
def test_a_whole_call_equals_the_recorded_one_whatever_the_number_of_images(case):
    arrays = read(case)
    for name, (first, *drawn) in as_json(arrays, "draws").items():
        if not name.startswith("full__"):
            continue
        group = list(GROUPS)[first[1][0]]
        each_has = len(drawn) // len(GROUPS[group])
        parts = [drawn[at : at + each_has] for at in range(0, len(drawn), each_has)]
        draws = tuple(
            numbers_of(operation, own, arrays["x"].shape[2], siamese=True)
            for operation, own in zip(GROUPS[group], parts, strict=True)
        )
        call = Augmentation(group, draws)
        for x, stored in (("x", name), ("x2", name.replace("full_", "full_x2_"))):
            if stored in arrays:
                found = call(torch.tensor(arrays[x]))
                np.testing.assert_allclose(found, arrays[stored], rtol=1e-4, atol=1e-5)


@recorded("img_dsa")
def test_all_operations_one_after_another_equal_the_recorded_call(case):
    arrays = read(case)
    for name, drawn in as_json(arrays, "draws").items():
        if name.startswith("multi__siamese"):
            left, x = list(drawn), torch.tensor(arrays["x"])
            for group in str(arrays["strategy"]).split("_"):
                for operation in GROUPS[group]:
                    own, left = left[: N_DRAWS[operation]], left[N_DRAWS[operation] :]
                    draws = numbers_of(operation, own, x.shape[2], siamese=True)
                    x = OPERATIONS[operation](x, Draws(*(each.expand(len(x)) for each in draws)))
            assert not left
            np.testing.assert_allclose(x, arrays[name], rtol=1e-4, atol=1e-5)


@recorded("img_idc")
def test_calls_of_a_whole_batch_equal_the_recorded_ones(case):
    arrays = read(case)
    x = torch.tensor(arrays["aug__x"])
    for name, drawn in as_json(arrays, "draws").items():
        groups, _, seed = name.rpartition("_")
        numbers = [value for _, value in drawn]
        others = [g for g in GROUPS if groups == "full" or g in groups]
        others = [g for g in others if g not in (*ALWAYS_FIRST, *ALWAYS_LAST)]
        found = x
        for group in ("flip", "color", "", "cutout"):
            if group == "flip" and groups != "full":
                continue
            for operation in GROUPS[group or others[numbers.pop(0)]]:
                own = [["", [numbers.pop(0)]] for _ in range(N_DRAWS[operation])]
                draws = numbers_of(operation, own, x.shape[2], siamese=True)
                draws = Draws(*(each.float().expand(len(x)) for each in draws))
                found = OPERATIONS[operation](found, draws)
        stored = "augfull" if groups == "full" else "aug"
        expected = arrays[f"{stored}__batch__npseed{seed}"]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5, err_msg=name)
        assert not numbers


@pytest.mark.parametrize("seed", range(12))
def test_a_siamese_call_changes_equal_images_equally(seed):
    rng = torch.Generator().manual_seed(seed)
    image = torch.rand((1, 3, 9, 9), generator=rng)
    call = draw(rng)
    together = call(image.expand(4, -1, -1, -1))
    assert torch.allclose(together, call(image).expand_as(together))


def test_a_call_of_n_images_changes_them_differently():
    rng = torch.Generator().manual_seed(0)
    image = torch.rand((1, 3, 16, 16), generator=rng).expand(8, -1, -1, -1)
    changed = draw(rng, ("rotate",), n=8)(image)
    assert len({tuple(each.flatten().tolist()) for each in changed}) == 8


def test_gradients_reach_the_images():
    for group in GROUPS:
        x = torch.rand((2, 3, 8, 8), requires_grad=True)
        draw(torch.Generator().manual_seed(0), (group,))(x).sum().backward()
        assert x.grad.abs().sum() > 0
