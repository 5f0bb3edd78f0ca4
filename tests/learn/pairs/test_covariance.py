"""Cross-covariance of two sides, and pairs that are learned to have the real one."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.learn.optimise import Params, Problem, Rate, optimise
from explorer.learn.pairs import covariance, learned_pairs
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS
from explorer.learn.pairs.merged_teachers import Real
from explorer.learn.rules import sgd
from explorer.learn.steady import AtOnce
from explorer.models.backbones import Backbone, load_backbone
from explorer.progress import silent
from explorer.types import Samples
from tests.tiny_models import N_CLASSES, SIZE

D = 7
HOW = covariance.Covariance(strength=1.0, means=0.1, width=6, reset=4, rate=0.1, real_batch=16)
DEVICE = torch.device("cpu")


@pytest.fixture(scope="module")
def real() -> Real:
    rng = np.random.default_rng(1)
    image = rng.normal(size=(20, N_CLASSES)).astype(np.float32) + 1
    partner = np.repeat(np.arange(20), 2)
    text = image[partner] @ rng.normal(size=(N_CLASSES, D))
    return Real(image, text.astype(np.float32), partner)


def sides(rng: torch.Generator) -> tuple[torch.Tensor, ...]:
    return torch.randn(6, N_CLASSES, generator=rng), torch.randn(6, D, generator=rng)


def test_it_is_the_block_of_the_covariance_of_both_sides(real):
    found = covariance.Moments.of(real, DEVICE)
    both = np.hstack([real.image[real.image_of_text], real.text]).T
    np.testing.assert_allclose(
        found.covariance, np.cov(both)[:N_CLASSES, N_CLASSES:], rtol=1e-3, atol=1e-4
    )
    np.testing.assert_allclose(found.text, real.text.mean(axis=0), rtol=1e-4, atol=1e-6)


def test_by_hand_two_pairs_vary_together():
    """Centred sides are (-1, 1) and (-2, 2) with (0, 0): their products are 2 + 2 and 0."""
    image, text = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0, 5.0], [4.0, 5.0]])
    assert covariance.cross_covariance(image, text).tolist() == [[4.0, 0.0]]


def test_the_real_pairs_themselves_are_at_distance_0_and_half_their_strength_at_a_quarter(real):
    image, text = (torch.tensor(each) for each in (real.image[real.image_of_text], real.text))
    moments, drawn = covariance.Moments.of(real, DEVICE), sides(torch.Generator().manual_seed(0))
    assert float(covariance.loss_of(image, text, moments, drawn, HOW)) < 1e-9
    twice = HOW._replace(strength=2.0)
    found = covariance.loss_of(image, text, moments, drawn, twice)
    assert float(found) == pytest.approx(0.25, rel=1e-4)
    moved = covariance.loss_of(image, text + 1, moments, drawn, HOW)
    assert float(moved) > 0
    still = covariance.loss_of(image, text + 1, moments, drawn, HOW._replace(means=0.0))
    assert float(still) == pytest.approx(0.0, abs=1e-9)  # a shift does not change what varies


def test_by_hand_means_are_as_far_away_as_projections_see_them():
    """The covariance is 2 times the real one; means are 1 and 2.5 times their length away.

    Of images they are 2 and 1, to a projection by 3 so 6 and 3; of texts (2, 5) and (1, 1), whose
    sums are 7 and 2.
    """
    image, text = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0, 5.0], [4.0, 5.0]])
    real = covariance.Moments(torch.tensor([[2.0, 0.0]]), torch.ones(1), torch.ones(2))
    drawn = torch.tensor([[3.0]]), torch.tensor([[1.0, 1.0]])
    how = HOW._replace(strength=2.0, means=0.1)
    found = covariance.loss_of(image, text, real, drawn, how)
    assert found.item() == pytest.approx(0.1 * (1 + 6.25))
    once = covariance.loss_of(image, text, real, drawn, how._replace(strength=1.0))
    assert once.item() == pytest.approx(1 + 0.1 * (1 + 6.25))  # 2 too much, where 2 is the length


@pytest.fixture(scope="module")
def backbone(tiny_bundle) -> Backbone:
    return load_backbone(tiny_bundle.backbones[0], "cpu")


@pytest.fixture(scope="module")
def begun(backbone) -> Callable[[], Params]:
    rng = np.random.default_rng(0)
    levels = rng.integers(256, size=(6, SIZE, SIZE, 3), dtype=np.uint8)
    images, text = [Image.fromarray(each) for each in levels], rng.normal(size=(6, D))
    return learned_pairs.beginning(backbone, images, text)


@pytest.fixture(scope="module")
def problem(backbone, begun, real) -> Problem:
    return Problem(
        begin=lambda rng: covariance.with_projections(begun(), backbone, real, HOW, rng),
        objective=covariance.matching(backbone, real, HOW, AtOnce(64)),
        samples=lambda params: Samples(),
        rates={IMAGES: Rate(3.0), TEXTS: Rate(0.2)},
        rule=sgd(0.5),
        steps=12,
        seed=0,
    )


def test_pairs_come_nearer_and_projections_are_new_after_a_while(problem):
    states = list(optimise(problem, None, silent, lambda measured: None))
    losses = [state.metrics["loss"] for state in states[1:]]
    assert np.mean(losses[-3:]) < np.mean(losses[:3]) - 0.02
    carried = [state.arrays[f"params.{covariance.TEXT_SIDE}"] for state in states]
    jumps = [np.linalg.norm(b - a) for a, b in pairwise(carried)]
    assert min(jumps[3], jumps[7], jumps[11]) > 3 * max(jumps[0], jumps[5])
    assert [int(state.arrays["params.met"]) for state in states] == list(range(13))


@pytest.fixture(scope="module")
def shown(real) -> Real:
    """The same texts with images that a network is to see."""
    levels = np.random.default_rng(3).integers(256, size=(20, SIZE, SIZE, 3), dtype=np.uint8)
    return real._replace(image=levels)


def test_a_network_that_does_not_move_and_sees_all_pairs_is_a_frozen_one(backbone, begun, shown):
    how = HOW._replace(real_batch=40, network_rate=0.0)
    with torch.no_grad():
        seen = backbone.encode(torch.tensor(shown.image).permute(0, 3, 1, 2) / 255).numpy()
    params = covariance.with_network(
        begun(), backbone, shown, how, torch.Generator().manual_seed(0)
    )
    frozen = {name: each for name, each in params.items() if name != covariance.NETWORK}

    def found(params: Params, matching: Callable, real: Real):
        return matching(backbone, real, how, AtOnce(4))(params, torch.Generator().manual_seed(1))

    ours = found(params, covariance.matching_whole, shown)
    theirs = found(frozen, covariance.matching, shown._replace(image=seen))
    assert ours.loss == pytest.approx(theirs.loss, rel=1e-4)
    for name in (IMAGES, TEXTS):
        size = theirs.by_name[name].abs().max()
        assert size > 0
        torch.testing.assert_close(
            ours.by_name[name] / size, theirs.by_name[name] / size, rtol=0, atol=1e-3
        )
    for name, each in theirs.replaced.items():
        torch.testing.assert_close(ours.replaced[name], each, rtol=1e-3, atol=1e-4)
    assert torch.equal(ours.replaced[covariance.NETWORK], params[covariance.NETWORK])


def test_the_network_is_trained_and_as_it_was_after_a_while(backbone, begun, shown):
    how = HOW._replace(reset=3, network_rate=0.05)
    params = covariance.with_network(begun(), backbone, shown, how, torch.Generator())
    objective, rng = covariance.matching_whole(backbone, shown, how, AtOnce(64)), torch.Generator()
    first, far = params[covariance.NETWORK], []
    for _ in range(6):
        params = {**params, **objective(params, rng).replaced}
        far.append(float((params[covariance.NETWORK] - first).norm()))
    assert far[2] == far[5] == 0
    assert min(far[1], far[4]) > min(far[0], far[3]) > 0
