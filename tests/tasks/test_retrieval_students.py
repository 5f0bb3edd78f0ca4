"""One student of retrieval: what it tells while it learns, and again when it is found."""

import numpy as np
import pytest

from explorer.store.store import Store
from explorer.tasks.retrieval_students import (
    METRICS,
    N_LOOKS,
    RetrievalConfig,
    Seen,
    Splits,
    look_epochs,
    student,
    tell_student,
)


def seen(n: int, seed: int) -> Seen:
    """N images with a caption each; both sides are the same numbers, so that all can be told."""
    rows = np.random.default_rng(seed).normal(size=(n, 6)).astype(np.float32)
    return Seen(f"split {seed}", rows, rows, np.arange(n))


SPLITS = Splits(seen(12, 0), seen(8, 1), seen(9, 2))


@pytest.mark.parametrize("config", [RetrievalConfig(epochs=20), RetrievalConfig(protocol="paper")])
def test_what_a_student_told_is_told_again_word_for_word(tmp_path, config):
    told: list[tuple[str, dict]] = []

    def emit(kind, values):
        told.append((kind, dict(values)))

    step = student(SPLITS, config, "net", 3, emit)
    found = Store(tmp_path).fetch(step)
    first, told = told, []
    tell_student(Store(tmp_path).peek(step), config, "net", 3, emit)
    assert told == first
    looks = [values for _, values in first if "recall" in values]
    assert [values["epoch"] for values in looks] == look_epochs(config.epochs)
    assert len(looks) == N_LOOKS
    assert {values["split"] for values in looks} == {
        "test" if config.protocol == "paper" else "val"
    }
    assert {metric.name for metric in METRICS} <= looks[0].keys()
    assert found.score.epoch == max(looks, key=lambda values: values["recall"])["epoch"]


def test_the_mean_is_of_all_other_metrics():
    headline, *others = METRICS
    assert headline.mean_of == tuple(metric.name for metric in others)


def test_each_seed_and_setting_is_another_student():
    def key(seed=0, **more):
        return student(SPLITS, RetrievalConfig(**more), "net", seed, lambda *told: None).key

    keys = {key(), key(seed=1), key(epochs=20), key(protocol="paper"), key(student="heads")}
    assert len(keys) == 5
    assert key(n_seeds=2) == key(n_seeds=9)  # how many there are is nothing to one of them
