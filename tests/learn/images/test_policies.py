"""Which networks the steps of learning meet."""

import numpy as np
import torch

from explorer.learn.images.policies import (
    MET,
    NETWORK,
    Training,
    cut_and_mix,
    disturbed,
    early,
    trained_on_set,
)
from explorer.learn.networks.convnet import ConvNet
from tests.recorded import part, read, recorded

NET = ConvNet(8, 2, width=4, depth=2)
TRAINING = Training(batch=2, rate=0.1)


def policy(epochs=lambda turn: 2):
    target = torch.tensor([0, 0, 1, 1])
    return trained_on_set(NET, 3, lambda params: params["images"], target, TRAINING, epochs)


def meetings(n: int):
    """What so many steps meet, one after the other."""
    rng, own = torch.Generator().manual_seed(0), policy()
    params = {**own.begin(rng), "images": torch.randn((4, 3, 8, 8), generator=rng)}
    found = []
    for _ in range(n):
        found.append(own.meet(params, rng))
        params = {**params, **found[-1].replaced}
    return found, params


def test_a_network_is_met_so_many_times_and_then_comes_a_new_one():
    found, params = meetings(7)
    assert [each.network for each in found] == [0, 0, 0, 1, 1, 1, 2]
    assert [each.turn for each in found] == [0, 1, 2, 0, 1, 2, 0]
    assert int(params[MET]) == 7


def test_it_is_trained_on_the_set_between_two_steps():
    found, params = meetings(3)
    target, losses = torch.tensor([0, 0, 1, 1]), []
    for each in found:
        logits = NET.outputs(each.weights, params["images"])
        losses.append(torch.nn.functional.cross_entropy(logits, target).item())
    assert losses[0] > losses[1] > losses[2]
    assert torch.equal(params[NETWORK], NET.flat(found[-1].weights))


@recorded("img_accdd")
def test_a_disturbed_network_equals_the_recorded_one(case):
    arrays = read(case)
    weights = {n: torch.tensor(v) for n, v in part(arrays, "w0__").items()}
    raw = [torch.tensor(arrays[f"raw_{number}"]) for number in range(2 * len(weights))]
    moved = weights
    for way, drawn in (("x", raw[: len(weights)]), ("y", raw[len(weights) :])):
        noise = dict(zip(weights, drawn, strict=True))
        whole = disturbed(weights, noise, 1.0)
        for number, (name, each) in enumerate(weights.items()):
            direction = arrays[f"d{way}_{number}"]
            np.testing.assert_allclose(whole[name] - each, direction, rtol=1e-4, atol=1e-6)
        by = disturbed(weights, noise, float(arrays[f"{way}coord"]))
        moved = {n: moved[n] + by[n] - weights[n] for n in weights}
    for name, expected in part(arrays, "w1__").items():
        np.testing.assert_allclose(moved[name], expected, rtol=1e-4, atol=1e-6)


def test_networks_of_a_pool_are_disturbed_but_for_their_biases():
    rng = torch.Generator().manual_seed(0)
    pool = NET.flat(NET.init(rng)).numpy()[None]
    found, was = NET.named(early(NET, pool, 0.01, 0.09)(rng)), NET.named(torch.tensor(pool[0]))
    for name, each in was.items():
        gap = (found[name] - each).norm()
        assert (gap == 0) if each.ndim == 1 else (0 < gap < 0.2 * each.norm())


def test_a_mixed_image_has_the_shares_of_its_pixels():
    rng = torch.Generator().manual_seed(1)
    x = torch.arange(2.0).repeat(8)[:, None, None, None].expand(16, 3, 8, 8)
    mixed, shares = cut_and_mix(x, torch.arange(16) % 2, 2, rng)
    assert torch.allclose(shares.sum(dim=1), torch.ones(16))
    assert torch.allclose(mixed.mean(dim=(1, 2, 3)), shares[:, 1])
    assert 0 < shares[:, 1].max() <= 1
