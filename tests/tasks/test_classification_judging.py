"""What a referee asks of sets of labelled images."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.engine.engine import HERE
from explorer.tasks.classification_judging import JUDGING, MOST_SIDE
from explorer.tasks.classification_students import ClassificationConfig
from explorer.types import Dataset, Labelled
from tests.watching import Memory


def test_a_set_is_read_as_kept_as_opened_and_by_students_of_plain_images():
    ways = JUDGING.readings(ClassificationConfig(augmentation="dsa", epochs=7))
    assert (ways.kept.reading, ways.opened.reading) == ("kept", "opened")
    assert ways.otherwise.augmentation == "none"
    assert ways.otherwise.reading == "opened"
    assert {each.epochs for each in ways} == {7}


def test_students_of_plain_images_have_no_others_beside_them():
    assert JUDGING.readings(ClassificationConfig(augmentation="none")).otherwise is None


def test_the_headline_of_each_student_is_read_by_network():
    own = {"students": [{"seed": 0, "accuracy": 40.0}, {"seed": 1, "accuracy": 50}]}
    assert JUDGING.students({"networks": {"convnet": own}}) == {"convnet": [40.0, 50.0]}


@pytest.mark.parametrize(
    ("settings", "size"), [({"size": 3}, 3), ({}, 6), ({"size": "3"}, 6), ({"size": None}, 6)]
)
def test_a_random_set_has_as_many_images_of_each_class_as_were_asked_for(settings, size):
    assert JUDGING.size(settings, 59, 10) == size
    assert JUDGING.size({}, 3, 10) == 1


def test_sets_of_methods_with_a_network_were_learned_through_it():
    through = JUDGING.learned_through
    assert through(None, {"settings": {"width": 64}}) == "convnet"
    assert through(None, {"settings": {"seed": 1}}) is through(None, {}) is None


def test_images_lie_by_their_levels_from_the_mean_of_train_in_its_deviations(tmp_path):
    from explorer.store.store import Store

    def split(*levels: int) -> Labelled:
        return Labelled(
            image_names=[str(level) for level in levels],
            open_image=lambda i: Image.new("RGB", (32, 32), (levels[i],) * 3),
            fingerprint=str(levels),
            labels=np.arange(len(levels)) % 2,
            classes=["dark", "light"],
        )

    train = split(50, 150)
    context = SimpleNamespace(
        store=Store(tmp_path),
        dataset=Dataset(name="", found="", splits={"train": train}),
        engine=HERE,
        watcher=Memory(),
    )
    config = ClassificationConfig(image_size=32)
    rows = JUDGING.rows_of(context, config, "train")
    assert rows.shape == (2, 3 * MOST_SIDE**2)
    assert rows[0] == pytest.approx(-np.ones(768), abs=1e-5)
    assert rows[1] == pytest.approx(np.ones(768), abs=1e-5)
    made = JUDGING.rows_of_set(context, config, split(100, 200))
    assert made[:, 0] == pytest.approx([0, 2], abs=1e-5)
