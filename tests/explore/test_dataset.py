import io
import sys
from subprocess import run

import numpy as np
import pytest
from PIL import Image

from explorer.config import Edit, MapConfig
from explorer.data.open import open_dataset
from explorer.explore.dataset import Prepared, find_prepared
from explorer.explore.view import View
from explorer.runs.config import view_of
from explorer.runs.distill import prepare
from explorer.store.store import Store
from tests.explore.random_prepared import make_prepared
from tests.opened import opened


@pytest.fixture(scope="module")
def small() -> Prepared:
    return make_prepared(n_images=60, n_prototypes=5)


def test_an_image_belongs_to_the_prototype_of_most_of_its_kept_rows(small):
    prototypes = small.prototypes
    for i in range(small.n_images):
        clusters = prototypes.image_cluster[small.image_of_caption == i]
        clusters = clusters[clusters >= 0]
        k = small.prototype_of_image[i]
        if len(clusters) == 0:
            assert k == -1
        else:
            assert prototypes.image_label[k] == np.bincount(clusters).argmax()


def test_an_image_without_a_kept_row_belongs_to_no_prototype():
    single = make_prepared(n_images=14, n_prototypes=2, captions_each=1)
    assert np.flatnonzero(single.prototype_of_image == -1).tolist() == [0, 7]


def test_rows_that_were_dropped_have_no_prototype(small):
    dropped = np.setdiff1d(np.arange(small.n_captions), small.prototypes.kept)
    assert (small.prototype_of_caption[dropped] == -1).all()


def test_the_captions_of_an_image_are_found(small):
    assert small.captions_of(3) == range(6, 8)
    assert small.captions[6] == "caption 3"


def test_thumbnails_are_read_one_by_one(small):
    assert small.thumbnail(7) == b"\x07"
    for i in (-1, 60):
        with pytest.raises(IndexError):
            small.thumbnail(i)


def test_what_was_prepared_is_found_again(config, tmp_path):
    store = Store(tmp_path / "cache")
    assert find_prepared(store, view_of(config)) is None
    prepare(opened(store, config), config, MapConfig(), ("image",))
    prepared = find_prepared(store, view_of(config), dataset=open_dataset(config.data))
    assert (prepared.n_images, prepared.n_captions, prepared.n_prototypes) == (20, 40, 11)
    assert prepared.layout().shape == (20, 2)
    assert prepared.layout("caption") is None
    assert prepared.layout_note("image") == ""
    assert Image.open(io.BytesIO(prepared.thumbnail(0))).format == "WEBP"
    assert len(prepared.labels) == 11
    assert prepared.similarity.shape == (40,)
    other = View(data=config.data, bundle=config.bundle)
    assert find_prepared(store, other) is None
    assert find_prepared(store, view_of(config), MapConfig(seed=1)) is None


def test_the_page_reads_without_torch():
    code = (
        "import sys; import explorer.explore.dataset, explorer.runs.launcher, explorer.__main__,"
        " explorer.models.loaded; from explorer.data.open import open_dataset;"
        " open_dataset('scenes');"
        " print([name for name in ('torch', 'umap', 'sklearn', 'numba') if name in sys.modules])"
    )
    answer = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_modality_gap_is_the_distance_between_the_means_of_unit_rows():
    prepared = make_prepared(n_images=2, n_prototypes=1, dim=2, captions_each=1)
    prepared.image, prepared.caption = np.eye(2) * [[3], [5]], np.array([[-2.0, 0], [0, -1]])
    assert prepared.modality_gap == pytest.approx(2**0.5)
    assert prepared.is_kept.tolist() == [False, True]
    assert prepared.n_words.tolist() == [2, 2]


def test_an_edit_moves_no_prototype_in_the_line_but_what_it_made(tmp_path):
    before = make_prepared(60, 6)
    edits = (Edit(kind="drop", prototype=2), Edit(kind="split", prototype=4))
    opened = (before.config, before.map_config, before.dataset, before.embedded, before._unedited)
    after = Prepared(Store(tmp_path), *opened, edits)
    places = dict(zip(before.number.tolist(), before.place, strict=True))
    assert sorted(places.values()) == [*range(6)]
    kept = dict(zip(after.number.tolist(), after.place, strict=True))
    assert kept.pop(6) % 1 == 0.5
    assert kept == {number: place for number, place in places.items() if number != 2}
