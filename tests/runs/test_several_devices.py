"""Two devices end with the bytes of one. Both are the CPU here, which is all that tests have."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data.open import open_dataset
from explorer.engine import image_pass as images
from explorer.methods import pairs as generating
from explorer.models.bundles import BUNDLES
from explorer.runs.distill import distill
from explorer.steps import embed as embedding
from explorer.steps.embed import embed
from explorer.store.store import Store
from tests.configs import with_settings
from tests.opened import opened
from tests.watching import Memory


def content(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    """So that there is work for both."""
    monkeypatch.setattr(images, "BATCH", 3)
    monkeypatch.setattr(embedding, "TEXT_BATCH", 5)
    monkeypatch.setattr(generating, "BATCH", 2)


def test_embeddings_are_the_same_bytes(tmp_path, config, bundle):
    train = open_dataset(config.data).splits["train"]
    one, two = (
        Store(tmp_path / device).fetch(embed(train, bundle, device))
        for device in ("cpu", "cpu,cpu")
    )
    np.testing.assert_array_equal(one.image, two.image)
    np.testing.assert_array_equal(one.caption, two.caption)
    assert one.key == two.key


@pytest.mark.parametrize("kind", ["tiny_bundle", "tiny_karlo"])
def test_sets_are_the_same_bytes(request, tmp_path, config, kind, monkeypatch):
    chosen = request.getfixturevalue(kind)
    monkeypatch.setitem(BUNDLES, chosen.name, chosen)
    config = with_settings(replace(config, bundle=chosen.name), synthesis=chosen.synthesis)
    for device in ("cpu", "cpu,cpu"):
        distill(
            opened(Store(tmp_path / f"cache {device}"), config, device=device),
            config,
            tmp_path / device,
        )
    assert content(tmp_path / "cpu") == content(tmp_path / "cpu,cpu")
    assert len(content(tmp_path / "cpu")) > 11


def test_an_interrupted_set_ends_with_the_same_bytes(tmp_path, config):
    distill(opened(Store(tmp_path / "cache"), config), config, tmp_path / "whole")
    stopping = Memory(lambda stage, kind, values: values.get("prototype") == 5)
    for watcher in (stopping, Memory()):
        try:
            distill(
                opened(Store(tmp_path / "cache"), config, watcher, device="cpu,cpu"),
                config,
                tmp_path / "set",
            )
        except KeyboardInterrupt:
            assert watcher is stopping
    assert content(tmp_path / "set") == content(tmp_path / "whole")
