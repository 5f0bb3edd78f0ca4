"""Coverage of a prepared dataset: by the prototypes, by a set, and where a prototype was added."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.config import Edit
from explorer.core.referee import spread, to_nearest_others
from explorer.explore import coverage as exploring
from explorer.explore.coverage import Coverage, coverage, holes
from explorer.explore.dataset import Prepared, find_prepared
from explorer.explore.edit_history import History
from explorer.explore.view import View
from explorer.store.step import Computed
from explorer.store.store import Store
from tests.ui.worlds import store_prepared, write_folder


@pytest.fixture(scope="module")
def view(tmp_path_factory) -> View:
    return View(data=str(write_folder(tmp_path_factory.mktemp("data") / "own")), n_prototypes=12)


@pytest.fixture(scope="module")
def prepared(view, tmp_path_factory) -> Prepared:
    cache = tmp_path_factory.mktemp("cache")
    store_prepared(cache, view)
    return find_prepared(Store(cache), view)


def test_the_coverage_is_that_of_the_referee_and_holes_are_all_else(prepared):
    found = prepared.store.fetch(coverage(prepared.store, prepared, None))
    images = prepared.image
    told = spread(images, prepared.prototypes.image, to_nearest_others(images))
    assert found.found.covered == pytest.approx(told.covered)
    assert found.found.covered_rare == pytest.approx(told.covered_rare)
    each = holes(prepared, found)
    images = np.sort(np.concatenate([hole.images for hole in each]))
    np.testing.assert_array_equal(images, np.flatnonzero(~found.found.is_covered))
    assert all(hole.middle in hole.images and hole.added is None for hole in each)
    assert all(hole.distance > found.found.usual for hole in each)


def test_an_added_prototype_covers_more_of_its_hole_and_is_named_there(prepared, view):
    store, dropped = prepared.store, [Edit(kind="drop", prototype=k) for k in range(4)]

    def covered_after(*edits: Edit) -> tuple[Prepared, Coverage]:
        prepared.keep(History(edits))
        edited = find_prepared(store, view)
        return edited, store.fetch(coverage(store, edited, None))

    edited, before = covered_after(*dropped)
    hole = holes(edited, before)[0]
    assert hole.added is None
    rows = np.flatnonzero(np.isin(prepared.image_of_caption, hole.images))
    add = Edit(kind="add", prototype=edited.next_number, rows=tuple(rows.tolist()))
    edited, after = covered_after(*dropped, add)
    assert (after.found.distance <= before.found.distance).all()
    assert after.found.distance[hole.images].mean() < hole.distance
    assert holes(edited, before)[0].added == add.prototype
    prepared.keep(History())


def test_the_coverage_by_a_set_is_that_of_its_images(prepared, monkeypatch):
    split = prepared.dataset.pairs("val")
    own = prepared.image[:4]
    step = exploring.embed(split, prepared.config.models)
    made = replace(step, compute=lambda *_: Computed({"image": own}), read=_images)
    monkeypatch.setattr(exploring, "embed", lambda pairs, models: made)
    found = prepared.store.fetch(coverage(prepared.store, prepared, split))
    assert found.found.distance[:4] == pytest.approx(np.zeros(4), abs=1e-6)
    assert found.found.nearest[:4].tolist() == [0, 1, 2, 3]


def _images(entry):
    return exploring.Embedded(**dict.fromkeys(exploring.Embedded._fields))._replace(
        image=entry.arrays["image"]
    )
