"""Experts are trained one by one, each once."""

import math

import numpy as np
import pytest

from explorer.engine.engine import HERE
from explorer.errors import ConfigError
from explorer.progress import silent
from explorer.steps.trained import require_number, train_experts

N, EPOCHS = 4, 3


def train(scratch, expert, report=silent):
    return train_experts(scratch, N, EPOCHS, ["weights", "loss"], expert, HERE, report)


def expert(number, after_epoch):
    for _ in range(EPOCHS):
        after_epoch()
    return {
        "weights": np.full((2, 5), number, np.float32),
        "loss": np.array([number, 0.5]),
        "not asked for": np.zeros(1),
    }


def test_the_arrays_of_all_stand_behind_each_other(tmp_path):
    arrays, measured = train(tmp_path, expert)
    assert arrays.keys() == {"weights", "loss"}
    assert np.load(arrays["weights"]).shape == (N, 2, 5)
    assert np.load(arrays["weights"])[:, 0, 0].tolist() == [0, 1, 2, 3]
    assert np.load(arrays["loss"]).tolist() == [[0, 0.5], [1, 0.5], [2, 0.5], [3, 0.5]]
    assert measured.n == N * EPOCHS


def test_an_interruption_loses_one_expert(tmp_path):
    trained = []

    def interrupted(number, after_epoch):
        trained.append(number)
        if len(trained) == 3:
            raise KeyboardInterrupt
        return expert(number, after_epoch)

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, interrupted)
    assert trained == [0, 1, 2]
    shares = []
    arrays, measured = train(tmp_path, interrupted, lambda share, text: shares.append(share))
    assert trained == [0, 1, 2, 2, 3]
    assert min(shares) >= 0.5  # half of the epochs were there
    assert max(shares) == 1
    assert np.load(arrays["weights"])[:, 0, 0].tolist() == [0, 1, 2, 3]
    assert measured.n == 2 * EPOCHS  # of those that were trained now


def test_a_loss_that_ran_away_says_what_to_lower():
    require_number(0.0, "learning_rate")
    for loss in (math.nan, math.inf, -math.inf):
        with pytest.raises(ConfigError, match="lower learning_rate"):
            require_number(loss, "learning_rate")
