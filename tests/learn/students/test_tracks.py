"""Wrong pairs are told by their losses, and are not learned."""

import math

import numpy as np
import pytest
import torch

from explorer.learn.students.contrastive import infonce
from explorer.learn.students.tracks import likely_right, tracked
from explorer.learn.students.two_sided import TwoSides, heads_over, train_expert


def test_where_all_pairs_are_believed_the_loss_is_infonce():
    logits = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.3], [-2.0, 0.1, 0.4]])
    torch.testing.assert_close(tracked(logits, torch.ones(3)), infonce(logits, torch.eye(3)))


def test_a_wrong_pair_costs_as_much_as_it_is_found():
    """Two pairs, each found with a chance of 3/4 both ways; one of them is believed wrong."""
    logits = torch.tensor([[math.log(3), 0.0], [0.0, math.log(3)]])
    expected = -(math.log(3 / 4) + math.log(1 / 4)) / 2
    assert tracked(logits, torch.tensor([1.0, 0.0])).item() == pytest.approx(expected, rel=1e-4)


def test_the_kind_with_the_lower_losses_is_likely_right():
    rng = np.random.default_rng(0)
    losses = np.concatenate([rng.normal(1, 0.1, 60), rng.normal(3, 0.1, 40)]).astype(np.float32)
    chance = likely_right(losses)
    assert (chance[:60] > 0.99).all()
    assert (chance[60:] < 0.01).all()
    assert (likely_right(np.full(5, 2.0)) == 1).all()


def test_an_expert_that_tells_wrong_pairs_finds_right_ones_better():
    rng = np.random.default_rng(0)
    topics = rng.normal(size=(300, 6)).astype(np.float32)
    text = topics.copy()
    text[:120] = text[rng.permutation(120)]  # 40 % are wrong
    how = {"epochs": 8, "batch": 50, "rate": 0.2, "seed": 1, "on_epoch": lambda loss: None}

    def found(**more) -> float:
        expert = train_expert(heads_over(6, 6), topics, text, np.arange(300), **how, **more)
        ends = tuple(torch.from_numpy(side[-1]) for side in expert)
        heads = TwoSides(heads_over(6, 6), ends)
        cosines = heads.see(topics) @ heads.project(topics).T  # texts that belong to the images
        return float((cosines.argmax(axis=1) == np.arange(300)).mean())

    assert found(partner_seed=2) > found() + 0.1
