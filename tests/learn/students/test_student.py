import copy
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.learn.students import student
from explorer.learn.students.student import (
    ProjectionHead,
    contrastive_loss,
    seen_rows,
    train_student,
)

SETTINGS = {"epochs": 20, "batch_size": 8, "learning_rate": 0.2, "seed": 0}


@pytest.fixture(scope="module")
def pairs():
    """20 pairs whose texts decide the features of their images."""
    rng = np.random.default_rng(0)
    text = rng.normal(size=(20, 6))
    return text @ rng.normal(size=(6, 10)), text


def train(pairs, **changes):
    losses: list[float] = []
    trained = train_student(
        *pairs, **SETTINGS | changes, on_epoch=lambda epoch, loss, student: losses.append(loss)
    )
    return trained, losses


def test_loss_of_two_pairs_by_hand():
    # both texts equal the first image: rows score (s, s) and (0, 0), columns (s, 0) and (s, 0)
    images = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    texts = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    scale = 1 / 0.07
    rows = math.log(2)
    columns = (math.log1p(math.exp(-scale)) + math.log1p(math.exp(scale))) / 2
    assert contrastive_loss(images, texts).item() == pytest.approx((rows + columns) / 2)


def test_head_is_the_one_of_the_reference():
    head = ProjectionHead(3, 4, torch.Generator().manual_seed(0))
    text = torch.randn(5, 3)
    entered = text @ head.enter.weight.T + head.enter.bias
    mixed = nn.GELU()(entered) @ head.mix.weight.T + head.mix.bias
    expected = functional.layer_norm(entered + mixed, (4,))
    torch.testing.assert_close(head(text), expected)


def test_dropout_leaves_a_tenth_out_and_keeps_the_mean():
    head = ProjectionHead(3, 10_000, torch.Generator().manual_seed(0))
    nn.init.zeros_(head.mix.weight)
    nn.init.ones_(head.mix.bias)
    nn.init.zeros_(head.enter.weight)
    nn.init.zeros_(head.enter.bias)
    head.norm = nn.Identity()
    values = head(torch.zeros(1, 3), torch.Generator().manual_seed(1))
    assert values.unique().tolist() == pytest.approx([0, 1 / 0.9])
    assert values.mean().item() == pytest.approx(1, abs=0.02)


def test_a_student_learns_what_texts_say_of_images(pairs):
    trained, losses = train(pairs, epochs=100)
    assert losses[-1] < losses[0] / 3
    images = pairs[0] / np.linalg.norm(pairs[0], axis=1, keepdims=True)
    scores = trained.project(pairs[1]) @ images.T
    assert (scores.argmax(axis=1) == np.arange(20)).mean() > 0.8


def test_projected_texts_are_unit_rows(pairs):
    projected = train(pairs)[0].project(pairs[1])
    assert projected.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(projected, axis=1), 1, rtol=1e-5)


def test_the_seed_decides_everything_and_global_randomness_nothing(pairs):
    before = torch.get_rng_state()
    first, losses = train(pairs)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(5)
    second, again = train(pairs)
    _, different = train(pairs, seed=1)
    torch.set_rng_state(before)
    assert losses == again
    np.testing.assert_array_equal(first.project(pairs[1]), second.project(pairs[1]))
    assert losses[0] != different[0]


def test_looking_at_a_student_does_not_change_it(pairs):
    looks = []
    looked = train_student(
        *pairs, **SETTINGS, on_epoch=lambda epoch, loss, s: looks.append(s.project(pairs[1]))
    )
    assert len(looks) == SETTINGS["epochs"] + 1
    np.testing.assert_array_equal(looked.project(pairs[1]), train(pairs)[0].project(pairs[1]))
    np.testing.assert_array_equal(looked.project(pairs[1]), looks[-1])


def test_a_copy_keeps_the_student_of_an_epoch(pairs):
    kept = {}
    train_student(
        *pairs, **SETTINGS, on_epoch=lambda epoch, loss, s: kept.update({epoch: copy.deepcopy(s)})
    )
    first, last = kept[0].project(pairs[1]), kept[20].project(pairs[1])
    assert np.abs(first - last).max() > 0.01


def test_training_equals_a_plain_loop_without_dropout(pairs, monkeypatch):
    """PyTorch's own SGD and cross-entropy; 21 passes, the rate a tenth from pass 11 on."""
    monkeypatch.setattr(student, "DROPOUT", 0.0)
    _, losses = train(pairs, batch_size=20)
    images = functional.normalize(torch.tensor(pairs[0], dtype=torch.float32))
    texts = torch.tensor(pairs[1], dtype=torch.float32)
    head = ProjectionHead(6, 10, torch.Generator().manual_seed(0))
    optimizer = torch.optim.SGD(head.parameters(), lr=0.2, momentum=0.9, weight_decay=5e-4)
    expected = []
    for epoch in range(21):
        optimizer.param_groups[0]["lr"] = 0.2 if epoch < 11 else 0.02
        scores = images @ functional.normalize(head(texts)).T / 0.07
        partner = torch.arange(20)
        loss = nn.CrossEntropyLoss()(scores, partner) + nn.CrossEntropyLoss()(scores.T, partner)
        optimizer.zero_grad()
        (loss / 2).backward()
        optimizer.step()
        expected.append(loss.item() / 2)
    np.testing.assert_allclose(losses, expected, rtol=1e-3)


def test_every_pass_sees_every_pair_once(pairs, monkeypatch):
    seen = []

    def spy(images, texts):
        seen.append(images)
        return contrastive_loss(images, texts)

    monkeypatch.setattr(student, "contrastive_loss", spy)
    train(pairs, epochs=10)
    assert [len(batch) for batch in seen[:3]] == [8, 8, 4]
    images = functional.normalize(torch.tensor(pairs[0], dtype=torch.float32))
    for start in range(0, len(seen), 3):
        one_pass = torch.cat(seen[start : start + 3])
        assert sorted(one_pass[:, 0].tolist()) == sorted(images[:, 0].tolist())
    assert not torch.equal(torch.cat(seen[:3]), torch.cat(seen[3:6]))


def test_a_last_batch_of_one_pair_does_no_harm(pairs):
    trained, losses = train(pairs, batch_size=19)
    assert np.isfinite(losses).all()
    assert np.isfinite(trained.project(pairs[1])).all()


def test_of_views_one_is_drawn_for_each_image():
    views = torch.stack([torch.zeros(50, 2), torch.ones(50, 2)])
    rows = torch.arange(50)
    drawn = seen_rows(views, rows, torch.Generator().manual_seed(0))
    assert drawn.shape == (50, 2)
    assert 10 < drawn[:, 0].sum() < 40
    assert torch.equal(seen_rows(views[1], rows, torch.Generator()), views[1])


def test_students_of_views_learn_as_well(pairs):
    image, text = pairs
    turned = image + 0.1 * np.random.default_rng(1).normal(size=image.shape)
    _, losses = train((np.stack([image, turned]), text))
    assert losses[-1] < losses[0] / 2
