"""One student of labelled images."""

from dataclasses import replace

import pytest

from explorer.errors import ConfigError
from explorer.runs.distill import make_and_score
from explorer.store.store import Store
from tests.opened import opened
from tests.watching import Memory


def test_a_student_that_was_trained_is_told_again_without_training(run, tmp_path):
    store, first, again = Store(tmp_path / "cache"), Memory(), Memory()
    result = make_and_score(opened(store, run, first), run, tmp_path / "set")
    assert make_and_score(opened(store, run, again), run, tmp_path / "set") == result
    curves = [event for event in first.events if event[1] == "metric"]
    assert curves
    assert [event for event in again.events if event[1] == "metric"] == curves


def test_a_student_whose_loss_runs_away_is_no_score(run, tmp_path):
    far = replace(run, evaluation=replace(run.evaluation, learning_rate=1e9))
    with pytest.raises(ConfigError, match=r"epoch \d, with the learning rate 1e\+09: lower"):
        make_and_score(opened(Store(tmp_path / "cache"), far), far, tmp_path / "set")
