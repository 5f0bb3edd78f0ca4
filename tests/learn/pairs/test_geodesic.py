"""Kernels and energies on the sphere equal the official ones."""

import pytest
import torch

from explorer.learn.networks.heads import unit
from explorer.learn.pairs.geodesic import energy, kernel, root
from explorer.learn.students.contrastive import TEMPERATURE, infonce
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded


@recorded("vl_mdm")
def test_a_kernel_and_the_energies_with_a_spread_equal_the_recorded_ones(case):
    arrays, kinds = tensors(read(case)), (("u", 0.5), ("g", 2.0))
    sigma = float(arrays["sigma"])
    close(kernel(arrays["u_syn"], arrays["u_real"], sigma), arrays["kernel_su_ru"])
    for name, spread in kinds:
        rows = arrays[f"{name}_syn"], arrays[f"{name}_real"]
        found = energy(*rows, sigma, with_itself=False, spread=spread)
        close(0.8 * found, arrays[f"div_{name}"])
        close(energy(*rows, sigma, with_itself=False), arrays[f"default_{name}"])
        close(0.8 * root(energy(*rows, sigma, with_itself=False)), arrays[f"script_{name}"])
    angle = arrays["angle_su_ru"]
    close(kernel(arrays["u_syn"], arrays["u_real"], 1.0), torch.exp(-angle.square() / 2))


@recorded("vl_mdm")
@pytest.mark.parametrize(
    ("way", "contrast", "weight", "spreads"),
    [("default", 0.1, 1.0, (1.0, 1.0)), ("div", 1.0, 0.8, (0.5, 2.0))],
)
def test_a_loss_of_plain_energies_equals_the_recorded_one(case, way, contrast, weight, spreads):
    arrays = tensors(read(case))
    rows, learned = arrays["batch"], {}
    for name in ("image", "text"):
        learned[name] = arrays[name].clone().requires_grad_()

    def placed(image, text):
        return unit(image.flatten(1) @ arrays["W_image"].T), unit(text @ arrays["W_text"].T)

    ours = placed(*(each[rows] for each in learned.values()))
    theirs = placed(arrays["real_image"], arrays["real_text"])
    logits = ours[0] @ ours[1].T / TEMPERATURE
    loss = contrast * infonce(logits, torch.eye(len(rows), dtype=logits.dtype))
    close(loss, arrays[f"{way}_nce"])
    for sign, spread in zip((1, -1), spreads, strict=True):
        sides = (unit(image + sign * text) for image, text in (ours, theirs))
        sigma = float(arrays["sigma"])
        loss = loss + weight * energy(*sides, sigma, with_itself=False, spread=spread)
    close(loss, arrays[f"{way}_loss"])
    loss.backward()
    for name, each in learned.items():
        close(each.grad, arrays[f"{way}_grad_{name}"])


def test_counting_itself_an_energy_is_never_negative_and_0_for_the_same_rows():
    rng = torch.Generator().manual_seed(0)
    rows = torch.nn.functional.normalize(torch.randn(40, 5, generator=rng), dim=1)
    assert abs(float(energy(rows, rows, 0.5))) < 1e-6
    pairs = [(rows[:n], rows[n : n + 6]) for n in range(2, 30)]
    assert all(float(energy(a, b, 0.5)) > 0 for a, b in pairs)
    assert any(float(energy(a, b, 0.5, with_itself=False)) < 0 for a, b in pairs)
