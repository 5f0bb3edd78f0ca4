"""What a step of trajectory matching meets; its gradients are held in test_trajectories.py."""

import numpy as np
import torch

from explorer.learn.images.following import RATE, Following, batches_of, following, with_rate
from explorer.learn.images.labelled import IMAGES
from explorer.learn.networks.convnet import ConvNet


def test_batches_are_chunks_of_a_permutation_and_the_short_one_comes_first():
    rng = torch.Generator().manual_seed(0)
    batches = list(batches_of(5, 4, 2, rng))
    assert [len(rows) for rows in batches] == [1, 2, 2, 1]
    assert sorted(torch.cat(batches[:3]).tolist()) == [0, 1, 2, 3, 4]
    assert [len(rows) for rows in batches_of(5, 2, 0, rng)] == [5, 5]


def test_a_step_towards_the_expert_lowers_the_loss():
    network = ConvNet(8, 2, width=4, depth=2)
    rng = torch.Generator().manual_seed(0)
    experts = np.stack([network.flat(network.init(rng)).numpy() for _ in range(2)])[None]
    how = Following(3, 1, 0, 0, (), truncated=False)
    objective = following(network, experts, torch.tensor([0, 1]), how)
    begin = with_rate(lambda rng: {IMAGES: torch.randn((2, 3, 8, 8), generator=rng)}, 0.05)
    params = begin(rng)
    before = objective(params, rng)
    moved = {IMAGES: params[IMAGES] - 10 * before.by_name[IMAGES], RATE: params[RATE]}
    assert objective(moved, rng).loss < before.loss
