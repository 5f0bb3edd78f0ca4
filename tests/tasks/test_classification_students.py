"""What decides how a student turns out, and which students there are."""

from dataclasses import fields, replace

import numpy as np
import pytest

from explorer.config import AS_LEARNED, NETWORKS, WHITENINGS
from explorer.errors import ConfigError
from explorer.tasks.classification_students import (
    N_LOOKS,
    REGRESSIONS,
    STUDENTS,
    ClassificationConfig,
    Seen,
    Splits,
    inputs_of,
    look_epochs,
    seeds_of,
)

CHANGED = {
    "image_size": 16,
    "image_channels": 1,
    "width": 32,
    "depth": 2,
    "augmentation": "none",
    "whitening": WHITENINGS[-1],
    "epochs": 7,
    "batch_size": 9,
    "learning_rate": 0.5,
}
NOT_OF_ONE_STUDENT = {"architectures", "n_seeds", "rate", "reading", "ridge"}  # or in what it reads


def seen(key: str) -> Seen:
    return Seen(key, np.zeros((1, 3, 8, 8), np.uint8), np.zeros(1, int), np.zeros(1, int))


SPLITS = Splits(
    train=seen("train"),
    val=seen("val"),
    test=seen("test"),
    n_classes=2,
    mean=np.zeros(3),
    std=np.ones(3),
    learning_rate=0.1,
)


def inputs(config=None, name=NETWORKS[0], seed=0, **changed):
    config = config or ClassificationConfig()
    return inputs_of(SPLITS._replace(**changed), config, name, seed)


def test_every_setting_that_decides_how_a_student_turns_out_is_in_its_key():
    names = {field.name for field in fields(ClassificationConfig)}
    assert names == CHANGED.keys() | NOT_OF_ONE_STUDENT
    for name, value in CHANGED.items():
        assert inputs(replace(ClassificationConfig(), **{name: value})) != inputs(), name


def test_the_same_student_beside_others_has_the_same_key():
    for changed in ({"architectures": ", ".join(STUDENTS[:2])}, {"n_seeds": 9}, {"ridge": 0.5}):
        assert inputs(replace(ClassificationConfig(), **changed)) == inputs()


@pytest.mark.parametrize(
    "changed",
    [
        {"train": seen("other")},
        {"val": seen("other")},
        {"val": None},
        {"test": seen("other")},
        {"mean": np.ones(3)},
        {"std": np.full(3, 2.0)},
        {"learning_rate": 0.2},
    ],
)
def test_what_students_learn_from_and_are_scored_on_is_in_their_key(changed):
    assert inputs(**changed) != inputs()


def test_networks_and_seeds_have_keys_of_their_own():
    keys = [str(inputs(name=name, seed=seed)) for name in STUDENTS for seed in (0, 1)]
    assert len(set(keys)) == len(keys)


def test_only_a_regression_depends_on_its_regularisation():
    other = replace(ClassificationConfig(), ridge=0.5)
    for name in STUDENTS:
        assert (inputs(other, name) != inputs(name=name)) == (name in REGRESSIONS)


def test_a_regression_leaves_nothing_to_chance():
    config = ClassificationConfig(n_seeds=4)
    assert {name: len(seeds_of(name, config)) for name in STUDENTS} == {
        name: 1 if name in REGRESSIONS else 4 for name in STUDENTS
    }


@pytest.mark.parametrize("epochs", [1, 3, 10, 11, 300, 1000])
def test_val_is_looked_at_first_last_and_between(epochs):
    looks = look_epochs(epochs)
    assert (looks[0], looks[-1]) == (0, epochs)
    assert len(looks) == min(epochs + 1, N_LOOKS)
    assert looks == sorted(set(looks))


def test_networks_are_named_with_commas_or_blanks_and_count_once():
    one, two = STUDENTS[:2]
    config = ClassificationConfig(architectures=f" {two},{one} , {two}")
    assert config.students == (two, one)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"architectures": " , "}, "architectures must name one at least"),
        ({"architectures": "perceptron"}, "No network 'perceptron'"),
        ({"architectures": "convnet-gn", "width": 6}, "width must be a multiple"),
    ],
)
def test_students_that_cannot_be_are_refused(changed, why):
    with pytest.raises(ConfigError, match=why):
        ClassificationConfig(**changed)


def test_images_are_not_whitened_where_nobody_says_so():
    assert ClassificationConfig(whitening=AS_LEARNED).whitens == WHITENINGS[0]
    assert ClassificationConfig(whitening=WHITENINGS[-1]).whitens == WHITENINGS[-1]
