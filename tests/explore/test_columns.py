import csv

import numpy as np
import pytest
from PIL import Image

from explorer.data.open import open_dataset
from explorer.errors import UnknownNameError
from explorer.explore import columns
from explorer.explore.dataset import find_prepared
from explorer.explore.view import View
from explorer.scenes.world import open_scenes
from explorer.store.store import Store
from tests.ui.worlds import store_prepared


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder of Scenes whose table has more to say: two rows an image, of one all the same."""
    folder = tmp_path_factory.mktemp("data")
    train = open_scenes(n_train=40, n_val=1, n_test=1).splits["train"]
    rows = []
    for i in range(40):
        train.open_image(i).save(folder / f"{i}.png")
        for row in np.flatnonzero(train.image_of_caption == i)[:2]:
            told = {"image": f"{i}.png", "caption": train.captions[row], "similarity": i / 40}
            rows.append(told | {"writer": f"w{row % 3}", "Taken on": f"2026-01-{1 + i % 28:02d}"})
    with (folder / "captions.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    return folder


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def prepared(data, store):
    view = View(data=str(data), n_prototypes=12)
    store_prepared(store.root, view)
    return find_prepared(store, view)


def test_what_came_with_the_data_is_a_column_of_images_or_captions(store, prepared):
    found = columns.all_columns(store, prepared)
    assert {n: (found[n].per, found[n].kind) for n in ("writer", "taken_on", "similarity_2")} == {
        "writer": ("caption", "words"),
        "taken_on": ("image", "date"),
        "similarity_2": ("image", "number"),
    }


def test_cells_follow_their_images_into_the_prepared_data(store, prepared):
    column = columns.read_column(store, prepared, "similarity_2")
    numbers = [int(name.partition(".")[0]) for name in prepared.names]
    assert column.values.tolist() == [number / 40 for number in numbers]
    of_rows = columns.of_captions(column, prepared)
    assert of_rows.values.tolist() == column.values[prepared.image_of_caption].tolist()


def test_every_column_that_is_there_has_a_cell_for_each(store, prepared):
    n = {"image": prepared.n_images, "caption": prepared.n_captions}
    found = columns.all_columns(store, prepared)
    there = {name: about.read() for name, about in found.items() if about.is_there}
    assert {name: len(column) for name, column in there.items()} == {
        name: n[column.per] for name, column in there.items()
    }
    assert {"similarity", "distance", "kept", "prototype", "words", "captions"} <= there.keys()


def test_images_have_measures_once_they_were_measured(store, prepared):
    with pytest.raises(UnknownNameError, match="no column 'brightness' yet"):
        columns.read_column(store, prepared, "brightness")
    store.fetch(columns.measuring(prepared))
    assert set(columns.read_column(store, prepared, "width").values) == {128}
    brightness = columns.read_column(store, prepared, "brightness").values
    first = np.asarray(prepared.dataset.splits["train"].open_image(0).convert("L")).mean() / 255
    assert brightness[list(prepared.image_number).index(0)] == pytest.approx(first, abs=1e-3)


def test_labelled_data_have_their_classes_as_words(tmp_path):
    for label, colour in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        (tmp_path / label).mkdir()
        for i in range(6):
            Image.new("RGB", (8, 8), colour).save(tmp_path / label / f"{i}.png")
    train = open_dataset(str(tmp_path)).splits["train"]
    assert train.columns == {}
    assert train.captioned.columns is train.columns
