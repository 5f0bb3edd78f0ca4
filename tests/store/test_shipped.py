"""What comes with the program is what it would compute, and is used only where it is that."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer.config import PrototypeConfig
from explorer.core.lazy_rows import pick
from explorer.core.prototypes import make_prototypes
from explorer.data.open import open_dataset
from explorer.explore.dataset import find_prepared
from explorer.explore.view import View
from explorer.models.loaded import Models
from explorer.steps.embed import embed
from explorer.store.shipped import MANIFEST, SHIPPED, pack, unpack
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from tests.shipped_world import shipped_steps


@pytest.fixture(scope="module")
def scenes():
    return open_dataset("scenes")


def a_step(compute=None) -> Step:
    def made(scratch, report):
        rows = np.arange(6, dtype=np.float32).reshape(3, 2)
        return Computed({"rows": rows[[0, 2, 0, 0, 2]], "offsets": np.array([0, 4])}, {"n": 3})

    return Step("toy", 1, {"a": 1}, compute or made, lambda entry: entry)


def shipped_toy(tmp_path):
    entry = Store(tmp_path / "made", shipped=None).fetch(a_step())
    pack(entry.folder, tmp_path / "shipped" / "toy" / entry.key)
    return entry, tmp_path / "shipped"


def never(scratch, report):
    raise AssertionError("it was computed")


def test_what_is_shipped_is_not_computed(tmp_path):
    made, shipped = shipped_toy(tmp_path)
    found = Store(tmp_path / "cache", shipped).fetch(a_step(never))
    assert found.notes == made.notes
    for name, array in made.arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array)
    assert len(np.load(shipped / "toy" / made.key / "rows.npy")) == 2


def test_what_was_changed_since_is_computed(tmp_path, caplog):
    made, shipped = shipped_toy(tmp_path)
    np.save(shipped / "toy" / made.key / "offsets.npy", np.array([0, 5]))
    store = Store(tmp_path / "cache", shipped)
    assert store.peek(a_step()) is None
    assert "is not as it was made (offsets)" in caplog.text
    assert store.fetch(a_step()).arrays["offsets"].tolist() == [0, 4]
    assert [path.name for path in (tmp_path / "cache" / "toy").iterdir()] == [made.key]


def test_what_is_damaged_later_comes_back(tmp_path):
    made, shipped = shipped_toy(tmp_path)
    store = Store(tmp_path / "cache", shipped)
    assert store.has(a_step())
    (tmp_path / "cache" / "toy" / made.key / "rows.npy").write_bytes(b"")
    assert not store.has(a_step())
    assert store.has(a_step())


def test_another_process_may_have_been_first(tmp_path):
    made, shipped = shipped_toy(tmp_path)
    there = tmp_path / "cache" / "toy" / made.key
    shutil.copytree(made.folder, there)
    assert unpack(shipped / "toy" / made.key, there)
    assert [path.name for path in there.parent.iterdir()] == [made.key]


def test_all_that_the_first_map_needs_is_shipped_and_nothing_else(tmp_path, scenes):
    steps = shipped_steps(scenes)
    wanted = {f"{step.name}/{step.key}" for step in steps}
    assert {
        f"{path.parent.parent.name}/{path.parent.name}" for path in SHIPPED.rglob(MANIFEST)
    } == (wanted), "run python -m tests.shipped_world"
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*")) < 20e6
    prepared = find_prepared(Store(tmp_path), View(), dataset=scenes)
    assert prepared.layout("image").shape == (6000, 2)
    assert prepared.layout("caption").shape == (30000, 2)
    assert prepared.thumbnail(7).startswith(b"RIFF")


def test_shipped_embeddings_are_those_that_are_computed(tmp_path, scenes):
    view, pairs = View(), scenes.pairs()
    found = Store(tmp_path).peek(embed(pairs, view.models))
    models = Models(view.models, "cpu")
    some = np.arange(0, pairs.n_images, 251)
    images = models.embed_images([pairs.open_image(int(i)) for i in some])
    np.testing.assert_allclose(found.image[some], images, atol=2e-5)
    rows = np.flatnonzero(np.isin(found.image_of_caption, some))
    captions = models.encoder.embed_captions([found.captions[int(m)] for m in rows])
    np.testing.assert_allclose(found.caption[rows], captions, atol=2e-5)
    assert list(found.captions) == list(pairs.captions)
    assert list(found.names) == list(pairs.image_names)


def test_shipped_prototypes_are_those_of_the_shipped_embeddings(tmp_path, scenes):
    prepared = find_prepared(Store(tmp_path), View(), dataset=scenes)
    image = pick(prepared.image, prepared.image_of_caption)
    settings = {k: v for k, v in PrototypeConfig().as_key().items() if k != "unique_captions"}
    made = make_prototypes(image, np.asarray(prepared.caption), n_prototypes=100, **settings)
    np.testing.assert_allclose(prepared.prototypes.image, made.image, atol=1e-4)
    assert np.mean(prepared.prototypes.image_cluster == made.image_cluster) > 0.999


def test_the_manifest_says_what_it_was_made_from():
    for manifest in SHIPPED.rglob(MANIFEST):
        said = json.loads(manifest.read_text())
        assert set(said) >= {"inputs", "sizes", "digests", "notes"}


def test_several_threads_may_unpack_one_result_at_once(tmp_path):
    entry, shipped = shipped_toy(tmp_path)
    folder = tmp_path / "cache" / "toy" / entry.key
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(unpack, shipped / "toy" / entry.key, folder) for _ in range(64)]
        assert all(call.result() for call in calls)
    assert [each.name for each in folder.parent.iterdir()] == [entry.key]
