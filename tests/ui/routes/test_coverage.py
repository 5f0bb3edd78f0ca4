"""The routes of coverage: prototypes and finished sets, numbers, holes, and their columns."""

import shutil

import numpy as np
import pytest

from explorer.runs.config import view_of
from explorer.runs.directory import Job, RunDirectory
from tests.made_sets import DONE
from tests.ui.routes.test_columns import unpacked

OWN = "/gradio_api/explorer"
RUN = "20261120-101112-345-aaaa"


@pytest.fixture
def at(service, client, config):
    prepared = service.find(view_of(config))
    base = f"{OWN}/prepared/{prepared.key}/coverage"

    def get(path: str = "", **asked):
        return client.get(base + path, params=asked)

    get.prepared, get.begin = prepared, lambda **asked: client.post(base, params=asked)
    return get


def test_coverage_by_the_prototypes_is_computed_when_somebody_asks(at, service):
    assert not at().json()["is_there"]
    assert "not computed yet" in at("/hole.bin").json()["detail"]
    assert at.begin().status_code == 200
    service.background.finish()
    found = at().json()
    assert found["is_there"]
    assert 0 < found["covered"] < 1
    assert sum(hole["n"] for hole in found["holes"]) == found["n_bare"]
    header, body = unpacked(at("/hole.bin").content)
    codes = np.frombuffer(body, "<u2")
    assert (header["per"], header["n"]) == ("image", at.prepared.n_images)
    assert [int((codes == k).sum()) for k in range(len(found["holes"]))] == [
        hole["n"] for hole in found["holes"]
    ]
    _, body = unpacked(at("/distance.bin").content)
    far = np.frombuffer(body, "<f4") > found["usual"] + 1e-4
    assert (codes[far] != 0xFFFF).all()
    assert "columns distance and hole" in at("/smell.bin").json()["detail"]


def test_finished_sets_on_the_same_data_can_be_asked_about(at, service, config):
    run = RunDirectory(service.runs.folder / RUN)
    run.create(Job(config=config))
    assert [each["id"] for each in at("/by").json()] == []
    assert "no finished set" in at(run=RUN).json()["detail"]
    run.write_status(DONE)
    run.write_result({"n_pairs": 2})
    (run.set_folder / "train").mkdir(parents=True)
    assert [each["id"] for each in at("/by").json()] == [RUN]
    shutil.rmtree(run.folder)
    other = RunDirectory(service.runs.folder / RUN)
    other.create(Job(config=type(config)()))
    assert "other data than the map" in at(run=RUN).json()["detail"]
