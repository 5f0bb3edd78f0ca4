"""Divergences of posteriors and their gradients equal the official ones."""

import torch
from torch.nn import functional

from explorer.learn.images.pseudocoreset import forward_divergence, reverse_gradient
from explorer.learn.images.regression import Batch
from explorer.learn.inner.trajectories import Segment, match_trajectory
from explorer.learn.networks.augment import NOTHING
from tests.learn.inner.test_trajectories import classifier_loss, leaf, network_of
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded


def of_network(arrays):
    network = network_of(arrays)
    return lambda flat, x: network.outputs(network.named(flat), x)


@recorded("img_bpc")
def test_the_wasserstein_distance_equals_the_recorded_one(case):
    raw = read(case)
    own, network, images = tensors(raw), network_of(raw), leaf(tensors(raw)["syn"])
    batches = [torch.arange(len(images))] * int(raw["syn_steps"])
    found = match_trajectory(
        classifier_loss(network, images, own["label"], batches),
        Segment((own["start"],), (own["target"],)),
        own["lr"].float()[None],
        [images],
        len(batches),
    )
    close(found.path[-1][0], own["wasserstein__student"], 1e-4)
    close(found.losses[0], own["wasserstein__loss"], 1e-3)
    close(found.inputs[0], own["wasserstein__dsyn"], 1e-3)


@recorded("img_bpc")
def test_the_forward_divergence_equals_the_recorded_one(case):
    raw = read(case)
    own, images = tensors(raw), leaf(tensors(raw)["syn"])
    noise = (own["noise_scale"] * own["fkl__eps"]).float()
    value = forward_divergence(
        of_network(raw),
        images,
        own["label"],
        own["fkl__student"],
        own["target"],
        list(zip(noise[::2], noise[1::2], strict=True)),
        [NOTHING] * int(raw["num_epsilons"]),
    )
    close(value, own["fkl__loss"], 1e-3)
    (gradient,) = torch.autograd.grad(value, images)
    torch.testing.assert_close(gradient, own["fkl__dsyn"], rtol=1e-3, atol=1e-6)


@recorded("img_bpc")
def test_the_gradient_of_the_reverse_divergence_equals_the_recorded_step(case):
    raw = read(case)
    own = tensors(raw)
    noise = (own["noise_scale"] * own["rkl__eps"]).float()
    real = Batch(own["rkl__real"], own["rkl__real_labels"])
    found = reverse_gradient(
        of_network(raw),
        own["syn"],
        own["label"],
        real,
        own["rkl__student"],
        list(noise),
        [NOTHING] * len(noise),
    )
    scale = own["rkl__image_grad"].abs().max().item()
    torch.testing.assert_close(-found, own["rkl__image_grad"], rtol=1e-3, atol=1e-3 * scale)
    after = own["syn"] - float(raw["lr_img"]) * found
    torch.testing.assert_close(after, own["rkl__syn_after"], rtol=1e-3, atol=1e-4)


def test_the_reverse_gradient_is_that_of_the_divergence():
    """Of a posterior that is known: the draws' weights by how well they explain the set."""
    rng = torch.Generator().manual_seed(0)
    real = Batch(torch.randn(8, 3, generator=rng), torch.arange(8) % 2)
    images, labels = torch.randn(1, 3, generator=rng), torch.tensor([0])
    noise = torch.randn(40_000, 6, generator=rng).double()

    def outputs(flat, x):
        return x.to(flat) @ flat.view(2, 3).T

    def divergence(x):
        """KL of the two, by the same draws; normalised weights of each."""
        logits = torch.einsum("ni,sci->snc", x.double(), noise.view(-1, 2, 3))
        of_set = logits.log_softmax(-1)[:, :, 0].mean(1)
        logits = torch.einsum("ni,sci->snc", real.images.double(), noise.view(-1, 2, 3))
        of_real = functional.nll_loss(
            logits.log_softmax(-1).transpose(1, 2), real.classes.expand(len(noise), -1),
            reduction="none",
        ).mean(1)  # fmt: skip
        p, q = (-of_real).log_softmax(0), of_set.log_softmax(0)
        return (q.exp() * (q - p)).sum()

    x = leaf(images.double())
    (expected,) = torch.autograd.grad(divergence(x), x)
    prior = noise[:4000]  # the estimate of the method draws from the set's own posterior
    weights = torch.einsum("ni,sci->snc", images.double(), prior.view(-1, 2, 3))
    keep = torch.rand(len(prior), generator=rng) < weights.softmax(-1)[:, 0, 0]
    draws = list(prior[keep])
    found = reverse_gradient(
        outputs, images.double(), labels, real, torch.zeros(6).double(), draws,
        [NOTHING] * len(draws),
    )  # fmt: skip
    assert functional.cosine_similarity(found, expected, dim=1).item() > 0.9
