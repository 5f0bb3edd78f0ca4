"""What version 700c303 wrote is opened, gone on with and not computed again.

`old/700c303.zip` holds a small folder of data and the cache of it: results, runs, sets, a sweep.
"""

import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.compare.lines import compare
from explorer.compare.sweeps import read_swept
from explorer.config import MapConfig
from explorer.explore.dataset import find_prepared
from explorer.methods.registry import find_method
from explorer.runs.config import view_of
from explorer.runs.distill import distill, make_and_score, open_trained, prepare, score
from explorer.runs.launcher import Runs
from explorer.runs.sweep import sweep
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from tests.opened import opened

WRITTEN = Path(__file__).parent / "old" / "700c303.zip"
PDS, RANDOM, SWEEP = (
    "20260101-000000-000-aaaa",
    "20260101-000001-000-bbbb",
    "20260101-000002-000-cccc",
)


@pytest.fixture
def old(tmp_path, monkeypatch) -> Path:
    """The folder that the old version worked in; the times of its files are part of its keys."""
    with zipfile.ZipFile(WRITTEN) as file:
        file.extractall(tmp_path)
    for path in (tmp_path / "data").rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def runs(old) -> Runs:
    return Runs(old / "cache")


def results(cache: Path) -> set[str]:
    """The results in a store, by step and key."""
    found = {str(path.parent.relative_to(cache)) for path in cache.glob("*/*/manifest.json")}
    assert found
    return found


def test_every_key_is_as_it_was(old, runs):
    """Embeddings, prototypes, maps, features, captions, students: nothing is computed anew."""
    before, store = results(old / "cache"), Store(old / "cache")
    config = runs.open(PDS).job().config
    prepare(opened(store, config), config, MapConfig(n_neighbors=5), ("image",))
    score(opened(store, replace(config, data="data")), config, open_trained("data"))
    new = results(old / "cache") - before
    assert {each.split("/")[0] for each in new} == {"alike"}  # which nobody looked for then


def test_its_scores_come_out_again(old, runs):
    for run_id in (PDS, RANDOM):
        run = runs.open(run_id)
        made = make_and_score(
            opened(Store(old / "fresh"), run.job().config), run.job().config, old / run_id
        )
        written = run.result()["evaluation"]["backbones"]
        for network, scores in made["evaluation"]["backbones"].items():
            assert scores["mean"] == pytest.approx(written[network]["mean"], abs=3.0)


def test_a_small_set_has_the_bytes_that_it_had(old, runs):
    run = runs.open(PDS)
    distill(opened(Store(old / "cache"), run.job().config), run.job().config, old / "again")
    ours, theirs = DistilledSet(old / "again"), DistilledSet(run.set_folder)
    for mine, its in zip(ours.rows(), theirs.rows(), strict=True):
        assert mine._replace(similarity=0.0) == its._replace(similarity=0.0)
        assert mine.similarity == pytest.approx(its.similarity, abs=2e-4)
        images = [Image.open(each.images / its.file_name) for each in (ours, theirs)]
        first, second = (np.asarray(image, dtype=int) for image in images)
        assert np.abs(first - second).max() <= 2  # another processor rounds otherwise
    for name, rows in theirs.read_prototypes().items():
        np.testing.assert_array_equal(ours.read_prototypes()[name], rows)


def test_a_set_that_it_left_half_made_is_finished(old, runs):
    run = runs.open(PDS)
    target = DistilledSet(run.set_folder)
    whole = target.rows()
    target.add([], whole[:1], [Image.open(target.images / whole[0].file_name)])
    distill(opened(Store(old / "cache"), run.job().config), run.job().config, run.set_folder)
    assert [row.caption for row in target.rows()] == [row.caption for row in whole]


def test_its_runs_are_listed_with_their_scores_and_lines(runs):
    found = {run.id: run for run in runs.list_runs("distill", "sweep")}
    assert found.keys() == {PDS, RANDOM, SWEEP}
    assert found[PDS].job.config.size == 3
    assert found[PDS].job.config.settings.synthesis.steps == 1
    lines = compare(found.values())
    assert {line.label for line in lines} == {"pds", "random", "herding"}
    herding = next(line for line in lines if line.label == "herding")
    assert herding.points[0].n_sets == 1  # both of its sets were the same
    rows = read_swept(runs.open(SWEEP)).rows
    assert {row.method for row in rows} == {"random", "herding"}


def test_its_sweep_goes_on(old, runs):
    run = runs.open(SWEEP)
    job = run.job()
    before = (run.sweep_folder / "scores.json").read_bytes()
    more = replace(job.sweep, n_sets=3)
    sweep(opened(Store(old / "cache"), job.config), job.config, more, run.sweep_folder)
    after = (run.sweep_folder / "scores.json").read_bytes()
    assert after.count(b'"number": 2') == 1  # random's; herding has no third set
    assert before != after


def test_its_prepared_dataset_opens(old, runs):
    view = view_of(runs.open(PDS).job().config)
    prepared = find_prepared(Store(old / "cache"), view, MapConfig(n_neighbors=5))
    assert (prepared.n_images, prepared.n_prototypes) == (14, 3)
    assert find_method("pds").version == 1


def test_the_cache_is_not_needed_to_read_a_set(old, runs):
    folder = runs.open(PDS).set_folder
    shutil.rmtree(old / "cache" / "embed")
    assert len(DistilledSet(folder).rows()) == 3
