"""Policies change images, and draw from what they are given alone."""

import pytest
import torch

from explorer.config import POLICIES
from explorer.learn.networks.image_policies import changed


@pytest.mark.parametrize("name", POLICIES)
def test_images_change_as_drawn_and_stay_levels(name):
    levels = torch.rand((6, 3, 8, 8), generator=torch.Generator().manual_seed(0)) * 1.2 - 0.1
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first, again, other = (
        changed(name, levels, torch.Generator().manual_seed(seed)) for seed in (5, 5, 6)
    )
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == levels.shape
    assert first.min() >= 0
    assert first.max() <= 1
