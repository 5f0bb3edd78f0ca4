"""Whole networks as one side of students: flat weights, gradients, training."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.learn.inner.trajectories import Segment, match_trajectory
from explorer.learn.networks.heads import Head, Towers
from explorer.learn.networks.whole import Stored, whole_over
from explorer.learn.students.contrastive import TEMPERATURE, infonce
from explorer.learn.students.two_sided import train_expert, train_sides
from explorer.models.backbones import CLIP_MEAN, CLIP_STD, Backbone, load_backbone
from tests.tiny_models import N_CLASSES, SIZE

D, N, PX, WIDE = 5, 6, 4, 3
CPU = torch.device("cpu")


class Linear:
    """One linear layer over the pixels of images, written down."""

    sizes = (WIDE * 3 * PX**2, WIDE)

    def start(self, rng: torch.Generator) -> torch.Tensor:
        return torch.randn(sum(self.sizes), generator=rng) / 10

    def __call__(self, weights: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        levels = x.permute(0, 3, 1, 2) / 255 if x.dtype == torch.uint8 else x
        mean, std = (torch.tensor(each).view(3, 1, 1) for each in (CLIP_MEAN, CLIP_STD))
        matrix, bias = weights.split(self.sizes)
        return functional.linear(((levels - mean) / std).flatten(1), matrix.view(WIDE, -1), bias)


@pytest.fixture
def both() -> tuple[Towers, Towers]:
    """A network of one linear layer, and the same as a head; a text head beside each."""
    layer = nn.Sequential(nn.Flatten(), nn.Linear(3 * PX**2, WIDE))
    layer.pretrained_cfg = {"input_size": (3, PX, PX)}
    return whole_over(Backbone("linear", layer, CPU), D), Towers(Linear(), Head(D, WIDE))


@pytest.fixture
def real() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    shown = rng.integers(256, size=(N, PX, PX, 3), dtype=np.uint8)
    return shown, rng.normal(size=(2 * N, D)).astype(np.float32), np.repeat(np.arange(N), 2)


@pytest.mark.parametrize("truncated", [False, True])
def test_a_network_of_one_linear_layer_gets_the_gradient_of_that_layer_as_a_head(both, truncated):
    rng = torch.Generator().manual_seed(0)
    images, texts = torch.rand(N, 3, PX, PX, generator=rng), torch.randn(N, D, generator=rng)
    segment = Segment(*(both[1].start(rng) for _ in range(2)))

    def found(towers: Towers):
        inputs = [images.clone().requires_grad_(), texts.clone().requires_grad_()]

        def loss(step, weights):
            rows = torch.arange(step, step + 3)
            cosines = towers.cosines(weights, inputs[0][rows], inputs[1][rows])
            return infonce(cosines / TEMPERATURE, torch.eye(3))

        return match_trajectory(
            loss, segment, torch.tensor([0.1, 0.2]), inputs, 3, truncated=truncated
        )

    ours, theirs = map(found, both)
    torch.testing.assert_close(ours.losses, theirs.losses)
    torch.testing.assert_close(ours.rates, theirs.rates)
    torch.testing.assert_close(ours.inputs, theirs.inputs, rtol=1e-4, atol=1e-5)
    assert all(each.abs().max() > 1e-3 for each in ours.inputs)


def test_experts_and_students_of_one_linear_layer_are_those_of_that_layer_as_a_head(both, real):
    whole, head = both
    begun = whole.image.start(torch.Generator())
    head = head._replace(image=Beginning(begun))
    how = {"epochs": 3, "batch": 4, "rate": 0.1, "seed": 1, "on_epoch": lambda loss: None}
    trained = (train_expert(each, *real, **how) for each in (whole, head))
    for ours, theirs in zip(*trained, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
        assert np.abs(ours[-1] - ours[0]).max() > 1e-3
    rates = {"epochs": 4, "batch_size": 5, "learning_rates": (0.05, 0.1), "seed": 2}
    ours, theirs = (
        train_sides(each, *real, None, **rates, on_epoch=lambda *told: None)
        for each in (whole, head)
    )
    np.testing.assert_allclose(ours.project(real[1]), theirs.project(real[1]), atol=1e-4)


class Beginning(Linear):
    """That layer from given weights."""

    def __init__(self, weights: torch.Tensor) -> None:
        self._weights = weights

    def start(self, rng: torch.Generator) -> torch.Tensor:
        return self._weights


@pytest.mark.parametrize("place", [0, 1])
def test_its_flat_weights_are_published_at_the_start_and_say_what_the_network_says(
    tiny_bundle, place
):
    backbone = load_backbone(tiny_bundle.backbones[place], "cpu")
    towers = whole_over(backbone, D)
    rng = np.random.default_rng(0)
    shown = rng.integers(256, size=(3, SIZE, SIZE, 3), dtype=np.uint8)
    start = towers.image.start(torch.Generator())
    assert sum(towers.image.sizes) == len(start)
    with torch.no_grad():
        found = towers.image(start, torch.from_numpy(shown))
        levels = torch.from_numpy(shown).permute(0, 3, 1, 2) / 255
        moved = towers.image(start + 0.1, levels)
    np.testing.assert_allclose(found, backbone.features(torch.from_numpy(shown)), atol=1e-5)
    assert found.shape == (3, N_CLASSES)
    assert not torch.allclose(found, moved, atol=1e-2)


def test_training_leaves_the_network_as_it_was(tiny_bundle):
    backbone = load_backbone(tiny_bundle.backbones[0], "cpu")
    rng = np.random.default_rng(0)
    shown = rng.integers(256, size=(4, SIZE, SIZE, 3), dtype=np.uint8)
    text = rng.normal(size=(4, D)).astype(np.float32)
    before = backbone.features(torch.from_numpy(shown))
    how = {"epochs": 2, "batch_size": 2, "learning_rates": (0.01, 0.1), "seed": 0}
    student = train_sides(
        whole_over(backbone, D),
        shown[None].repeat(2, axis=0),  # two views
        text,
        np.arange(4),
        None,
        **how,
        on_epoch=lambda *told: None,
    )
    np.testing.assert_array_equal(backbone.features(torch.from_numpy(shown)), before)
    assert (
        np.abs(student.see(shown) - before / np.linalg.norm(before, axis=1)[:, None]).max() > 0.01
    )


def test_stored_rows_are_read_by_number_or_by_view_and_number():
    rows = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    own, views, numbers = Stored(rows), torch.tensor([1, 0]), torch.tensor([2, 2])
    np.testing.assert_array_equal(own[torch.tensor([1, 0])], rows[[1, 0]])
    np.testing.assert_array_equal(own[views, numbers], rows[[1, 0], [2, 2]])
    assert (len(own), own.ndim) == (2, 3)
