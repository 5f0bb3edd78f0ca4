"""Near-duplicates of train in other splits are found once train is embedded."""

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from explorer.data.open import open_dataset
from explorer.steps.alike import alike_across, found_in, told
from explorer.steps.embeddings import Embedded
from explorer.store.ragged import Blobs, Texts, pack, pack_texts
from explorer.store.store import Store
from tests.data.greys import write


def photograph(seed: int) -> Image.Image:
    rough = np.random.default_rng(seed).integers(40, 215, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((320, 240), Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def make_data(folder):
    """Image 0 of test is image 3 of train, smaller and saved again; one cannot be read."""
    for split, seeds in {"train": range(8), "val": range(20, 23), "test": range(30, 33)}.items():
        rows = []
        for n, seed in enumerate(seeds):
            content = saved(photograph(seed), "PNG")
            if (split, n) == ("test", 0):
                content = saved(photograph(3).resize((200, 150)), "JPEG", quality=70)
            if (split, n) == ("test", 1):
                content = b"no image"
            write(folder / split / f"{n}.png", content)
            rows.append(f"{n}.png,a caption\n")
        write(folder / split / "metadata.csv", "file_name,caption\n" + "".join(rows))
    return open_dataset(str(folder))


def embedded(dataset) -> Embedded:
    train = dataset.splits["train"]
    images = [train.open_image(i) for i in range(train.n_images)]
    n, ones = len(images), np.ones((len(images), 2), np.float32)
    texts = Texts(*pack_texts(["a"] * n))
    thumbnails = Blobs(*pack([saved(each, "WEBP", quality=80) for each in images]))
    return Embedded("k", ones, ones, np.arange(n), texts, texts, thumbnails, np.arange(n), [])


def test_an_image_that_was_scaled_and_saved_again_is_found(tmp_path):
    dataset, store = make_data(tmp_path / "set"), Store(tmp_path / "cache", shipped=None)
    assert found_in(store, dataset) == dataset.found
    (found,) = store.fetch(alike_across(dataset, lambda: embedded(dataset)))
    assert (found.split, found.other, found.n_images) == ("test", "train", 1)
    assert found_in(store, dataset) == f"{dataset.found} {told([found])}"
    assert "Images of test that look like one of train, or are the same: 1 (" in told([found])


def test_where_nothing_looks_alike_nothing_is_said(tmp_path):
    dataset = make_data(tmp_path / "set")
    val = replace(dataset, splits={n: s for n, s in dataset.splits.items() if n != "test"})
    store = Store(tmp_path / "cache", shipped=None)
    assert store.fetch(alike_across(val, lambda: embedded(val))) == []
    assert found_in(store, val) == val.found


def test_other_images_of_a_split_are_another_step(tmp_path):
    dataset = make_data(tmp_path / "set")
    step = alike_across(dataset, lambda: embedded(dataset))
    write(tmp_path / "set/test/2.png", saved(photograph(4), "PNG"))
    assert alike_across(open_dataset(str(tmp_path / "set")), lambda: None).key != step.key
