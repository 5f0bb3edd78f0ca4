"""Gradients of whole trainings equal those of the official code and of autograd."""

from functools import partial

import pytest
import torch
from torch.nn import functional

from explorer.learn.images.parametrisations import summed
from explorer.learn.inner.reversible import Reversible
from explorer.learn.inner.unrolled import Descent, Kept, unroll
from tests.learn.towers import close, tensors
from tests.recorded import part, read, recorded


def leaf(values: torch.Tensor) -> torch.Tensor:
    return values.clone().requires_grad_()


def small_network(n_classes: int, flat: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """One hidden layer without biases, as wide as the weights say."""
    width = len(flat) // (x[0].numel() + n_classes)
    first, last = flat.split([x[0].numel() * width, width * n_classes])
    return torch.tanh(x.flatten(1) @ first.view(-1, width)) @ last.view(width, -1)


@recorded("img_dd")
@pytest.mark.parametrize("tag", ["hard", "soft"])
def test_plain_steps_of_learned_rates_equal_the_recorded_ones(case, tag):
    arrays = read(case)
    own, outputs = (
        tensors(part(arrays, f"{tag}__")),
        partial(small_network, arrays["soft__labels"].shape[-1]),
    )
    images, raw = leaf(own["data"]), leaf(own["raw_lr"])
    labels = leaf(own["labels"]) if tag == "soft" else own["labels"]
    rates = functional.softplus(raw)

    def loss(step, flat):
        block = step % len(images)
        return functional.cross_entropy(outputs(flat, images[block]), labels[block])

    inputs = [images, labels] if tag == "soft" else [images]
    found = unroll(
        loss,
        lambda flat: functional.cross_entropy(outputs(flat, own["x"]), own["y"]),
        own["w0"],
        Descent(rates.detach().flatten(), torch.zeros(len(rates))),
        inputs,
    )
    (by_raw,) = torch.autograd.grad(rates, raw, found.rates.view_as(rates))
    close(found.loss, own["loss"], 1e-5)
    close(found.end, own["w_final"], 1e-4)
    close(found.inputs[0], own["ddata"], 1e-3)
    close(by_raw, own["draw_lr"], 1e-3)
    if tag == "soft":
        close(found.inputs[1], own["dlabels"], 1e-3)


@recorded("img_linba")
def test_sums_of_shared_images_and_steps_with_momentum_equal_the_recorded_ones(case):
    raw = read(case)
    own, weights = tensors(raw), tensors(part(raw, "w0__"))
    sizes = [each.numel() for each in weights.values()]
    basis, coefficients = leaf(own["basis"]), leaf(own["coef"])
    side = own["upsampled"].shape[-1]
    shape = own["combined"].shape[1:]
    assert side == shape[-1] * int(own["downsample_scale"])
    small = summed(coefficients, basis, shape, shape[-1])
    close(small[own["combined_idx"]], own["combined"], 1e-4)
    images = summed(coefficients, basis, shape, side)
    close(images[own["combined_idx"]], own["upsampled"], 1e-4)
    seen = leaf(images.detach())

    def outputs(flat, x):
        named = dict(zip(weights, flat.split(sizes), strict=True))
        w, b, v, c = (named[n].view_as(each) for n, each in weights.items())
        return functional.linear(torch.relu(functional.linear(x.flatten(1), w, b)), v, c)

    n = int(raw["inner_steps"])
    found = unroll(
        lambda step, flat: functional.cross_entropy(outputs(flat, seen), own["labels"]),
        lambda flat: functional.cross_entropy(outputs(flat, own["real"]), own["real_labels"]),
        torch.cat([each.flatten() for each in weights.values()]),
        Descent(
            torch.full((n,), float(raw["inner_lr"])), torch.full((n,), float(raw["inner_momentum"]))
        ),
        [seen],
    )
    close(found.loss, own["loss"], 1e-4)
    by_basis, by_coefficients = torch.autograd.grad(images, [basis, coefficients], found.inputs[0])
    close(by_basis.view_as(own["dbasis"]), own["dbasis"], 1e-3)
    close(by_coefficients, own["dcoef"], 1e-3)


def training(dtype=torch.double):
    rng = torch.Generator().manual_seed(0)
    images, labels = leaf(torch.randn(6, 12, generator=rng, dtype=dtype)), torch.arange(6) % 3
    real = torch.randn(9, 12, generator=rng, dtype=dtype)
    start = torch.randn(75, generator=rng, dtype=dtype) / 3

    def loss(step, flat):
        rows = slice(step % 3, step % 3 + 3)
        return functional.cross_entropy(small_network(3, flat, images[rows]), labels[rows])

    def outer(flat):
        return functional.cross_entropy(small_network(3, flat, real), torch.arange(9) % 3)

    return loss, outer, start, images


@pytest.mark.parametrize("damped", [False, True])
@pytest.mark.parametrize("path", [Kept, Reversible])
def test_the_gradient_is_that_of_the_whole_loop(path, damped):
    loss, outer, start, images = training()
    rates = leaf(torch.linspace(0.1, 0.4, 8, dtype=torch.double))
    momenta = leaf(torch.tensor([0.0, 0.5, 0.9, 0.9, 0.25, 0.5, 0.9, 0.9], dtype=torch.double))
    first = leaf(start)
    weights, velocity = first, torch.zeros_like(first)
    for step in range(8):
        (taken,) = torch.autograd.grad(loss(step, weights), weights, create_graph=True)
        share = 1 - momenta[step] if damped else 1.0
        velocity = momenta[step] * velocity + share * taken
        weights = weights - rates[step] * velocity
    expected = torch.autograd.grad(outer(weights), [images, rates, momenta, first])
    found = unroll(
        loss, outer, start, Descent(rates.detach(), momenta.detach(), damped), [images], path
    )
    tolerance = 1e-9 if path is Kept else 1e-5  # whole numbers are steps of 2^-36
    close(found.end, weights.detach(), tolerance)
    ours = [*found.inputs, found.rates, found.momenta, found.start]
    for one, other in zip(ours, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance / 100)


def test_a_reversed_path_ends_where_it_began_to_the_last_bit():
    """Also where the digits of its products fill more than one whole number."""
    rng = torch.Generator().manual_seed(0)
    start, gradients = torch.randn(5, generator=rng), torch.randn(500, 5, generator=rng)
    path, places = Reversible(start), []
    for gradient in gradients:
        places.append((path.weights, path.velocity))
        path.step(gradient, 0.01, 0.9, 0.1)
    for gradient, (weights, velocity) in zip(gradients.flip(0), places[::-1], strict=True):
        path.undo_weights(0.01)
        path.undo_velocity(gradient, 0.9, 0.1)
        assert torch.equal(path.weights, weights)
        assert torch.equal(path.velocity, velocity)
    assert not path._full
    assert not path._digits.any()
