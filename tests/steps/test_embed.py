import io
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.config import MapConfig
from explorer.data.open import open_dataset
from explorer.engine import image_pass as images
from explorer.errors import BadDataError
from explorer.models.clip import load_encoder
from explorer.models.fingerprint import fingerprint
from explorer.models.loaded import Models
from explorer.steps import embed as embed_stage
from explorer.steps import maps
from explorer.steps.embed import embed as embed_step
from explorer.steps.embed import embed_texts
from explorer.store.store import Store
from explorer.types import Pairs


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


@pytest.fixture
def train(colours) -> Pairs:
    return open_dataset(str(colours)).splits["train"]


@pytest.fixture
def small_pieces(monkeypatch):
    """Four images and five captions per piece, so that twenty are many."""
    monkeypatch.setattr(images, "PIECE", 4)
    monkeypatch.setattr(images, "BATCH", 2)
    monkeypatch.setattr(embed_stage, "TEXT_PIECE", 5)


def embed(store: Store, pairs: Pairs, bundle):
    return store.fetch(embed_step(pairs, bundle))


def watched(pairs: Pairs, broken: tuple[int, ...] = (), stop_at: int = -1):
    """The same pairs and a count of how often each image was opened."""
    opened: Counter[int] = Counter()

    def open_image(i: int) -> Image.Image:
        opened[i] += 1
        if i == stop_at:
            raise KeyboardInterrupt
        if i in broken:
            raise BadDataError(f"image {i} is broken")
        return pairs.open_image(i)

    return replace(pairs, open_image=open_image), opened


def test_rows_are_the_encoders_and_each_image_is_opened_once(store, train, bundle):
    pairs, opened = watched(train)
    embedded = embed(store, pairs, bundle)
    assert opened == Counter(range(20))
    wanted = Models(bundle).embed_images([train.open_image(i) for i in range(20)])
    np.testing.assert_allclose(embedded.image, wanted, rtol=1e-4, atol=1e-6)
    text = load_encoder(bundle).embed_captions(list(train.captions))
    np.testing.assert_allclose(embedded.caption, text, rtol=1e-4, atol=1e-6)
    assert list(embedded.captions) == list(train.captions)
    assert list(embedded.names) == list(train.image_names)
    assert embedded.image_of_caption.tolist() == train.image_of_caption.tolist()
    assert embed(store, pairs, bundle).key == embedded.key
    assert opened.total() == 20


def test_thumbnails_are_small_webp(store, train, bundle):
    embedded = embed(store, train, bundle)
    image = Image.open(io.BytesIO(embedded.thumbnails[3]))
    assert (image.format, image.size) == ("WEBP", (48, 40))


def test_a_large_image_gets_a_thumbnail_of_160_px():
    thumbnail = images.thumbnail(Image.new("RGB", (400, 800)))
    assert Image.open(io.BytesIO(thumbnail)).size == (80, 160)


def test_unreadable_images_are_left_out_with_their_captions_and_listed(
    store, train, bundle, small_pieces
):
    pairs, _ = watched(train, broken=(4, 5, 6, 7))  # a whole piece
    embedded = embed(store, pairs, bundle)
    assert embedded.number.tolist() == [0, 1, 2, 3, *range(8, 20)]
    assert len(embedded.image) == len(embedded.names) == len(embedded.thumbnails) == 16
    assert len(embedded.caption) == len(embedded.captions) == 32
    assert embedded.captions[8] == train.captions[16]
    assert embedded.image_of_caption[8] == 4
    assert embedded.skipped[0] == "images/train4.png: image 4 is broken"
    assert len(embedded.skipped) == 4


def test_captions_beyond_the_encoders_context_are_counted(store, train, bundle):
    captions = ["red"] * 38 + [" ".join(["zebra"] * 30)] * 2
    assert embed(store, replace(train, captions=captions), bundle).n_truncated == 2


def test_a_caption_counts_as_cut_from_the_word_on_that_changes_nothing_more(bundle):
    encoder = load_encoder(bundle)
    captions = ["red" + " red" * n for n in range(30)]
    rows = encoder.embed_captions(captions)
    first = next(n for n in range(1, 30) if np.array_equal(rows[n], rows[n - 1]))
    assert first > 5
    assert [encoder.count_truncated([each]) for each in captions] == [0] * first + [1] * (
        30 - first
    )
    assert encoder.count_truncated(captions) == 30 - first


def test_more_than_a_fifth_of_unreadable_images_is_an_error(store, train, bundle):
    pairs, _ = watched(train, broken=(1, 3, 5, 7, 9))
    with pytest.raises(BadDataError, match=r"5 of 20 images cannot be read, more than 20%"):
        embed(store, pairs, bundle)


@pytest.mark.parametrize("stop_at", [0, 9, 19])
def test_an_interrupted_embedding_goes_on_and_ends_with_the_same_bytes(
    store, tmp_path, train, bundle, small_pieces, stop_at
):
    interrupted, _ = watched(train, stop_at=stop_at)
    with pytest.raises(KeyboardInterrupt):
        embed(store, interrupted, bundle)
    assert not store.has(embed_step(train, bundle))
    pairs, opened = watched(train)
    resumed = embed(store, pairs, bundle)
    assert opened == Counter(range(stop_at // 4 * 4, 20))
    whole = embed(Store(tmp_path / "other"), train, bundle)
    for name in ("image", "caption", "image_of_caption", "number"):
        assert getattr(resumed, name).tobytes() == getattr(whole, name).tobytes()
    assert list(resumed.thumbnails) == list(whole.thumbnails)


def test_an_interruption_among_the_captions_costs_a_piece(
    store, train, bundle, small_pieces, monkeypatch
):
    encoder = load_encoder(bundle)
    embedded_captions: list[str] = []

    class Stopping:
        prepare, embed_images = encoder.prepare, encoder.embed_images
        count_truncated, workers = encoder.count_truncated, encoder.workers
        patience = 3

        def embed_captions(self, captions: list[str]) -> np.ndarray:
            self.patience -= 1
            if self.patience == 0:
                raise KeyboardInterrupt
            embedded_captions.extend(captions)
            return encoder.embed_captions(captions)

    monkeypatch.setattr("explorer.models.clip.load_encoder", lambda *_: Stopping())
    with pytest.raises(KeyboardInterrupt):
        embed(store, train, bundle)
    Stopping.patience = 100
    embed(store, train, bundle)
    assert Counter(embedded_captions) == Counter(set(train.captions))  # equal ones once


def test_other_weights_are_another_key(store, train, bundle, tmp_path):
    (tmp_path / "weights").mkdir()
    keys = set()
    for content in (b"one", b"two"):
        (tmp_path / "weights" / "a").write_bytes(content)
        keys.add(fingerprint(str(tmp_path / "weights")))
    assert len(keys) == 2
    assert fingerprint("ViT-L-14/openai") == "ViT-L-14/openai"


def test_texts_alone_are_embedded_alike(store, train, bundle):
    texts = ["a red square", "a blue square", "a red square"]
    rows = store.fetch(embed_texts(texts, Models(bundle)))
    assert len(rows) == 3
    assert np.array_equal(rows[0], rows[2])
    assert not np.array_equal(rows[0], rows[1])


def grown(folder, train: Pairs, numbers) -> Pairs:
    """A folder with these of the images and their captions, under other names."""
    folder.mkdir()
    lines = ["file_name,caption"]
    for i in numbers:
        (folder / f"copy{i:03d}.png").write_bytes(train.stored.content(i))
        own = np.flatnonzero(train.image_of_caption == i)
        lines += [f"copy{i:03d}.png,{train.captions[m]}" for m in own]
    (folder / "metadata.csv").write_text("\n".join(lines))
    return open_dataset(str(folder)).splits["train"]


def test_a_split_that_grew_embeds_only_what_is_new(
    store, train, bundle, tmp_path, small_pieces, monkeypatch
):
    few, all_of_them = (grown(tmp_path / str(n), train, range(0, 20, n)) for n in (2, 1))
    old = store.fetch(embed_step(few, bundle, store=store))
    told = []
    monkeypatch.setattr(
        embed_stage, "in_order", lambda f, batches, n: told.extend(batches) or map(f, batches)
    )
    pairs, opened = watched(all_of_them)
    step = embed_step(pairs, bundle, store=store)
    to_do = [work.n for work in step.to_do]
    found = store.fetch(step)
    same = np.flatnonzero(np.isin(list(found.names), [*few.image_names]))
    assert set(opened) == set(range(pairs.n_images)) - set(same.tolist())
    assert sum(map(len, told)) == len(set(all_of_them.captions) - set(few.captions))
    assert to_do == [opened.total(), sum(map(len, told))]
    np.testing.assert_array_equal(found.image[same], old.image)
    assert [found.thumbnails[i] for i in same] == list(old.thumbnails)
    whole = Store(tmp_path / "other").fetch(embed_step(all_of_them, bundle))
    np.testing.assert_allclose(found.image, whole.image, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.caption, whole.caption, rtol=1e-4, atol=1e-6)


def test_a_changed_image_of_the_same_name_is_embedded_anew(store, train, bundle, tmp_path):
    before = grown(tmp_path / "before", train, range(6))
    store.fetch(embed_step(before, bundle, store=store))
    after = grown(tmp_path / "after", train, range(6))
    Image.new("RGB", (48, 40), "black").save(tmp_path / "after" / "copy003.png")
    pairs, opened = watched(open_dataset(str(tmp_path / "after")).splits["train"])
    assert pairs.fingerprint != after.fingerprint
    store.fetch(embed_step(pairs, bundle, store=store))
    assert [pairs.image_names[i] for i in opened] == ["copy003.png"]


def test_the_very_same_images_are_embedded_and_laid_out_once_whatever_stands_at_them(
    store, train, bundle, monkeypatch
):
    first = store.fetch(embed_step(train, bundle, store=store))
    plane = store.fetch(maps.layout(first.key, MapConfig(), "image", lambda: first, store))
    classes = np.arange(train.n_images)
    other = replace(
        train,
        captions=[f"class {i % 2}" for i in classes],
        image_of_caption=classes,
        fingerprint="classes of the same",
        same_images=train.fingerprint,
    )
    pairs, opened = watched(other)
    step = embed_step(pairs, bundle, store=store)
    assert [work.n for work in step.to_do] == [0, 2]
    found = store.fetch(step)
    assert not opened
    np.testing.assert_array_equal(found.image, first.image)
    assert list(found.thumbnails) == list(first.thumbnails)
    assert list(found.captions) == other.captions
    monkeypatch.setattr(maps, "lay_out", lambda *_: pytest.fail("it was laid out again"))
    same = store.fetch(maps.layout(found.key, MapConfig(), "image", lambda: found, store))
    np.testing.assert_array_equal(same.position, plane.position)


def test_where_the_same_images_were_not_embedded_yet_they_are(store, train, bundle):
    pairs, opened = watched(replace(train, fingerprint="b", same_images=train.fingerprint))
    found = store.fetch(embed_step(pairs, bundle, store=store))
    assert (len(opened), found.images_of) == (20, "")
