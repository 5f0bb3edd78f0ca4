"""Pairs whose features in merged teachers lie where the real ones lie."""

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.learn.networks.heads import unit
from explorer.learn.optimise import Problem, Rate, optimise
from explorer.learn.pairs import learned_pairs
from explorer.learn.pairs import merged_teachers as teachers
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, Experts
from explorer.learn.rules import sgd
from explorer.learn.steady import AtOnce
from explorer.learn.students.two_sided import heads_over, train_expert
from explorer.models.backbones import load_backbone
from explorer.progress import silent
from explorer.types import Samples
from tests.learn.towers import close, tensors
from tests.recorded import read, recorded
from tests.tiny_models import N_CLASSES, SIZE

D = 7
HOW = teachers.Distances(
    sigma=0.5,
    contrast=1.0,
    sums=0.8,
    differences=0.8,
    batch=64,
    real_batch=16,
    most=1.0,
    with_itself=True,
)


@recorded("vl_mdm")
@pytest.mark.parametrize("way", ["script", "clamped"])
def test_the_loss_and_its_gradients_equal_the_recorded_ones(case, way):
    """Where an energy is negative its gradient is 0, so that InfoNCE alone is left."""
    arrays = tensors(read(case))
    real = "clamped_real_" if way == "clamped" else "real_"
    rows = arrays["batch"]
    image, text = (arrays[name].clone().requires_grad_() for name in ("image", "text"))

    def placed(image, text):
        return unit(image.flatten(1) @ arrays["W_image"].T), unit(text @ arrays["W_text"].T)

    target = placed(arrays[f"{real}image"], arrays[f"{real}text"])
    learned, how = placed(image[rows], text[rows]), HOW._replace(with_itself=False)
    terms = {"nce": "contrast", "u": "sums", "g": "differences"}
    for name, weight in terms.items():
        others = {each: 0.0 for each in terms.values() if each != weight}
        close(teachers.loss_of(learned, target, how._replace(**others)), arrays[f"{way}_{name}"])
    loss = teachers.loss_of(learned, target, how)
    close(loss, arrays[f"{way}_loss"])
    loss.backward()
    close(image.grad, arrays[f"{way}_grad_image"])
    close(text.grad, arrays[f"{way}_grad_text"])


@pytest.fixture(scope="module")
def backbone(tiny_bundle):
    return load_backbone(tiny_bundle.backbones[0], "cpu")


@pytest.fixture(scope="module")
def real() -> teachers.Real:
    rng = np.random.default_rng(1)
    image = rng.normal(size=(30, N_CLASSES)).astype(np.float32)
    text = (image @ rng.normal(size=(N_CLASSES, D))).astype(np.float32)
    return teachers.Real(image, text, np.arange(30))


@pytest.fixture(scope="module")
def experts(real) -> Experts:
    how = {"epochs": 3, "batch": 10, "rate": 0.1, "start_seed": 7, "on_epoch": lambda loss: None}
    towers = heads_over(real[0].shape[1], real[1].shape[1])
    trained = [train_expert(towers, *real, **how, seed=seed) for seed in (0, 1)]
    return Experts(*(np.stack(sides) for sides in zip(*trained, strict=True)))


@pytest.fixture(scope="module")
def begin(backbone):
    rng = np.random.default_rng(0)
    levels = rng.integers(256, size=(6, SIZE, SIZE, 3), dtype=np.uint8)
    images, text = [Image.fromarray(each) for each in levels], rng.normal(size=(6, D))
    return learned_pairs.beginning(backbone, images, text)


def test_experts_with_one_start_go_ways_of_their_own(experts):
    np.testing.assert_array_equal(experts.text[0, 0], experts.text[1, 0])
    assert np.abs(experts.text[0, 1] - experts.text[1, 1]).max() > 1e-3


def test_teachers_lie_between_the_start_and_the_mean_of_two_moments(experts):
    towers, rng = heads_over(N_CLASSES, D), np.random.default_rng(0)
    drawn = [
        teachers.Merging(0.5, False).teacher(experts, towers, rng, torch.device("cpu"))
        for _ in range(5)
    ]
    start = torch.from_numpy(experts.text[0, 0])
    furthest = max(np.linalg.norm(end - experts.text[0, 0]) for end in experts.text.reshape(8, -1))
    assert len({each[1].numpy().tobytes() for each in drawn}) > 3
    assert all(0 < (each[1] - start).norm() < furthest / 2 for each in drawn)
    fresh = teachers.Merging(0.5, True).teacher(experts, towers, rng, torch.device("cpu"))
    assert (fresh[1] - start).norm() > furthest


def test_gradients_are_cut_together(backbone, real, experts, begin):
    def gradients(most: float):
        own = HOW._replace(most=most)
        found = teachers.matching(
            backbone, real, experts, teachers.Merging(0.5, False), own, AtOnce(64)
        )
        return found(begin(), torch.Generator().manual_seed(1)).by_name

    free, cut = gradients(0.0), gradients(1e-3)
    lengths = [float(torch.stack([g.norm() for g in each.values()]).norm()) for each in (free, cut)]
    assert lengths[1] == pytest.approx(1e-3, rel=1e-4)
    for name in (IMAGES, TEXTS):
        torch.testing.assert_close(cut[name] * lengths[0] / 1e-3, free[name], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("published", [False, True])
def test_what_is_learned_comes_nearer_to_the_real_pairs(backbone, real, experts, begin, published):
    own = HOW._replace(with_itself=not published)
    problem = Problem(
        begin=lambda rng: begin(),
        objective=teachers.matching(
            backbone, real, experts, teachers.Merging(0.5, published), own, AtOnce(64)
        ),
        samples=lambda params: Samples(),
        rates={IMAGES: Rate(1.0), TEXTS: Rate(0.3)},
        rule=sgd(0.5),
        steps=30,
        seed=0,
    )
    states = list(optimise(problem, None, silent, lambda measured: None))
    losses = [state.metrics["loss"] for state in states[1:]]
    assert np.mean(losses[-8:]) < np.mean(losses[:8])


def test_features_are_of_length_one_and_equal_for_equal_pairs(real, experts):
    again = real._replace(
        image_of_text=np.zeros(30, dtype=int), text=np.repeat(real.text[:1], 30, 0)
    )
    rng, merging = np.random.default_rng(0), teachers.Merging(0.5, False)
    found = teachers.features(again, experts, merging, rng, torch.device("cpu"))
    assert found.shape == (30, 2 * N_CLASSES)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(found, found[:1].repeat(30, axis=0), atol=1e-6)
