"""Teachers between two experts equal the official ones."""

import torch

from explorer.learn.pairs.merging import merge
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded, variants


@recorded("vl_mdm")
def test_merged_weights_equal_the_recorded_ones(case):
    arrays = tensors(read(case))
    names = [name for (name,) in variants(arrays, r"cos_(\w+)")]
    for name in names:
        start, *ends = (arrays[f"w{number}_{name}"].flatten() for number in range(3))
        mean = (ends[0] + ends[1]) / 2 - start
        moved = merge(start, *ends, [len(start)], 1.0, opposed=True) - start
        ratio = moved @ mean / (mean @ mean)  # 2c / (1 + c) of the cosine c
        close(ratio, arrays[f"ratio_{name}"])
        close(ratio / (2 - ratio), arrays[f"cos_{name}"])
    for (share,) in variants(arrays, rf"merged_{names[0]}_alpha(.+)"):
        for name in names:
            ends = [arrays[f"w{number}_{name}"].flatten() for number in range(3)]
            sizes, wanted = [len(ends[0])], arrays[f"merged_{name}_alpha{share}"].flatten()
            close(merge(*ends, sizes, float(share), opposed=True), wanted)
            bounded = merge(*ends, sizes, float(share))
            close(bounded, ends[0] if arrays[f"cos_{name}"] < 0 else wanted)


def test_experts_that_agree_are_met_half_way_and_one_that_did_not_move_stays():
    start, moved = torch.zeros(4), torch.tensor([2.0, 4.0, 0.0, 0.0])
    assert merge(start, moved, moved, [2, 2], 0.5).tolist() == [1.0, 2.0, 0.0, 0.0]
    assert merge(start, moved, start, [2, 2], 0.5).tolist() == [0.0] * 4
