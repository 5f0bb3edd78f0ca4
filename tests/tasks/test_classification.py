"""Students of labelled sets: what they learn from, and what is told of them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explorer.config import OF_EACH
from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.runs.config import RunConfig
from explorer.runs.distill import make_and_score, open_trained, score
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from explorer.tasks.classification import TASK, ClassificationConfig, _splits
from explorer.types import Samples
from tests.colours import write_classes
from tests.made_sets import forget_digests
from tests.opened import opened, resolved
from tests.watching import Memory

QUICK = ClassificationConfig(image_size=8, width=8, depth=2, epochs=30, n_seeds=2)


@pytest.fixture
def run(tmp_path, bundle) -> RunConfig:
    data = write_classes(tmp_path / "colours")
    return RunConfig(
        data=str(data),
        bundle=bundle.name,
        task=TASK.name,
        method="random",
        size=2,
        evaluation=QUICK,
    )


def test_colours_are_learned_from_two_images_of_each(run, tmp_path):
    watcher = Memory()
    result = make_and_score(opened(Store(tmp_path / "cache"), run, watcher), run, tmp_path / "set")
    assert result["n_pairs"] == 6
    found = result["evaluation"]
    assert found["task"] == "classification"
    assert found["networks"]["convnet"]["accuracy"] == [100.0, 0.0]
    assert [each["accuracy"] for each in found["networks"]["convnet"]["students"]] == [100.0] * 2
    card = (tmp_path / "set" / "README.md").read_text()
    assert "| convnet | 100.0 ± 0.0 |" in card
    assert "- Classes: blue, green, red" in card
    assert "image-classification" in card


def test_all_of_the_data_is_scored_where_it_lies(run, tmp_path):
    store, own = Store(tmp_path / "cache"), run.with_method("all")
    result = make_and_score(opened(store, own), own, tmp_path / "set")
    train = open_dataset(run.data).labelled()
    assert result["n_pairs"] == train.n_images
    assert result["evaluation"]["networks"]["convnet"]["accuracy"] == [100.0, 0.0]
    assert not (tmp_path / "set").exists()


def test_the_network_is_told_with_the_blocks_it_has():
    told = TASK.told({**replace(QUICK, depth=0).as_json()})
    assert told == "ConvNet-1 of width 8, 8 pixels, 30 epochs"


def test_a_set_keeps_its_classes_in_folders_and_in_its_lines(run, tmp_path):
    make_and_score(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    lines = (tmp_path / "set" / "train" / "metadata.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["label"] for row in rows] == ["blue"] * 2 + ["green"] * 2 + ["red"] * 2
    assert all(row["file_name"].startswith(row["label"] + "/") for row in rows)
    assert open_trained(str(tmp_path / "set")).split.n_images == 6


def test_a_student_that_was_trained_is_told_again_without_training(run, tmp_path):
    store, first, again = Store(tmp_path / "cache"), Memory(), Memory()
    result = make_and_score(opened(store, run, first), run, tmp_path / "set")
    assert make_and_score(opened(store, run, again), run, tmp_path / "set") == result
    curves = [event for event in first.events if event[1] == "metric"]
    assert curves
    assert [event for event in again.events if event[1] == "metric"] == curves


def test_all_of_train_can_be_scored(run, tmp_path):
    store = Store(tmp_path / "cache")
    result = score(opened(store, run), run, open_trained(run.data))
    assert result["n_pairs"] == 20
    assert result["networks"]["convnet"]["accuracy"][0] == 100.0


def test_classes_are_known_by_name_not_by_number(run, tmp_path):
    """A set of two classes has other numbers than its source."""
    make_and_score(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    metadata = tmp_path / "set" / "train" / "metadata.jsonl"
    kept = [line for line in metadata.read_text().splitlines() if '"green"' not in line]
    metadata.write_text("\n".join(kept))
    forget_digests(tmp_path / "set")
    context = a_context(run, tmp_path)
    splits = _splits(context, open_trained(str(tmp_path / "set")), QUICK, lambda share, text: None)
    assert splits.train.target.tolist() == [0, 0, 2, 2]


def test_a_set_whose_learned_labels_all_lean_to_one_class_is_scored(run, tmp_path):
    make_and_score(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    metadata = tmp_path / "set" / "train" / "metadata.jsonl"
    lines = [json.loads(line) for line in metadata.read_text().splitlines()]
    metadata.write_text("\n".join(json.dumps({**each, "label": "red"}) for each in lines))
    forget_digests(tmp_path / "set")
    trained = open_trained(str(tmp_path / "set"))
    splits = _splits(a_context(run, tmp_path), trained, QUICK, lambda share, text: None)
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
    splits = _splits(context, trained, QUICK, lambda share, text: None)
    assert np.array_equal(splits.train.image, exact)
    assert np.array_equal(splits.train.target, shares)
    assert splits.learning_rate == 0.5
    given = _splits(context, trained, replace(QUICK, rate="given"), lambda share, text: None)
    assert given.learning_rate == QUICK.learning_rate


def test_captions_are_no_classes(run, colours, tmp_path):
    with pytest.raises(ConfigError, match="not made for image classification"):
        a_context(replace(run, data=str(colours)), tmp_path)


def test_more_images_than_a_class_has_are_refused(run, tmp_path):
    with pytest.raises(ConfigError, match="the smallest class has 6"):
        make_and_score(
            opened(Store(tmp_path / "cache"), run),
            replace(run, size=7),
            tmp_path / "set",
        )


def test_an_image_that_cannot_be_halved_so_often_is_refused():
    with pytest.raises(ConfigError, match="8 pixels cannot be halved 4 times"):
        ClassificationConfig(image_size=8, depth=4)


def a_context(run: RunConfig, tmp_path):
    return resolved(Store(tmp_path / "cache"), run)


def run_bundle(run: RunConfig):
    from explorer.runs.config import bundle_of

    return bundle_of(run)


@pytest.mark.parametrize("augmentation", ["randaugment", OF_EACH])
def test_students_of_several_networks_stand_beside_each_other(augmentation, run, tmp_path):
    networks = "convnet-bn, kernel-fc mlp, mlp"
    own = replace(
        QUICK, architectures=networks, whitening="zca", augmentation=augmentation, epochs=2
    )
    watcher = Memory()
    store = Store(tmp_path / "cache")
    result = make_and_score(
        opened(store, run, watcher),
        replace(run, evaluation=own),
        tmp_path / "set",
    )
    found = result["evaluation"]["networks"]
    assert list(found) == ["convnet-bn", "kernel-fc", "mlp"]
    assert [len(each["students"]) for each in found.values()] == [2, 1, 2]
    assert found["kernel-fc"]["accuracy"] == [100.0, None]
    assert {event[2]["backbone"] for event in watcher.events if event[1] == "metric"} == {
        "convnet-bn",
        "mlp",
    }


def test_a_network_that_nobody_knows_is_refused():
    with pytest.raises(ConfigError, match=r"No network .inception.\. Choose of: convnet, "):
        ClassificationConfig(architectures="convnet, inception")
    with pytest.raises(ConfigError, match="must name one at least of convnet"):
        ClassificationConfig(architectures=" , ")


def test_a_student_whose_loss_runs_away_is_no_score(run, tmp_path):
    far = replace(run, evaluation=replace(QUICK, learning_rate=1e9))
    with pytest.raises(ConfigError, match=r"epoch \d, with the learning rate 1e\+09: lower"):
        make_and_score(opened(Store(tmp_path / "cache"), far), far, tmp_path / "set")
