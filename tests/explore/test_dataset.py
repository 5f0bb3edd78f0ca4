import io
import sys
import time
from subprocess import run
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.config import Edit, MapConfig
from explorer.core.prototypes import nearest_captions
from explorer.data.open import open_dataset
from explorer.explore.dataset import Prepared, find_prepared
from explorer.explore.inspector import make_card
from explorer.explore.view import View
from explorer.runs.config import view_of
from explorer.runs.distill import prepare
from explorer.steps.embeddings import Embedded, FoundPrototypes
from explorer.store.ragged import Blobs, Texts, pack, pack_texts
from explorer.store.store import Store
from explorer.types import Prototypes
from tests.opened import opened


def make_prepared(n_images: int, n_prototypes: int, dim: int = 8, captions_each: int = 2):
    """Random embeddings around topics, which are the clusters; every seventh row is dropped."""
    rng = np.random.default_rng(0)
    topic = rng.integers(n_prototypes, size=n_images)
    centres = (rng.normal(size=(n_prototypes, dim)) * 3).astype(np.float32)
    image = centres[topic] + rng.normal(size=(n_images, dim)).astype(np.float32)
    image_of_caption = np.repeat(np.arange(n_images), captions_each)
    noise = rng.normal(size=(len(image_of_caption), dim))
    caption = (image[image_of_caption] + noise).astype(np.float32)
    embedded = Embedded(
        key="e",
        image=image,
        caption=caption,
        image_of_caption=image_of_caption,
        captions=Texts(*pack_texts(f"caption {m}" for m in image_of_caption)),
        names=Texts(*pack_texts(str(i) for i in range(n_images))),
        thumbnails=Blobs(*pack(bytes([i % 256]) for i in range(n_images))),
        number=np.arange(n_images),
        skipped=[],
    )
    made = make_prototypes(centres, topic[image_of_caption], rng)
    chosen = nearest_captions(made.caption, caption)
    words, number = [["a", "b"]] * n_prototypes, np.arange(n_prototypes)
    found = FoundPrototypes("p", made, chosen, words, number, n_prototypes, {})
    config = View(n_prototypes=n_prototypes)
    dataset = SimpleNamespace(is_labelled=False)
    return Prepared(Store("nowhere"), config, MapConfig(), dataset, embedded, found)


def make_prototypes(centres: np.ndarray, topic: np.ndarray, rng: np.random.Generator) -> Prototypes:
    """Prototype k came from image cluster label[k], and from the caption cluster of that number."""
    n, is_kept = len(centres), np.arange(len(topic)) % 7 != 0
    label = rng.permutation(n)
    caption_topic = np.where(rng.random(len(topic)) < 0.1, rng.integers(n, size=len(topic)), topic)
    n_shared = np.bincount(topic[is_kept & (topic == caption_topic)], minlength=n)
    return Prototypes(
        image=centres[label],
        caption=centres[label],
        n_shared=n_shared[label],
        image_cluster=np.where(is_kept, topic, -1),
        caption_cluster=np.where(is_kept, caption_topic, -1),
        image_label=label,
        caption_label=label,
        kept=np.flatnonzero(is_kept),
    )


@pytest.fixture(scope="module")
def small() -> Prepared:
    return make_prepared(n_images=60, n_prototypes=5)


def test_a_card_has_the_numbers_and_the_nearest(small):
    card = make_card(small, 2)
    prototypes = small.prototypes
    assert (card.label, card.number) == ("a · b", 2)
    rows = prototypes.image_cluster == prototypes.image_label[2]
    assert card.n_image_rows == rows.sum()
    shared = rows & (prototypes.caption_cluster == prototypes.caption_label[2])
    assert card.n_shared == shared.sum()
    unit = small.image / np.linalg.norm(small.image, axis=1, keepdims=True)
    cosine = unit @ prototypes.image[2] / np.linalg.norm(prototypes.image[2])
    assert [i for i, _ in card.nearest_images] == np.argsort(-cosine)[:12].tolist()
    assert card.nearest_images[0][1] == pytest.approx(cosine.max(), abs=1e-5)
    assert card.nearest_captions[0][0] == card.chosen_caption == small.chosen_caption[2]


def test_the_rank_counts_the_prototypes_whose_sides_agree_more(small):
    lower = small.prototypes._replace(image=small.prototypes.image[[2, 1, 0, 3, 4]])
    swapped = make_prepared(n_images=60, n_prototypes=5)
    swapped.prototypes = lower  # 0 and 2 have each other's image side, the others their own
    assert all(make_card(swapped, k).rank >= 4 for k in (0, 2))
    assert all(make_card(swapped, k).rank <= 3 for k in (1, 3, 4))


def test_a_card_lists_no_more_than_there_is():
    assert len(make_card(make_prepared(n_images=6, n_prototypes=2), 0).nearest_images) == 6


@pytest.mark.parametrize("k", [-1, 5])
def test_there_is_no_card_beyond_the_prototypes(small, k):
    with pytest.raises(IndexError):
        make_card(small, k)


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


def test_a_card_is_quick_with_as_many_images_as_scenes_has():
    prepared = make_prepared(n_images=6000, n_prototypes=100, dim=128, captions_each=5)
    make_card(prepared, 0)
    seconds = []
    for k in range(1, 8):
        start = time.perf_counter()
        make_card(prepared, k)
        seconds.append(time.perf_counter() - start)
    assert np.median(seconds) < 0.05


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
