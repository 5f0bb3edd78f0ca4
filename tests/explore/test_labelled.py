"""Labelled data on the map: classes stand for captions."""

import numpy as np
import pytest

from explorer.config import ClassCaption, MapConfig
from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.explore import points
from explorer.explore.dataset import find_prepared
from explorer.explore.previews import blended, subject
from explorer.explore.view import View
from explorer.runs.config import RunConfig
from explorer.runs.distill import prepare
from explorer.store.store import Store
from explorer.ui import payload
from tests.colours import write_classes
from tests.opened import opened


@pytest.mark.parametrize(("asked", "per_class"), [(1, 1), (8, 2)])
def test_labelled_data_are_prepared_with_as_many_prototypes_of_each_class(
    asked, per_class, tmp_path, bundle
):
    data = str(write_classes(tmp_path / "classes"))
    store, view = Store(tmp_path / "cache"), View(data=data, bundle=bundle.name, n_prototypes=asked)
    config = RunConfig(data=data, bundle=bundle.name, size=asked)
    result = prepare(opened(store, config), config, MapConfig(), ("image",))
    dataset = open_dataset(data)
    classes = list(dataset.labelled().classes)
    assert result["n_prototypes"] == per_class * len(classes)
    found = find_prepared(store, view)
    assert found is not None
    assert sorted(found.labels) == sorted(classes * per_class)
    labels = dataset.labelled().labels
    of_image = found.prototype_of_image
    for k, name in enumerate(found.labels):
        assert set(labels[of_image == k]) == {classes.index(name)}
    assert [str(text) for text in found.captions] == [classes[c] for c in labels]
    assert set(found.labels) <= set(
        classes
    )  # words of a class, such as of a digit, may name nothing
    assert points.values(found, "image", "class").tolist() == labels.tolist()
    named = ClassCaption(template="{class} paint")
    assert subject(found, 0).text == f"a photo of a {found.labels[0]}"
    assert subject(found, 0, named).text == f"{found.labels[0]} paint"
    assert blended(found, 0, 1, 0.9, named).text == f"{found.labels[1]} paint"
    about = payload.about(found)
    assert (about["classes"], list(about["spaces"])) == (classes, ["image"])
    assert payload.first_spaces(dataset) == ("image",)


def test_a_point_of_captioned_data_has_no_class(tmp_path, bundle, config):
    store = Store(tmp_path / "cache")
    prepare(opened(store, config), config, MapConfig(), ("image",))
    found = find_prepared(
        store, View(data=config.data, bundle=bundle.name, n_prototypes=config.size)
    )
    assert found is not None
    with pytest.raises(ConfigError, match="no classes"):
        points.values(found, "image", "class")
    assert np.isfinite(points.values(found, "image", "words")).all()
