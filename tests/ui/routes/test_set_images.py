"""What is told of one image of a finished set: its prototype, and the nearest image of train."""

from dataclasses import replace

import pytest

from explorer.core.referee import to_nearest_others
from explorer.runs.directory import Job, RunDirectory
from explorer.ui.routes.serve import PREFIX
from tests.made_sets import make_run
from tests.ui.worlds import copying_run

RUN = "20261120-101112-345-aaaa"


@pytest.fixture
def at(service, client, config):
    """Asks about an image of a finished set: a copy of image 7, and one that is like none."""
    prepared = copying_run(service, config, RUN)

    def get(name: str, run: str = RUN):
        return client.get(f"{PREFIX}/runs/{run}/about-images/{name}")

    get.prepared, get.begin = prepared, lambda: client.post(f"{PREFIX}/runs/{RUN}/about-images")
    return get


def test_an_image_is_told_with_its_prototype_and_the_nearest_image_of_train(at, service):
    before = at("000001.png").json()
    assert (before["near"], before["making"], before["advice"]) == (None, None, "")
    assert (before["number"], before["n_shared"]) == (1, 1)
    assert before["view"]["key"] == at.prepared.key
    assert at.begin().status_code == 200
    service.background.finish()
    copy, other = (at(name).json()["near"] for name in ("000000.png", "000001.png"))
    assert (copy["image"], copy["similarity"], copy["share"]) == (7, 1.0, 0.0)
    assert at.prepared.image_of_caption[copy["row"]] == 7
    assert copy["caption"] == at.prepared.captions[copy["row"]]
    to_others = to_nearest_others(at.prepared.image)
    nearer = (to_others < 1 - other["similarity"]).mean()
    assert other["share"] == pytest.approx(nearer, abs=1e-3)
    assert other["share"] >= 0.9  # nearly every image of train has another one that is nearer


def test_an_image_of_a_method_without_prototypes_has_none_on_the_map(at, service, config):
    make_run(service.runs, "by-chance", config.with_method("random"), mean=20.0)
    assert at("000000.png", run="by-chance").json()["number"] is None


def test_without_a_map_of_the_data_it_is_told_what_to_open(at, service, config):
    other = replace(config, data=f"{config.data}/train")
    make_run(service.runs, "elsewhere", other, mean=20.0)
    told = at("000000.png", run="elsewhere").json()
    assert (told["view"], told["near"]) == (None, None)
    assert told["advice"] == "Open the map of train to see what is nearest to it."


def test_what_is_not_there_is_one_sentence(at, service, config):
    assert at("000009.png").json()["detail"] == "The set has no such image."
    RunDirectory(service.runs.folder / "going").create(Job(config=config))
    assert "no finished set" in at("000000.png", run="going").json()["detail"]
