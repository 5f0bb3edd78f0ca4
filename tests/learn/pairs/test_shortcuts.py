"""Shortcuts of trajectories equal the official ones."""

import numpy as np
import pytest

from explorer.learn.pairs.shortcuts import shortcut
from tests.recorded import read, recorded


@recorded("vl_ptm")
@pytest.mark.parametrize(("start", "end"), [(0, 6), (1, 8)])
def test_tensors_on_straight_lines_equal_the_recorded_ones(case, start, end):
    arrays = read(case)
    parts = [arrays[f"traj_p{layer}"][start:end].reshape(end - start, -1) for layer in range(3)]
    sizes = [part.shape[1] for part in parts]
    found = shortcut(np.concatenate(parts, axis=1), sizes)
    expected = [arrays[f"conv_{start}_{end}_p{n}"].reshape(end - start, -1) for n in range(3)]
    np.testing.assert_allclose(found, np.concatenate(expected, axis=1), rtol=1e-9, atol=1e-12)


def test_a_tensor_moves_as_far_as_its_own_path_had_come():
    """The first goes 0, 3, 4 (three quarters, then all), the second turns round and comes home."""
    snapshots = np.array([[0.0, 1.0], [3.0, 5.0], [4.0, 1.0]])
    assert shortcut(snapshots, [1, 1]).tolist() == [[0.0, 1.0], [3.0, 1.0], [4.0, 1.0]]
