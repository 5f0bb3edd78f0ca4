"""Blending within a batch equals the official one."""

import numpy as np
import torch

from explorer.learn.pairs.blending import Blend
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded


@recorded("vl_blend")
def test_both_sides_are_blended_as_recorded(case):
    arrays = tensors(read(case))
    blend = Blend(float(arrays["lam"]), arrays["perm"])
    close(blend(arrays["x"]), arrays["x_blend"])
    close(blend(arrays["y"]), arrays["y_blend"])


def test_a_blend_is_a_share_and_a_permutation():
    rng = np.random.default_rng(0)
    blends = [Blend.draw(7, 1.0, rng) for _ in range(200)]
    shares = np.array([blend.kept for blend in blends])
    assert shares.min() >= 0
    assert shares.max() <= 1
    assert abs(shares.mean() - 0.5) < 0.1
    assert all(sorted(blend.order.tolist()) == list(range(7)) for blend in blends)


def test_keeping_everything_changes_nothing():
    rows = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(Blend(1.0, torch.tensor([3, 2, 1, 0]))(rows), rows)
