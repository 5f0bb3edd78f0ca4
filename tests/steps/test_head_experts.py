"""Experts over frozen features: whole, resumable, and known before they are trained."""

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.learn.students.two_sided import heads_over
from explorer.steps import head_experts as head_experts_module
from explorer.steps.head_experts import PairFeatures, Training, head_experts, whole
from explorer.store.store import Store
from tests.tiny_models import DIM, SIZE


def pairs() -> PairFeatures:
    rng = np.random.default_rng(0)
    image = rng.normal(size=(20, 6)).astype(np.float32)
    partner = np.repeat(np.arange(20), 7)
    text = (image[partner] @ rng.normal(size=(6, 5))).astype(np.float32)
    return PairFeatures(image, text, partner)


def step(experts: int = 3, read=pairs, **changed):
    training = Training(experts=experts, epochs=2, rate=0.1, seed=1)._replace(**changed)
    return head_experts(("features", "text"), 140, training, "tiny", read)


def test_experts_are_weights_at_the_start_and_after_each_epoch(tmp_path):
    found, towers = Store(tmp_path).fetch(step()), heads_over(6, 5)
    assert found.image.shape == (3, 3, towers.image.size)
    assert found.text.shape == (3, 3, towers.text.size)
    moved = np.linalg.norm(np.diff(found.image, axis=1), axis=2)
    assert (moved > 0).all()
    assert len({each.tobytes() for each in found.image[:, 0]}) == 3


def test_experts_that_were_trained_are_kept_when_the_rest_is_interrupted(tmp_path):
    whole = Store(tmp_path / "whole").fetch(step())
    store, n_read = Store(tmp_path / "cut"), 0

    def read() -> PairFeatures:
        nonlocal n_read
        n_read += 1
        if n_read == 2:
            raise KeyboardInterrupt
        return pairs()

    with pytest.raises(KeyboardInterrupt):
        store.fetch(step(read=read))
    found = store.fetch(step(read=read))
    assert n_read == 4  # the first expert was not trained again
    np.testing.assert_array_equal(found.image, whole.image)
    np.testing.assert_array_equal(found.text, whole.text)


def test_an_expert_does_not_depend_on_how_many_there_are(tmp_path):
    few, many = (Store(tmp_path).fetch(step(n)) for n in (1, 3))
    np.testing.assert_array_equal(few.image[0], many.image[0])


def test_every_choice_is_in_the_key():
    keys = {step().key, step(2).key, step(epochs=3).key, step(rate=0.2).key, step(seed=2).key}
    keys |= {step(two_tracks=True).key, step(one_start=True).key}
    assert len(keys) == 7
    assert step().inputs.keys() == {"pairs", "experts", "epochs", "rate", "seed"}
    assert step().cost[0].n == 6


def test_experts_on_two_tracks_start_alike_and_go_elsewhere_once_pairs_are_judged(tmp_path):
    plain, told = (Store(tmp_path).fetch(step(1, two_tracks=on)) for on in (False, True))
    np.testing.assert_array_equal(plain.image[0, 0], told.image[0, 0])
    assert told.image.shape == plain.image.shape
    assert not np.allclose(plain.image[0, 2], told.image[0, 2])


@pytest.fixture
def images() -> PairFeatures:
    rng = np.random.default_rng(0)
    shown = rng.integers(256, size=(10, SIZE, SIZE, 3), dtype=np.uint8)
    return PairFeatures(shown, rng.normal(size=(20, DIM)), np.repeat(np.arange(10), 2))


def whole_step(bundle, images: PairFeatures, rate: float = 0.01):
    sides = whole(bundle.backbones[0], bundle.encoder, "cpu")
    training = Training(experts=2, epochs=1, rate=rate, seed=1)
    return head_experts(("shown", "text"), 20, training, "tiny", lambda: images, sides=sides)


def test_experts_of_whole_networks_start_as_published_and_take_the_room_that_was_told(
    tmp_path, tiny_bundle, images, monkeypatch
):
    monkeypatch.setattr(head_experts_module, "BATCH", 10)
    step = whole_step(tiny_bundle, images)
    found = Store(tmp_path).fetch(step)
    assert step.cost[0].n_bytes == found.image.nbytes + found.text.nbytes > 0
    np.testing.assert_array_equal(found.image[0, 0], found.image[1, 0])
    assert not np.array_equal(found.text[0, 0], found.text[1, 0])
    assert (np.linalg.norm(found.image[:, 1] - found.image[:, 0], axis=1) > 0).all()
    assert step.key != head_experts(("shown", "text"), 20, Training(2, 1, 0.01, 1), "", pairs).key


def test_an_expert_whose_loss_runs_away_says_what_to_lower(
    tmp_path, tiny_bundle, images, monkeypatch
):
    monkeypatch.setattr(head_experts_module, "BATCH", 2)
    with pytest.raises(ConfigError, match="no number any more: lower expert_rate"):
        Store(tmp_path).fetch(whole_step(tiny_bundle, images, rate=1e30))
