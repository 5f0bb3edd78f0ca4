"""Labelled sets are made and scored, and what is told of them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explorer.config import OF_EACH
from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.runs.distill import make_and_score, open_trained, score
from explorer.store.store import Store
from explorer.tasks import classification
from explorer.tasks.classification import TASK, ClassificationConfig
from explorer.types import Samples
from tests.opened import opened, resolved
from tests.watching import Memory


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


def test_the_network_is_told_with_the_blocks_it_has(run):
    told = TASK.told({**replace(run.evaluation, depth=0).as_json()})
    assert told == "ConvNet-1 of width 8, 8 pixels, 30 epochs"


def test_a_set_keeps_its_classes_in_folders_and_in_its_lines(run, tmp_path):
    make_and_score(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    lines = (tmp_path / "set" / "train" / "metadata.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["label"] for row in rows] == ["blue"] * 2 + ["green"] * 2 + ["red"] * 2
    assert all(row["file_name"].startswith(row["label"] + "/") for row in rows)
    assert open_trained(str(tmp_path / "set")).split.n_images == 6


def test_all_of_train_can_be_scored(run, tmp_path):
    store = Store(tmp_path / "cache")
    result = score(opened(store, run), run, open_trained(run.data))
    assert result["n_pairs"] == 20
    assert result["networks"]["convnet"]["accuracy"][0] == 100.0


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


@pytest.mark.parametrize("augmentation", ["randaugment", OF_EACH])
def test_students_of_several_networks_stand_beside_each_other(augmentation, run, tmp_path):
    networks = "convnet-bn, kernel-fc mlp, mlp"
    own = replace(
        run.evaluation, architectures=networks, whitening="zca", augmentation=augmentation, epochs=2
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


@pytest.mark.parametrize(("learned", "rate"), [(None, 0.04), ({"student": 0.5}, 0.5)])
def test_a_quick_student_takes_a_quarter_of_the_epochs_at_four_times_the_given_rate(
    learned, rate, run, tmp_path, monkeypatch
):
    asked = []

    def quick_scores(splits, config, device):
        asked.append((splits.learning_rate, config.epochs))
        return {"accuracy": 50.0}

    monkeypatch.setattr(classification, "quick_scores", quick_scores)
    samples = Samples(
        images=np.zeros((3, 3, 8, 8), np.float32), labels=np.arange(3), learning_rates=learned
    )
    context = resolved(Store(tmp_path / "cache"), run)
    evaluation = replace(run.evaluation, epochs=100, learning_rate=0.01)
    assert TASK.look(context, samples, evaluation) == {"accuracy": 50.0}
    assert asked == [(pytest.approx(rate), 25)]
