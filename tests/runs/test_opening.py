"""What a run works with is opened, and refused before hours are spent where it cannot be used."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.errors import ConfigError, ExplorerError
from explorer.models.bundles import find_bundle
from explorer.runs.config import RunConfig
from explorer.runs.opening import open_all, require_method, resolve, sources
from explorer.steps.context import Context
from explorer.store.store import Store
from explorer.tasks.retrieval_students import RetrievalConfig
from explorer.types import Dataset, Labelled, Pairs
from tests.configs import pds_run
from tests.watching import Memory

N = 20
ABOUT = {"image_names": [str(i) for i in range(N)], "open_image": lambda i: 1 / 0}
PAIRS = Pairs(
    **ABOUT,
    fingerprint="pairs",
    captions=[f"caption {i}" for i in range(N)],
    image_of_caption=np.arange(N),
)
LABELLED = Labelled(**ABOUT, fingerprint="classes", labels=np.arange(N) % 2, classes=["cat", "dog"])


@pytest.fixture
def context(tmp_path):
    def of(train: object) -> Context:
        dataset = Dataset(name="mine", found="Found it.", splits={"train": train, "test": train})
        models = SimpleNamespace(bundle=find_bundle("scenes"), device="cpu")
        return Context(
            store=Store(tmp_path), dataset=dataset, models=models, watcher=Memory(), size=0
        )

    return of


def test_scores_are_known_by_splits_and_models_and_nothing_else():
    dataset = Dataset(name="mine", found="", splits={"train": PAIRS, "test": LABELLED})
    bundle = find_bundle("scenes")
    found = sources(RunConfig(data="a"), dataset)
    assert found["splits"] == {"train": "pairs", "test": "classes"}
    assert len(found["models"]) == 2 + len(bundle.backbones)
    assert sources(RunConfig(data="b", size=3, method="random"), dataset) == found
    other = RunConfig(evaluation=RetrievalConfig(backbones=("me/resnet",)))
    assert sources(other, dataset)["models"] == [*found["models"][:2], "me/resnet"]


def test_a_run_sees_its_own_size_and_edits_of_what_several_share(context):
    opened = context(PAIRS)
    config = RunConfig(size=7)
    own = resolve(opened, config)
    assert (own.size, own.subset, opened.size) == (7, None, 0)
    assert own.dataset is opened.dataset


@pytest.mark.parametrize(
    ("train", "config", "message"),
    [
        (LABELLED, RunConfig(), "mine is not made for image-text retrieval"),
        (PAIRS, RunConfig(task="classification", method="dm"), "not made for image classification"),
        (PAIRS, RunConfig(subset="none"), "There is no subset 'none'"),
    ],
)
def test_data_that_a_run_is_not_for_are_refused(context, train, config, message):
    with pytest.raises(ExplorerError, match=message):
        resolve(context(train), config)


def test_no_more_pairs_are_made_than_the_filter_leaves(context):
    config = pds_run(prototypes={"drop_fraction": 0.25})
    most = replace(config, size=15)  # of 20
    require_method(resolve(context(PAIRS), most), most)
    more = replace(config, size=16)
    with pytest.raises(ConfigError, match=r"16 pairs from 15 rows that survive .*, lower drop_f"):
        require_method(resolve(context(PAIRS), more), more)


def test_a_method_without_a_filter_makes_as_many_as_there_are(context):
    config = RunConfig(method="random", size=N)
    require_method(resolve(context(PAIRS), config), config)
    more = replace(config, size=N + 1)
    with pytest.raises(ConfigError, match=r"21 pairs from 20 rows; ask for 1 to 20, or use more"):
        require_method(resolve(context(PAIRS), more), more)


def test_a_method_that_takes_every_pair_asks_for_nothing(context):
    config = RunConfig(method="all", size=10**6)
    require_method(resolve(context(PAIRS), config), config)


def test_who_opens_data_hears_what_was_found_and_what_the_models_know(tmp_path, monkeypatch):
    dataset = Dataset(name="mine", found="Found it.", splits={"train": PAIRS})
    monkeypatch.setattr("explorer.runs.opening.open_dataset", lambda data: dataset)
    for data, n_said in (("photographs", 2), ("scenes", 1)):
        memory = Memory()
        open_all(Store(tmp_path), data, find_bundle("scenes"), "cpu", memory, "embed")
        assert memory.lines == [f"Opening {data}"]
        assert memory.said[0] == "Found it."
        assert len(memory.said) == n_said
