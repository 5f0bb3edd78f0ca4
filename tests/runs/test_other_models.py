"""The whole path on models that were chosen one by one."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.config import MapConfig
from explorer.errors import ConfigError, MissingDataError
from explorer.explore.dataset import find_prepared
from explorer.models.bundles import BUNDLES
from explorer.runs.config import view_of
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.distill import distill, open_trained, prepare, score
from explorer.runs.worker import work_on
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from explorer.tasks.retrieval_students import RetrievalConfig
from tests.configs import with_settings
from tests.opened import opened
from tests.watching import Memory


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


@pytest.fixture
def karlo(config, tiny_karlo, monkeypatch):
    """The settings of a run with the tiny Karlo bundle."""
    monkeypatch.setitem(BUNDLES, tiny_karlo.name, tiny_karlo)
    return with_settings(replace(config, bundle=tiny_karlo.name), synthesis=tiny_karlo.synthesis)


def images(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder / "train").glob("*.png"))]


def test_karlo_draws_a_set_and_students_learn_from_it(store, karlo, tmp_path):
    result = distill(opened(store, karlo), karlo, tmp_path / "set")
    assert result["n_pairs"] == len(set(images(tmp_path / "set"))) == 11
    scores = score(opened(store, karlo), karlo, open_trained(str(tmp_path / "set")))
    assert list(scores["backbones"]) == ["resnet", "vit"]


def test_an_interrupted_karlo_ends_with_the_same_images(store, karlo, tmp_path):
    distill(opened(store, karlo), karlo, tmp_path / "whole")
    stopping = Memory(lambda stage, kind, values: values.get("prototype") == 7)
    with pytest.raises(KeyboardInterrupt):
        distill(opened(store, karlo, stopping), karlo, tmp_path / "resumed")
    distill(opened(store, karlo), karlo, tmp_path / "resumed")
    assert images(tmp_path / "resumed") == images(tmp_path / "whole")


def test_a_decoder_named_alone_draws_as_its_bundle_does(store, config, karlo, tiny_karlo, tmp_path):
    named = replace(config, decoder=tiny_karlo.decoder)
    named = with_settings(named, synthesis=tiny_karlo.synthesis)
    distill(opened(store, named), named, tmp_path / "named")
    distill(opened(store, karlo), karlo, tmp_path / "bundle")
    assert images(tmp_path / "named") == images(tmp_path / "bundle")
    assert (
        DistilledSet(tmp_path / "named")
        .settings()["decoder"]
        .endswith(Path(tiny_karlo.decoder).name)
    )
    card = (tmp_path / "named" / "README.md").read_text()
    assert f"models: tiny, decoder {Path(tiny_karlo.decoder).name}\n" in card


def test_another_encoder_is_another_map(store, config, tmp_path):
    prepare(opened(store, config), config, MapConfig(), ("image",))
    other = shutil.copytree(BUNDLES[config.bundle].encoder, tmp_path / "clip")
    (other / "notes.txt").write_text("other weights")
    changed = replace(config, encoder=str(other))
    assert find_prepared(store, view_of(changed)) is None
    prepare(opened(store, changed), changed, MapConfig(), ("image",))
    assert find_prepared(store, view_of(changed)).key != find_prepared(store, view_of(config)).key


def test_a_decoder_that_is_missing_is_noticed_before_anything_is_embedded(store, config, tmp_path):
    missing = replace(config, decoder=str(tmp_path / "nothing"))
    memory = Memory()
    with pytest.raises(MissingDataError, match="nothing is not on this machine"):
        distill(opened(store, missing, memory), missing, tmp_path / "set")
    assert all(line.startswith("Opening ") for line in memory.lines)
    assert not store.root.exists()


def test_a_method_that_draws_nothing_needs_no_decoder(store, config, tmp_path):
    missing = replace(config.with_method("random"), decoder=str(tmp_path / "nothing"))
    distill(opened(store, missing), missing, tmp_path / "set")


def test_a_setting_that_the_decoder_cannot_follow_is_noticed_as_early(store, karlo, tmp_path):
    config = with_settings(karlo, synthesis={"noise_level": 10})
    with pytest.raises(ConfigError, match="set noise_level to 0"):
        distill(opened(store, config), config, tmp_path / "set")
    assert not store.root.exists()


def test_a_backbone_that_is_missing_is_noticed_before_images_are_read(store, config, tmp_path):
    missing = replace(config, evaluation=RetrievalConfig(backbones=(str(tmp_path / "nothing"),)))
    memory = Memory()
    with pytest.raises(MissingDataError, match="nothing is not on this machine"):
        score(
            opened(store, replace(missing, data=config.data), memory),
            missing,
            open_trained(config.data),
        )
    assert all(line.startswith("Opening ") for line in memory.lines)


def test_a_run_notices_a_missing_backbone_before_it_draws(config, tmp_path):
    evaluation = RetrievalConfig(backbones=(str(tmp_path / "nothing"),))
    run = RunDirectory(tmp_path / "runs" / "one")
    run.create(Job(config=replace(config, evaluation=evaluation), device="cpu"))
    assert work_on(run.folder, tmp_path / "cache") == 2
    assert "nothing is not on this machine" in run.status().text
    assert not run.set_folder.exists()
