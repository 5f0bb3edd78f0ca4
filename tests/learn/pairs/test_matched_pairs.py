"""Pairs learned by matching trajectories through a frozen network."""

from functools import partial

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.errors import ConfigError
from explorer.learn.optimise import Problem, Rate, optimise
from explorer.learn.pairs import learned_pairs
from explorer.learn.pairs import matched_pairs as pairs
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, Experts, Learner
from explorer.learn.pairs.similarity import Full, Identity, OfLowRank
from explorer.learn.rules import sgd
from explorer.learn.steady import AtOnce
from explorer.learn.students.two_sided import heads_over, train_expert
from explorer.models.backbones import load_backbone
from explorer.progress import silent
from explorer.types import Samples
from tests.tiny_models import N_CLASSES, SIZE

D = 7
BLENDING = pairs.Students(steps=3, batch=4, similarity=OfLowRank(2, 0.5), blend=1.0)
PARTS = BLENDING.similarity.parts
KINDS = {
    "low rank": BLENDING._replace(blend=0.0),
    "full": pairs.Students(steps=3, batch=4, similarity=Full(), merged=True),
    "identity": pairs.Students(steps=3, batch=9, similarity=Identity(), is_fresh=True),
}


@pytest.fixture(scope="module")
def backbone(tiny_bundle):
    return load_backbone(tiny_bundle.backbones[0], "cpu")


@pytest.fixture(scope="module")
def starting(backbone):
    rng = np.random.default_rng(0)
    levels = rng.integers(256, size=(6, SIZE, SIZE, 3), dtype=np.uint8)
    images, text = [Image.fromarray(each) for each in levels], rng.normal(size=(6, D))
    real = learned_pairs.beginning(backbone, images, text)
    return lambda students: pairs.beginning(real, students.similarity, rate=0.1)


@pytest.fixture(scope="module")
def begin(starting):
    return starting(BLENDING)


@pytest.fixture(scope="module")
def experts() -> Experts:
    rng = np.random.default_rng(1)
    image = rng.normal(size=(30, N_CLASSES))
    text = image @ rng.normal(size=(N_CLASSES, D))
    trained = [
        train_expert(
            heads_over(N_CLASSES, D),
            image,
            text,
            np.arange(30),
            epochs=2,
            batch=10,
            rate=0.1,
            seed=seed,
            on_epoch=lambda loss: None,
        )
        for seed in (0, 1)
    ]
    return Experts(*(np.stack(sides) for sides in zip(*trained, strict=True)))


def test_learning_begins_with_the_real_pairs(backbone, begin):
    params = begin(torch.Generator().manual_seed(0))
    samples = pairs.samples(params, backbone, BLENDING, lambda t: ["a"] * len(t), lambda i: {})
    levels = samples.images * 255
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-3)
    np.testing.assert_array_equal(samples.similarity, np.eye(6))
    assert samples.learning_rates == pytest.approx({"image": 0.1, "text": 0.1})
    assert params[IMAGES].shape == (6, 3, SIZE, SIZE)


class Cramped:
    """A network that has memory for so many images at once."""

    def __init__(self, backbone, most: int) -> None:
        self._backbone, self._most = backbone, most
        self.device = backbone.device

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        if len(images) > self._most:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return self._backbone.encode(images)


def frozen(backbone, most: int = 64) -> Learner:
    """Heads over a network through which so many images pass at once."""
    at_once = AtOnce(most)
    encode = partial(learned_pairs.encode, backbone, at_once=at_once)
    return Learner(heads_over(N_CLASSES, D), encode, at_once)


def learning(begin, backbone, experts, at_once: int) -> Problem:
    learner = frozen(backbone, at_once)
    return Problem(
        begin=begin,
        objective=pairs.matching(learner, experts, BLENDING),
        samples=lambda params: Samples(),
        rates={
            IMAGES: Rate(1.0),
            TEXTS: Rate(0.1),
            **dict.fromkeys((pairs.RATES, *PARTS), Rate(0.0)),
        },
        rule=sgd(0.0),
        steps=2,
        seed=0,
        halve=learner.at_once.halve,
    )


def test_where_memory_runs_out_fewer_images_pass_at_once_to_the_same_set(backbone, begin, experts):
    said: list[str] = []

    def learned(network) -> dict[str, np.ndarray]:
        own = learning(begin, network, experts, 64)
        return list(optimise(own, None, silent, lambda measured: None, said.append))[-1].arrays

    whole, split = learned(backbone), learned(Cramped(backbone, 2))
    assert [text.split("network ")[1][:2] for text in said] == ["32", "16", "8 ", "4 ", "2 "]
    for name in ("images", "texts"):
        np.testing.assert_allclose(
            split[f"params.{name}"], whole[f"params.{name}"], rtol=1e-4, atol=1e-5
        )


def test_where_not_one_image_fits_it_is_told_what_to_change(backbone, begin, experts):
    own = learning(begin, Cramped(backbone, 0), experts, 1)
    with pytest.raises(ConfigError, match="does not hold step 1 of learning: choose a smaller"):
        list(optimise(own, None, silent, lambda measured: None))


def test_many_images_get_the_gradient_that_few_get(backbone, begin, experts):
    """Then their way through the network is made anew on the way back."""
    params = begin(torch.Generator().manual_seed(0))
    found, again = (
        pairs.matching(frozen(backbone, n), experts, BLENDING)(
            params, torch.Generator().manual_seed(1)
        )
        for n in (64, 4)
    )
    assert set(found.by_name) == set(params)
    for name, gradient in found.by_name.items():
        assert gradient.shape == params[name].shape
        rounding = 1e-5 * gradient.abs().max().item()
        torch.testing.assert_close(again.by_name[name], gradient, rtol=1e-4, atol=rounding)
    assert found.by_name[IMAGES].abs().max() > 0


def test_students_of_what_is_learned_come_nearer_to_the_experts(backbone, begin, experts):
    problem = Problem(
        begin=begin,
        objective=pairs.matching(frozen(backbone), experts, BLENDING),
        samples=lambda params: pairs.samples(
            params, backbone, BLENDING, lambda t: [], lambda i: {}
        ),
        rates={IMAGES: Rate(10.0), TEXTS: Rate(1.0), pairs.RATES: Rate(0.01)}
        | dict.fromkeys(("own", "left", "right"), Rate(0.1)),
        rule=sgd(0.5),
        steps=40,
        seed=0,
        at_least={pairs.RATES: pairs.LEAST_RATE},
    )
    states = list(optimise(problem, None, lambda share, text: None, lambda measured: None))
    losses = [state.metrics["loss"] for state in states[1:]]
    assert np.mean(losses[-10:]) < np.mean(losses[:10])
    before, after = states[0].samples(), states[-1].samples()
    for name in ("images", "text_embeddings", "similarity"):
        assert np.abs(getattr(after, name) - getattr(before, name)).max() > 1e-4


def test_an_epoch_of_an_expert_is_what_students_are_compared_with(experts):
    drawn = [
        pairs.draw_segment(experts, np.random.default_rng(seed), torch.device("cpu"))
        for seed in range(20)
    ]
    starts = {each.start[0].numpy().tobytes() for each in drawn}
    assert starts == {each.tobytes() for each in experts.image[:, :-1].reshape(4, -1)}
    assert drawn[0].target[1].shape == (heads_over(N_CLASSES, D).text.size,)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("contrast", ["wbce", "infonce"])
def test_what_is_learned_of_a_kind_has_a_gradient_and_stands_in_the_set(
    backbone, starting, experts, kind, contrast
):
    students = KINDS[kind]._replace(contrast=contrast)
    params = starting(students)(torch.Generator().manual_seed(0))
    found = pairs.matching(frozen(backbone), experts, students)(
        params, torch.Generator().manual_seed(1)
    )
    assert set(found.by_name) == set(params)
    for name, gradient in found.by_name.items():
        assert gradient.shape == params[name].shape
        assert gradient.abs().max() > 0 or name == "left"  # until `right` has moved
    made = pairs.samples(params, backbone, students, lambda t: [], lambda i: {})
    assert (made.similarity is None) == (kind == "identity")
    usual = "infonce" if kind == "identity" else "wbce"
    assert made.contrast == (None if contrast == usual else contrast)


def test_the_scale_of_logits_and_the_way_of_batches_matter(backbone, starting, experts):
    usual = KINDS["identity"]._replace(batch=3, contrast="infonce")
    begun = starting(usual)(torch.Generator().manual_seed(0))

    def texts(**changed) -> torch.Tensor:
        objective = pairs.matching(frozen(backbone), experts, usual._replace(**changed))
        return objective(begun, torch.Generator().manual_seed(1)).by_name[TEXTS]

    assert torch.equal(texts(), texts())
    for changed in ({"temperature": 0.376}, {"is_fresh": False}, {"truncated": True}):
        assert not torch.allclose(texts(), texts(**changed))


def test_straightened_experts_end_where_they_ended(experts):
    straight = pairs.straightened(experts, heads_over(N_CLASSES, D))
    for ours, theirs in zip(straight, experts, strict=True):
        np.testing.assert_array_equal(ours[:, [0, -1]], theirs[:, [0, -1]])
        assert np.abs(ours[:, 1] - theirs[:, 1]).max() > 1e-4


def test_a_phase_learns_its_own_pairs_alone_from_its_own_epochs(backbone, starting, experts):
    students = KINDS["full"]._replace(pairs=range(2, 5), batch=2, starts=range(1, 2))
    params = starting(students)(torch.Generator().manual_seed(0))
    found = pairs.matching(frozen(backbone), experts, students)(
        params, torch.Generator().manual_seed(1)
    )
    for name in (IMAGES, TEXTS):
        moved = found.by_name[name].flatten(1).abs().amax(dim=1) > 0
        assert moved.tolist() == [False, False, True, True, True, False]
    touched = found.by_name["matrix"].nonzero()
    assert len(touched)
    assert 2 <= touched.min() <= touched.max() <= 4
    generators = map(np.random.default_rng, range(8))
    segments = [
        pairs.draw_segment(experts, r, torch.device("cpu"), range(1, 2)) for r in generators
    ]
    later = {each.tobytes() for each in experts.text[:, 1]}
    assert {each.start[1].numpy().tobytes() for each in segments} == later
