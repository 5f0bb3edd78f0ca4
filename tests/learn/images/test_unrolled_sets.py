"""Sets that are judged by networks which were trained on them."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.learn.images import unrolled_sets as sets
from explorer.learn.images.labelled import real_images
from explorer.learn.images.regression import LABELS
from explorer.learn.images.unrolled_sets import RATES, Unrolling, unrolling
from tests.learn.towers import Linear, close

N_CLASSES = 3


class Network:
    """Logits that are linear in the pixels, as a step asks a network for them."""

    layer = Linear(3 * 4 * 4, N_CLASSES)

    def start(self, rng):
        return self.layer.start(rng) / 10

    def named(self, flat):
        return {"w": flat}

    def outputs(self, weights, x):
        return self.layer(weights["w"], x)


def source():
    image = np.random.default_rng(0).integers(0, 256, size=(12, 3, 4, 4), dtype=np.uint8)
    flat = np.full(3, 0.5, dtype=np.float32)
    return real_images(image, np.arange(12) % N_CLASSES, N_CLASSES, flat, flat, "cpu")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def parameters(n_steps=4):
    begin = sets.with_rates(
        lambda rng: {"images": torch.randn(6, 3, 4, 4, generator=rng)}, 0.2, n_steps
    )
    classes = torch.arange(N_CLASSES).repeat_interleave(2)
    return begin(seeded()), classes


def how(classes, **changed):
    render = sets.rated(lambda params: params["images"], classes)
    fixed = sets.first_weights(Network(), 7)
    return Unrolling(render, sets.one_of_each(N_CLASSES, 2), 12, fixed=fixed, **changed)


@pytest.mark.parametrize("learns_labels", [False, True])
def test_loss_and_gradient_are_those_of_training_and_then_judging(learns_labels):
    params, classes = parameters()
    if learns_labels:
        params[LABELS] = sets.one_hot(classes, N_CLASSES)
    found = unrolling(Network(), source(), how(classes))(params, seeded())

    leaves = {name: each.clone().requires_grad_() for name, each in params.items()}
    labels, weights = leaves.get(LABELS, classes), sets.first_weights(Network(), 7)
    weights = weights.requires_grad_()
    for step in range(4):
        rows = torch.tensor([0, 2, 4]) + step % 2
        loss = functional.cross_entropy(
            Network.layer(weights, leaves["images"][rows]), labels[rows]
        )
        (taken,) = torch.autograd.grad(loss, weights, create_graph=True)
        weights = weights - functional.softplus(leaves[RATES][step]) * taken
    real = source().take(np.arange(12))
    judged = functional.cross_entropy(Network.layer(weights, real), torch.arange(12) % N_CLASSES)
    expected = torch.autograd.grad(judged, list(leaves.values()))
    assert found.loss == pytest.approx(judged.item(), rel=1e-5)
    assert found.by_name.keys() == leaves.keys()
    for name, each in zip(leaves, expected, strict=True):
        close(found.by_name[name], each, 1e-3)


def test_several_networks_count_as_their_mean():
    params, classes = parameters()
    one, two = (
        unrolling(Network(), source(), how(classes, networks=n))(params, seeded()) for n in (1, 2)
    )
    assert one.loss == pytest.approx(two.loss, rel=1e-5)  # both begin with the same weights
    for name in params:
        close(two.by_name[name], one.by_name[name], 1e-3)
    by_chance = how(classes)._replace(fixed=None, networks=3)
    objective = unrolling(Network(), source(), by_chance)
    assert objective(params, seeded(1)).loss != objective(params, seeded(2)).loss
    assert objective(params, seeded(1)).loss == objective(params, seeded(1)).loss


def test_what_a_set_does_not_depend_on_has_no_gradient():
    params, classes = parameters()
    fixed = how(classes)._replace(
        render=sets.at_one_rate(lambda params: params["images"], classes, 0.2, 4)
    )
    found = unrolling(Network(), source(), fixed)(params, seeded())
    assert found.by_name.keys() == {"images"}
    learned = unrolling(Network(), source(), how(classes))(params, seeded())
    close(found.by_name["images"], learned.by_name["images"], 1e-3)  # rates of the same size


@pytest.mark.parametrize("rate", [1e-4, 0.01, 1.0, 20.0])
def test_learned_rates_begin_at_the_rate_that_was_asked_for(rate):
    begin = sets.with_rates(lambda rng: {"images": torch.zeros(2)}, rate, 3)
    params = begin(seeded())
    assert list(params) == ["images", RATES]
    rendered = sets.rated(lambda params: params["images"], torch.arange(2))(params)
    assert rendered.rates.tolist() == pytest.approx([rate] * 3, rel=1e-5)
    assert rendered.labels.tolist() == [0, 1]
    assert params[RATES][0].item() == pytest.approx(math.log(math.expm1(rate)), rel=1e-5)


def test_a_step_takes_the_next_image_of_each_class_or_some_or_all():
    one = sets.one_of_each(3, 2)
    assert [one(step, seeded()).tolist() for step in range(3)] == [[0, 2, 4], [1, 3, 5], [0, 2, 4]]
    assert sets.all_rows(4)(7, seeded()).tolist() == [0, 1, 2, 3]
    rows = sets.some_of_each(2, 5, 3)(0, seeded()).tolist()
    assert [row // 5 for row in rows] == [0, 0, 0, 1, 1, 1]
    assert len(set(rows)) == 6
    assert sets.some_of_each(2, 2, 3)(0, seeded()).sort().values.tolist() == [0, 1, 2, 3]


def test_first_weights_are_those_of_their_seed():
    own = Network()
    assert torch.equal(sets.first_weights(own, 3), sets.first_weights(own, 3))
    assert not torch.equal(sets.first_weights(own, 3), sets.first_weights(own, 4))
