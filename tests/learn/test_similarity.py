"""Similarity of low rank equals the official one."""

import torch

from explorer.learn.similarity import LowRank
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded


@recorded("vl_losses")
def test_a_block_and_its_gradients_equal_the_recorded_ones(case):
    arrays = tensors(read(case))
    parts = [arrays[f"lr_{each}"].clone().requires_grad_() for each in ("a", "L", "R")]
    similarity = LowRank(*parts, float(arrays["lr_alpha"] / arrays["lr_rank"]))
    close(similarity.matrix(), arrays["lr_S"])
    rows = arrays["lr_idx"]
    block = similarity.matrix(rows)
    close(block, arrays["lr_S_batch"])
    (arrays["lr_w"] * block).sum().backward()
    for each, name in zip(parts, ("a", "L", "R"), strict=True):
        close(each.grad[rows], arrays[f"lr_grad_{name}"])


def test_it_starts_as_the_identity():
    similarity = LowRank.start(6, 2, 3.0, torch.Generator().manual_seed(0))
    assert torch.equal(similarity.matrix(), torch.eye(6))
    assert similarity.left.std() > 0.3
