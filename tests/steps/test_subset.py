import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.config import Edit
from explorer.data.open import open_dataset
from explorer.errors import ConfigError, MissingDataError
from explorer.runs.config import RunConfig
from explorer.runs.distill import distill, make_and_score
from explorer.sets.folder import DistilledSet
from explorer.steps.embeddings import Embedded
from explorer.steps.subset import find_subset, keep_subset, restrict, whole_key
from explorer.store.ragged import Blobs, Texts, pack, pack_texts
from explorer.store.store import Store
from tests.opened import opened

PAIRS = SimpleNamespace(fingerprint="f1")


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def embedded() -> Embedded:
    """Five captions of three images; the second image of the dataset could not be read."""
    return Embedded(
        key="e1",
        image=np.arange(6, dtype=np.float32).reshape(3, 2),
        caption=10 + np.arange(10, dtype=np.float32).reshape(5, 2),
        image_of_caption=np.array([0, 0, 1, 2, 2]),
        captions=Texts(*pack_texts(["a", "be", "sea", "d", "é"])),
        names=Texts(*pack_texts(["0.png", "2.png", "3.png"])),
        thumbnails=Blobs(*pack([b"0", b"2", b"3"])),
        number=np.array([0, 2, 3]),
        skipped=[],
    )


def test_the_same_rows_have_the_same_key_in_any_order(store):
    kept = keep_subset(store, PAIRS, 5, np.array([4, 1, 4]))
    assert kept.rows.tolist() == [1, 4]
    assert keep_subset(store, PAIRS, 5, np.array([0, 2, 3]), leave_out=True).key == kept.key
    assert keep_subset(store, PAIRS, 5, np.array([1, 3])).key != kept.key
    assert (
        keep_subset(store, SimpleNamespace(fingerprint="f2"), 5, np.array([1, 4])).key != kept.key
    )
    found = find_subset(store, PAIRS, kept.key)
    assert (found.rows.tolist(), found.n_captions) == ([1, 4], 5)
    assert str(found) == f"Only 2 of 5 captions, chosen by hand (subset {kept.key[:8]})."


def test_a_subset_may_be_named_by_the_digits_that_are_shown(store):
    key = keep_subset(store, PAIRS, 5, np.array([4, 1])).key
    assert [whole_key(store, key[:n]) for n in (8, 9, 24)] == [key] * 3
    for other in (key[:7], "0" * 8, "../subset", ""):  # `find_subset` says that there is none
        assert whole_key(store, other) == other
    twin = f"{key[:10]}{'0' * 14}"
    shutil.copytree(store.root / "subset" / key, store.root / "subset" / twin)
    with pytest.raises(ConfigError, match=f"2 subsets begin with {key[:10]}: .*{key}"):
        whole_key(store, key[:10])


@pytest.mark.parametrize("rows", [[5], [-1]])
def test_rows_that_are_not_there_cannot_be_kept(store, rows):
    with pytest.raises(IndexError):
        keep_subset(store, PAIRS, 5, np.array(rows))


@pytest.mark.parametrize(("rows", "leave_out"), [([], False), ([0, 1, 2], True)])
def test_nothing_cannot_be_kept(store, rows, leave_out):
    with pytest.raises(ConfigError, match="No row would be left"):
        keep_subset(store, PAIRS, 3, np.array(rows, dtype=int), leave_out=leave_out)


@pytest.mark.parametrize("key", ["0" * 24, "../embed/0123", "", "x"])
def test_a_key_of_nothing_is_explained(store, key):
    with pytest.raises(MissingDataError, match="There is no subset"):
        find_subset(store, PAIRS, key)


def test_a_subset_of_other_data_is_explained(store):
    key = keep_subset(store, PAIRS, 5, np.array([0])).key
    with pytest.raises(ConfigError, match="chosen from other data"):
        find_subset(store, SimpleNamespace(fingerprint="f2"), key)


def test_chosen_rows_stand_with_their_images_as_if_there_were_no_others(store, embedded):
    subset = keep_subset(store, PAIRS, 5, np.array([1, 3, 4]))
    chosen = restrict(embedded, subset)
    assert chosen.caption.tolist() == [[12, 13], [16, 17], [18, 19]]
    assert chosen.image.tolist() == [[0, 1], [4, 5]]
    assert chosen.image_of_caption.tolist() == [0, 1, 1]
    assert (list(chosen.captions), list(chosen.names)) == (["be", "d", "é"], ["0.png", "3.png"])
    assert (list(chosen.thumbnails), chosen.number.tolist()) == ([b"0", b"3"], [0, 3])
    assert chosen.captions[1:] == ["d", "é"]
    assert embedded.key in chosen.key
    assert subset.key in chosen.key


def test_a_subset_does_not_fit_where_other_images_could_be_read(store, embedded):
    subset = keep_subset(store, PAIRS, 6, np.array([1]))
    with pytest.raises(ConfigError, match="chosen from 6 captions, and 5 could be read"):
        restrict(embedded, subset)


@pytest.fixture
def chosen(store, config) -> tuple[RunConfig, list[str]]:
    """A setting that distills captions 0 to 29 of 40, and those captions."""
    train = open_dataset(config.data).splits["train"]
    subset = keep_subset(store, train, train.n_captions, np.arange(30))
    return replace(config, subset=subset.key), list(train.captions[:30])


def test_only_chosen_rows_are_distilled_and_the_embedding_is_shared(
    store, config, chosen, tmp_path
):
    part, captions = chosen
    distill(opened(store, config), config, tmp_path / "all")
    result = distill(opened(store, part), part, tmp_path / "part")
    assert len(list((store.root / "embed").iterdir())) == 1
    assert len(list((store.root / "prototypes").iterdir())) == 2
    made = DistilledSet(tmp_path / "part")
    assert {row.caption for row in made.rows()} <= set(captions)
    assert made.settings()["subset"] == part.subset
    sentence = f"Only 30 of 40 captions, chosen by hand (subset {part.subset[:8]})."
    assert result["found"].endswith(sentence)
    assert sentence in (tmp_path / "part" / "README.md").read_text()


def test_methods_that_keep_real_pairs_take_them_from_the_chosen_rows(store, chosen, tmp_path):
    part, captions = chosen
    train = open_dataset(part.data).splits["train"]
    images = {train.open_image(i).tobytes() for i in range(15)}
    for method in ("random", "k-center", "nearest-image"):
        distill(opened(store, part), part.with_method(method), tmp_path / method)
        made = DistilledSet(tmp_path / method)
        for row in made.rows():
            assert row.caption in captions
            with Image.open(made.images / row.file_name) as image:
                assert image.convert("RGB").tobytes() in images


def test_a_subset_goes_with_neither_edits_nor_a_method_that_takes_every_pair(
    store, chosen, tmp_path
):
    part, _ = chosen
    with pytest.raises(ConfigError, match="prototypes of all rows"):
        replace(part, edits=(Edit(kind="drop", prototype=0),))
    with pytest.raises(ConfigError, match="so it cannot take a subset"):
        make_and_score(opened(store, part), part.with_method("all"), tmp_path / "set")
