"""Gradients that seek flat places equal the recorded ones."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.learn.inner.flatness import Flatness, flat_gradient
from tests.recorded import part, read, recorded


@recorded("img_ftd_gsam")
@pytest.mark.parametrize("tag", ["asam", "sam"])
def test_two_steps_lead_to_the_recorded_weights(case, tag):
    arrays = read(case)
    start = {n: torch.tensor(v) for n, v in part(arrays, "w0__").items()}
    sizes = [w.numel() for w in start.values()]
    x, y = torch.tensor(arrays["x"]), torch.tensor(arrays["y"])

    def loss(flat: torch.Tensor) -> torch.Tensor:
        parts = zip(start.values(), flat.split(sizes), strict=True)
        a, b, c, d = (each.view(own.shape) for own, each in parts)
        return functional.cross_entropy(torch.relu(x @ a.T + b) @ c.T + d, y)

    flat = torch.cat([w.reshape(-1) for w in start.values()])
    how = Flatness(float(arrays[f"{tag}__rho"]), float(arrays["alpha"]), tag == "asam")
    for step in range(2):
        found = flat_gradient(loss, flat, how)
        np.testing.assert_allclose(found.loss, arrays[f"{tag}__loss{step}"], rtol=1e-4)
        flat = flat - float(arrays["lr"]) * found.gradient
    expected = [v.reshape(-1) for v in part(arrays, f"{tag}__w2__").values()]
    np.testing.assert_allclose(flat, np.concatenate(expected), rtol=1e-4, atol=1e-6)
