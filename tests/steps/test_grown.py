"""Prototypes of a dataset that grew start from those of its smaller version."""

from dataclasses import replace
from typing import Any

import pytest

from explorer.config import MapConfig
from explorer.data.open import open_dataset
from explorer.explore.dataset import find_prepared
from explorer.runs.config import RunConfig, prototypes_of, view_of
from explorer.runs.distill import distill, prepare
from explorer.runs.estimate import estimate
from explorer.store.store import Store
from tests.colours import SIZES, write_colours
from tests.configs import with_settings
from tests.opened import opened, resolved
from tests.watching import Memory

UPDATE = "Prototypes started from those of 12 images: "


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache", shipped=None)


@pytest.fixture
def again(config):
    """A run that starts from what there is."""
    return with_settings(replace(config, size=3), prototypes={"clustering_start": "earlier"})


@pytest.fixture
def from_scratch(again):
    return with_settings(again, prototypes={"clustering_start": "scratch"})


def smaller(config: RunConfig, tmp_path, n: int) -> RunConfig:
    """The same run when the data had n images."""
    folder = tmp_path / f"when-{n}"
    return replace(config, data=str(write_colours(folder, {**SIZES, "train": n})))


def key(store: Store, config: RunConfig) -> str:
    return resolved(store, config).prototypes(prototypes_of(config)).key


def prepared(
    store: Store, config: RunConfig, memory: Memory | None = None, maps: tuple[str, ...] = ()
) -> dict[str, Any]:
    return prepare(opened(store, config, memory), config, MapConfig(), maps)


def test_they_start_there_and_tell_how_far_they_moved(store, again, from_scratch, tmp_path):
    prepared(store, smaller(from_scratch, tmp_path, 12))
    memory = Memory()
    result = prepared(store, again, memory, ("image",))
    (update,) = [text for text in memory.said if text.startswith(UPDATE)]
    assert " of 3 moved by 1 degree or more, half of all by " in update
    assert result["found"].endswith(update)
    assert find_prepared(store, view_of(again)).told.endswith(update)
    assert result["key"] == key(store, again) != key(store, from_scratch)
    told = estimate(store, again, open_dataset(again.data), "cpu").parts
    assert [part.why for part in told[:2]] == ["done already"] * 2
    distill(opened(store, again), again, tmp_path / "set")
    assert update in (tmp_path / "set" / "README.md").read_text()


def test_what_they_started_from_stays_though_a_larger_version_is_there_later(
    store, again, tmp_path
):
    prepared(store, smaller(again, tmp_path, 12))
    before = prepared(store, again)["key"]
    larger = smaller(again, tmp_path, 16)
    prepared(store, larger)
    assert prepared(store, again)["key"] == before
    context = resolved(store, smaller(again, tmp_path, 18))
    beginning = context.prototypes(prototypes_of(again)).inputs["earlier"]
    assert beginning == key(store, larger)


def test_where_there_is_nothing_to_start_from_it_is_said_and_they_are_as_from_scratch(
    store, again, from_scratch, tmp_path
):
    prepared(store, smaller(replace(from_scratch, size=4), tmp_path, 12))
    memory = Memory()
    found = prepared(store, again, memory)
    assert any("clustering started from scratch" in text for text in memory.said)
    assert found["key"] == key(store, from_scratch)
