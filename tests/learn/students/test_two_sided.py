"""Two heads over frozen features: experts and students."""

import numpy as np
import pytest

from explorer.learn.students.two_sided import heads_over, train_expert, train_sides

SETTINGS = {"epochs": 40, "batch_size": 8, "learning_rates": (0.1, 0.1), "seed": 0}


@pytest.fixture(scope="module")
def pairs():
    """20 pairs whose texts decide the features of their images."""
    rng = np.random.default_rng(0)
    text = rng.normal(size=(20, 6))
    return text @ rng.normal(size=(6, 10)), text


def train(pairs, similarity=None, **changes):
    losses: list[float] = []
    trained = train_sides(
        heads_over(10, 6),
        *pairs,
        np.arange(20),
        similarity,
        **SETTINGS | changes,
        on_epoch=lambda e, loss, s: losses.append(loss),
    )
    return trained, losses


def found(student, pairs) -> float:
    """Share of texts whose own image is the nearest."""
    scores = student.project(pairs[1]) @ student.see(pairs[0]).T
    return (scores.argmax(axis=1) == np.arange(len(scores))).mean()


def test_both_sides_learn_where_pairs_meet(pairs):
    student, losses = train(pairs)
    assert len(losses) == 41
    assert losses[-1] < losses[0] / 3
    assert found(student, pairs) > 0.8
    assert np.linalg.norm(student.see(pairs[0]), axis=1) == pytest.approx(1, abs=1e-5)


def test_learned_similarity_says_who_belongs_together(pairs):
    """Every text belongs to the next image, so that is what is learned."""
    shifted = np.roll(np.eye(20), 1, axis=1)
    student, _ = train(pairs, shifted, epochs=200, batch_size=20)
    scores = student.see(pairs[0]) @ student.project(pairs[1]).T
    assert scores[shifted == 1].mean() > scores[shifted == 0].mean() + 0.3


def test_the_loss_is_the_one_that_is_named_or_the_usual(pairs):
    square = np.eye(20)
    _, usual = train(pairs)
    assert train(pairs, None, contrast="infonce")[1] == usual
    assert train(pairs, None, contrast="wbce")[1] == train(pairs, square)[1] != usual
    assert train(pairs, square, contrast="kl")[1] != train(pairs, square, contrast="mse")[1]


def test_each_side_has_a_rate_of_its_own(pairs):
    first, _ = train(pairs, epochs=0, learning_rates=(0.0, 0.1))
    second, _ = train(pairs, epochs=40, learning_rates=(0.0, 0.1))
    np.testing.assert_allclose(first.see(pairs[0]), second.see(pairs[0]), atol=1e-6)
    assert np.abs(first.project(pairs[1]) - second.project(pairs[1])).max() > 0.01


def test_the_seed_decides_everything(pairs):
    (first, losses), (second, again) = train(pairs), train(pairs)
    assert losses == again
    np.testing.assert_array_equal(first.project(pairs[1]), second.project(pairs[1]))
    assert losses[0] != train(pairs, seed=1)[1][0]


def test_an_expert_learns_from_several_captions_of_an_image(pairs):
    image, text = pairs
    partner = np.repeat(np.arange(20), 3)
    texts = text[partner] + np.random.default_rng(1).normal(size=(60, 6)) / 10
    heard: list[float] = []
    towers = heads_over(10, 6)
    expert = train_expert(
        towers,
        image,
        texts,
        partner,
        epochs=5,
        batch=16,
        rate=0.1,
        seed=0,
        on_epoch=heard.append,
    )
    assert len(heard) == 5
    assert expert.image.shape == (6, towers.image.size)
    assert expert.text.dtype == np.float32
    assert not np.array_equal(expert.text[-1], expert.text[-2])
