"""What a run works with: resolved once, told once."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.config import Edit, PrototypeConfig
from explorer.steps.context import Context
from explorer.steps.embeddings import Embedded
from explorer.steps.subset import keep_subset
from explorer.store.ragged import Blobs, Texts, pack, pack_texts
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from explorer.types import Dataset, Pairs
from tests.watching import Memory

N_IMAGES = 12


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path, shipped=None)


@pytest.fixture
def dataset() -> Dataset:
    pairs = Pairs(
        image_names=[f"{n}.png" for n in range(N_IMAGES)],
        open_image=lambda n: pytest.fail("no image is opened"),
        fingerprint="f",
        captions=[f"caption {n}" for n in range(2 * N_IMAGES)],
        image_of_caption=np.repeat(np.arange(N_IMAGES), 2),
    )
    return Dataset(name="d", found="", splits={"train": pairs})


def topics(n_skipped: int = 0, n_truncated: int = 0) -> Embedded:
    """Embeddings of three topics; the first images may be missing."""
    rng = np.random.default_rng(0)
    n = N_IMAGES - n_skipped
    image = (10 * rng.normal(size=(3, 4))[np.arange(n) % 3] + rng.normal(size=(n, 4))).astype("f4")
    of_caption = np.repeat(np.arange(n), 2)
    return Embedded(
        key="e",
        image=image,
        caption=image[of_caption] + rng.normal(size=(2 * n, 4)).astype("f4"),
        image_of_caption=of_caption,
        captions=Texts(*pack_texts([f"caption {m}" for m in range(2 * n)])),
        names=Texts(*pack_texts([f"{i}.png" for i in range(n)])),
        thumbnails=Blobs(*pack([b""] * n)),
        number=np.arange(n_skipped, N_IMAGES),
        skipped=[f"{i}.png: broken" for i in range(n_skipped)],
        n_truncated=n_truncated,
    )


def context(store: Store, dataset: Dataset, found: Embedded, **changed: object) -> Context:
    """A context whose embeddings are these; `times` counts how often they are computed."""
    made = Context(
        **{
            "store": store,
            "dataset": dataset,
            "models": None,
            "watcher": Memory(),
            "size": 3,
            **changed,
        }
    )

    def compute(scratch, report):
        report(0.5, "Embedding")
        return Computed({"x": np.zeros(1)})

    step = Step("embed", 1, {"of": found.key}, compute, lambda entry: found._replace(key=entry.key))
    vars(made)["embedding"] = step
    return made


def test_before_data_are_embedded_their_rows_are_those_of_the_dataset(store, dataset):
    found = topics(n_skipped=2)
    assert context(store, dataset, found).n_rows == 24
    here = context(store, dataset, found)
    here.embedded()
    assert here.n_rows == 20
    assert context(store, dataset, found).n_rows == 20  # in another run, too


def test_embeddings_are_read_once_and_what_they_lack_is_told_once(store, dataset):
    here = context(store, dataset, topics(n_skipped=2, n_truncated=3))
    assert here.embedded() is here.embedded()
    here.find_prototypes(PrototypeConfig())
    assert here.watcher.said == [
        "2 images cannot be read and are left out:",
        "0.png: broken",
        "1.png: broken",
        "3 captions are longer than the encoder reads; their ends are cut.",
    ]


def test_of_many_unreadable_images_only_the_first_are_listed(store, dataset):
    found = topics()._replace(skipped=[f"{n}.png" for n in range(1500)])
    here = context(store, dataset, found)
    here.embedded()
    assert len(here.watcher.said) == 21
    assert here.watcher.said[0].startswith("1,500 images")


def test_a_subset_is_what_is_distilled_under_a_key_of_its_own(store, dataset):
    found = topics()
    subset = keep_subset(store, dataset.pairs(), 24, np.arange(4, 20))
    part, whole = context(store, dataset, found, subset=subset), context(store, dataset, found)
    assert part.n_rows == 16
    assert len(part.embedded().caption) == 16
    assert part.embed_key == part.embedded().key != whole.embed_key == whole.embedded().key
    config = PrototypeConfig()
    assert part.prototypes(config).key != whole.prototypes(config).key
    assert part.forgetting(0).key != whole.forgetting(0).key


def test_a_subset_starts_from_no_earlier_prototypes(store, dataset):
    subset = keep_subset(store, dataset.pairs(), 24, np.arange(4, 20))
    config = PrototypeConfig(clustering_start="earlier")
    part = context(store, dataset, topics(), subset=subset)
    assert part.prototypes(config).inputs.get("earlier") is None


def test_prototypes_are_found_once_and_edited_in_order(store, dataset):
    plain = context(store, dataset, topics()).find_prototypes(PrototypeConfig())
    edits = Edit(kind="drop", prototype=1), Edit(kind="merge", prototype=0, other=2)
    here = context(store, dataset, topics(), edits=edits)
    assert plain.number.tolist() == [0, 1, 2]
    assert here.find_prototypes(PrototypeConfig()).number.tolist() == [0]
    assert here.find_prototypes(PrototypeConfig()).key != plain.key
    assert not any("Clustering" in line for line in here.watcher.lines)  # they were there


def test_that_clustering_started_from_scratch_is_told_where_it_was_to_start_elsewhere(
    store, dataset, monkeypatch
):
    monkeypatch.setattr("explorer.steps.context.find_beginning", lambda *of: None)
    here = context(store, dataset, topics())
    assert here.update(PrototypeConfig()) == ""
    earlier = PrototypeConfig(clustering_start="earlier")
    assert here.update(earlier).endswith("clustering started from scratch.")
    here.find_prototypes(earlier)
    assert here.watcher.said == [here.update(earlier)]


def test_what_prototypes_start_from_is_looked_up_once(store, dataset, monkeypatch):
    """Another run may make such prototypes while this one is on its way."""
    asked = []
    monkeypatch.setattr("explorer.steps.context.find_beginning", lambda *of: asked.append(of))
    here, earlier = context(store, dataset, topics()), PrototypeConfig(clustering_start="earlier")
    assert here.prototypes(earlier).key == here.prototypes(earlier).key
    assert len(asked) == 1
    here.prototypes(replace(earlier, drop_fraction=0.1))
    assert len(asked) == 2
