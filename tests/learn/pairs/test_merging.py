"""Teachers between two experts equal the official ones."""

import pytest
import torch

from explorer.learn.pairs.merging import merge
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded

TENSORS = ("W", "b", "ln")


@recorded("vl_mdm")
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_merged_weights_equal_the_recorded_ones(case, share):
    arrays = tensors(read(case))

    def flat(prefix: str, suffix: str = "") -> torch.Tensor:
        return torch.cat([arrays[f"{prefix}_{name}{suffix}"].flatten() for name in TENSORS])

    sizes = [arrays[f"w0_{name}"].numel() for name in TENSORS]
    ends = [flat(f"w{number}") for number in range(3)]
    close(merge(*ends, sizes, share, opposed=True), flat("merged", f"_alpha{share}"))
    bounded = merge(*ends, sizes, share)
    n_agreeing = sum(sizes[:2])
    close(bounded[:n_agreeing], flat("merged", f"_alpha{share}")[:n_agreeing])
    close(bounded[n_agreeing:], ends[0][n_agreeing:])  # its displacements are opposed


def test_experts_that_agree_are_met_half_way_and_one_that_did_not_move_stays():
    start, moved = torch.zeros(4), torch.tensor([2.0, 4.0, 0.0, 0.0])
    assert merge(start, moved, moved, [2, 2], 0.5).tolist() == [1.0, 2.0, 0.0, 0.0]
    assert merge(start, moved, start, [2, 2], 0.5).tolist() == [0.0] * 4
