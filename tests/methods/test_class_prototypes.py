"""Prototypes of classes as sets: their classes, and what the decoder reads."""

from dataclasses import replace

import pytest

from explorer.errors import ConfigError
from explorer.methods.registry import find_method
from explorer.runs.config import RunConfig, method_of
from explorer.steps.context import Context
from explorer.store.store import Store
from tests.colours import write_classes
from tests.opened import resolved


@pytest.fixture
def run(tmp_path, bundle) -> RunConfig:
    data = str(write_classes(tmp_path / "classes", {"train": 13, "test": 3}))
    return RunConfig(
        data=data, bundle=bundle.name, task="classification", method="nearest-classes", size=2
    )


@pytest.fixture
def context(run, bundle, tmp_path) -> Context:
    return resolved(Store(tmp_path / "cache"), run)


def test_each_class_has_as_many_real_images_of_its_own(context, run):
    states = list(method_of(run).make(context, run.settings, None))
    labels = [int(c) for state in states for c in state.samples().labels]
    assert labels == [0, 0, 1, 1, 2, 2]


def test_the_decoder_reads_the_template_with_the_name_of_the_class(context, run, monkeypatch):
    read = []
    own = run.with_method("pds-classes")
    settings = replace(own.settings, template="{class} paint")
    whole = context.models.decoder.draw

    def draw(rows, captions, *others):
        read.extend(captions)
        return whole(rows, captions, *others)

    monkeypatch.setattr(context.models.decoder, "draw", draw)
    states = list(method_of(own).make(context, settings, None))
    classes = context.dataset.labelled().classes
    labels = [int(c) for state in states for c in state.samples().labels]
    assert read == [f"{classes[c]} paint" for c in labels]
    assert sorted(labels) == [0, 0, 1, 1, 2, 2]


def test_a_template_without_a_class_and_a_class_with_too_few_images_are_refused(context, run):
    with pytest.raises(ConfigError, match=r"template must say with \{class\}"):
        find_method("pds-classes").config(template="a photo")
    check, settings = method_of(run).check, run.settings
    with pytest.raises(ConfigError, match="the smallest class has"):
        check(replace(context, size=9), settings)
    with pytest.raises(ConfigError, match="2 of 3 images are left"):
        check(replace(context, size=3), replace(settings, drop_fraction=0.4))
