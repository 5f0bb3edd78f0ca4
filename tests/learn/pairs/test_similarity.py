"""Similarity of low rank equals the official one."""

import pytest
import torch

from explorer.learn.pairs.similarity import Full, Identity, OfLowRank, Shared
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded


@recorded("vl_losses")
def test_a_block_and_its_gradients_equal_the_recorded_ones(case):
    arrays = tensors(read(case))
    rank = int(arrays["lr_rank"])
    similarity = OfLowRank(rank, float(arrays["lr_alpha"] / rank))
    own = [arrays[f"lr_{each}"].clone().requires_grad_() for each in ("a", "L", "R")]
    parts = dict(zip(similarity.parts, own, strict=True))
    close(similarity.matrix(parts, torch.arange(len(own[0]))), arrays["lr_S"])
    rows = arrays["lr_idx"]
    block = similarity.matrix(parts, rows)
    close(block, arrays["lr_S_batch"])
    (arrays["lr_w"] * block).sum().backward()
    for each, name in zip(own, ("a", "L", "R"), strict=True):
        close(each.grad[rows], arrays[f"lr_grad_{name}"])


@pytest.mark.parametrize("kind", [Identity(), Full(), OfLowRank(2, 1.5), Shared(2, 1.5)])
def test_every_kind_starts_as_the_identity_and_gives_blocks_of_itself(kind):
    parts = kind.start(6, torch.Generator().manual_seed(0))
    assert tuple(parts) == kind.parts
    moved = {name: each + torch.randn(each.shape) for name, each in parts.items()}
    assert torch.equal(kind.matrix(parts, torch.arange(6)), torch.eye(6))
    rows = torch.tensor([4, 1, 5])
    whole = kind.matrix(moved, torch.arange(6))
    torch.testing.assert_close(kind.matrix(moved, rows), whole[rows][:, rows])


def test_factors_begin_where_they_have_a_gradient():
    assert OfLowRank(2, 1.5).start(6, torch.Generator().manual_seed(0))["left"].std() > 0.3


def test_a_shared_one_is_the_same_both_ways_and_by_hand():
    """diag(1, 1) and half of the sum of (1, 2) x (3, 0) and its transpose, times 2."""
    parts = {
        "own": torch.ones(2),
        "left": torch.tensor([[1.0], [2.0]]),
        "right": torch.tensor([[3.0], [0.0]]),
    }
    assert Shared(1, 2.0).matrix(parts, torch.arange(2)).tolist() == [[7.0, 6.0], [6.0, 1.0]]
