"""The rows that are to be distilled, as the form holds them."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.errors import ConfigError, ExplorerError
from explorer.steps.subset import keep_subset
from explorer.store.store import Store
from explorer.types import Pairs
from explorer.ui.forms.subsets import read_source, read_subset, value_of


@pytest.fixture
def train():
    return Pairs(
        image_names=[str(i) for i in range(6)],
        open_image=lambda i: 1 / 0,
        fingerprint="six",
        captions=[f"caption {i}" for i in range(6)],
        image_of_caption=np.arange(6),
    )


@pytest.fixture
def service(tmp_path, train):
    dataset = SimpleNamespace(pairs=lambda: train)
    return SimpleNamespace(store=Store(tmp_path), look=lambda data: dataset)


def test_what_the_form_is_told_it_reads_back(service, train):
    kept = keep_subset(service.store, train, train.n_captions, np.array([0, 2, 5]))
    value = value_of(service, kept.key, "six", "scenes")
    assert value["text"] == str(kept)
    assert read_subset(value) == kept.key
    assert read_source(value) == ["six", "scenes"]


def test_of_all_rows_there_is_nothing_to_hold(service):
    assert value_of(service, "", "six", "scenes") == {}
    assert read_subset({}) == read_subset(None) == read_subset("") == ""


def test_rows_that_nobody_kept_are_refused(service):
    with pytest.raises(ExplorerError, match="There is no subset 'none'"):
        value_of(service, "none", "six", "scenes")


@pytest.mark.parametrize("value", [{"subset": 7}, {"subset": None}, {"subset": ["a"]}])
def test_a_key_is_a_text(value):
    with pytest.raises(ConfigError, match="The subset must be a text"):
        read_subset(value)


def test_chosen_rows_are_of_some_data():
    for value in ({}, None, {"data": "six"}, {"data": "six", "bundle": 1}):
        with pytest.raises(ConfigError, match="The subset must be a text"):
            read_source(value)
