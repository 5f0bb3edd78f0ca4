"""Shortcuts of trajectories equal the official ones."""

import numpy as np

from explorer.learn.pairs.shortcuts import shortcut
from tests.recorded import read, recorded, variants


@recorded("vl_ptm")
def test_tensors_on_straight_lines_equal_the_recorded_ones(case):
    arrays = read(case)
    layers = [name for (name,) in variants(arrays, r"traj_(p\d+)")]
    for ends in variants(arrays, rf"conv_(\d+)_(\d+)_{layers[0]}"):
        start, end = map(int, ends)
        parts = [arrays[f"traj_{name}"][start:end].reshape(end - start, -1) for name in layers]
        found = shortcut(np.concatenate(parts, axis=1), [part.shape[1] for part in parts])
        wanted = [arrays[f"conv_{start}_{end}_{n}"].reshape(end - start, -1) for n in layers]
        np.testing.assert_allclose(found, np.concatenate(wanted, axis=1), rtol=1e-9, atol=1e-12)


def test_a_tensor_moves_as_far_as_its_own_path_had_come():
    """The first goes 0, 3, 4 (three quarters, then all), the second turns round and comes home."""
    snapshots = np.array([[0.0, 1.0], [3.0, 5.0], [4.0, 1.0]])
    assert shortcut(snapshots, [1, 1]).tolist() == [[0.0, 1.0], [3.0, 1.0], [4.0, 1.0]]
