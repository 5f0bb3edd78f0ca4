"""What students of labelled sets learn from."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.progress import silent
from explorer.runs.config import RunConfig
from explorer.runs.distill import make_and_score, open_trained, score
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from explorer.tasks import classification_splits
from explorer.tasks.classification_splits import splits_of
from explorer.types import Samples
from tests.colours import write_classes
from tests.made_sets import forget_digests
from tests.opened import opened, resolved


def a_context(run: RunConfig, tmp_path):
    return resolved(Store(tmp_path / "cache"), run)


def test_classes_are_known_by_name_not_by_number(run, tmp_path):
    """A set of two classes has other numbers than its source."""
    make_and_score(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    metadata = tmp_path / "set" / "train" / "metadata.jsonl"
    kept = [line for line in metadata.read_text().splitlines() if '"green"' not in line]
    metadata.write_text("\n".join(kept))
    forget_digests(tmp_path / "set")
    context = a_context(run, tmp_path)
    splits = splits_of(context, open_trained(str(tmp_path / "set")), run.evaluation, silent)
    assert splits.train.target.tolist() == [0, 0, 2, 2]


def test_a_set_whose_learned_labels_all_lean_to_one_class_is_scored(run, tmp_path):
    make_and_score(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    metadata = tmp_path / "set" / "train" / "metadata.jsonl"
    lines = [json.loads(line) for line in metadata.read_text().splitlines()]
    metadata.write_text("\n".join(json.dumps({**each, "label": "red"}) for each in lines))
    forget_digests(tmp_path / "set")
    trained = open_trained(str(tmp_path / "set"))
    splits = splits_of(a_context(run, tmp_path), trained, run.evaluation, silent)
    assert splits.train.target.tolist() == [2] * 6


def test_a_class_that_the_test_data_does_not_have_is_refused(run, tmp_path):
    other = write_classes(tmp_path / "other")
    for split in ("train", "val", "test"):
        (other / split / "red").rename(other / split / "crimson")
    with pytest.raises(ConfigError, match="the class 'crimson', which the data it is scored on"):
        score(opened(Store(tmp_path / "cache"), run), run, open_trained(str(other)))


def test_exact_images_soft_labels_and_a_learned_rate_are_what_a_student_gets(run, tmp_path):
    make_and_score(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    exact = np.linspace(-1, 2, 6 * 3 * 64, dtype=np.float32).reshape(6, 3, 8, 8)
    shares = np.full((6, 3), 1 / 3, dtype=np.float32)
    learned = Samples(images=exact, labels=shares, learning_rates={"student": 0.5})
    DistilledSet(tmp_path / "set").write_learned(learned)
    context, trained = a_context(run, tmp_path), open_trained(str(tmp_path / "set"))
    splits = splits_of(context, trained, run.evaluation, silent)
    assert np.array_equal(splits.train.image, exact)
    assert np.array_equal(splits.train.target, shares)
    assert splits.learning_rate == 0.5
    given = splits_of(context, trained, replace(run.evaluation, rate="given"), silent)
    assert given.learning_rate == run.evaluation.learning_rate


def test_captions_are_no_classes(run, colours, tmp_path):
    with pytest.raises(ConfigError, match="not made for image classification"):
        a_context(replace(run, data=str(colours)), tmp_path)


def test_the_curve_is_drawn_by_some_images_of_a_large_val_evenly_spaced(run, tmp_path, monkeypatch):
    trained, context = open_trained(run.data), a_context(run, tmp_path)
    whole = splits_of(context, trained, run.evaluation, silent)
    monkeypatch.setattr(classification_splits, "MOST_LOOKED", 3)
    some = splits_of(context, trained, run.evaluation, silent)
    assert len(whole.val.target) == 5
    assert some.val.number.tolist() == whole.val.number[[0, 2, 4]].tolist()
    assert np.array_equal(some.val.image, whole.val.image[[0, 2, 4]])
    assert some.val.target.tolist() == whole.val.target[[0, 2, 4]].tolist()
    assert some.val.key != whole.val.key
    assert len(some.test.target) == len(whole.test.target)
