"""What the page is told of a run."""

import pytest

from explorer.methods.registry import all_methods
from explorer.runs.about import STAGES, about_run, stages_of
from explorer.runs.config import RunConfig, method_of
from explorer.runs.directory import Job
from explorer.tasks import classification, retrieval
from tests.configs import with_settings


def stages(job: Job) -> list[str]:
    return [each["name"] for each in about_run(job)["stages"]]


def test_every_stage_of_every_method_has_a_label():
    for method in all_methods().values():
        assert set(method.stages) <= STAGES.keys(), method.name


def test_stages_stand_in_the_order_in_which_runs_go_through_them():
    order = list(STAGES)
    for method in all_methods().values():
        for task in (retrieval.TASK, classification.TASK):
            places = [order.index(name) for name in stages_of(method, task)]
            assert places == sorted(places), (method.name, task.name)


def test_a_run_goes_through_the_stages_of_its_kind():
    config = RunConfig(data="d")
    assert stages(Job(kind="prepare", config=config)) == ["embed", "prototypes", "map"]
    assert stages(Job(kind="sweep", config=config)) == ["sweep"]
    assert stages(Job(kind="distill", config=config)) == [
        *stages_of(method_of(config), retrieval.TASK),
        "evaluate",
    ]


@pytest.mark.parametrize("method", all_methods().values(), ids=lambda method: method.name)
def test_pairs_are_not_read_as_pixels_nor_classes_embedded_for_nothing(method):
    of_pairs = stages_of(method, retrieval.TASK)
    of_classes = stages_of(method, classification.TASK)
    assert "pixels" not in of_pairs
    assert method.encodes_classes or not {"embed", "prototypes", "choose"} & {*of_classes}
    assert {*of_pairs, *of_classes} <= {*method.stages}


def test_what_is_told_is_that_of_method_task_and_settings():
    about = about_run(Job(config=with_settings(RunConfig(data="d"), synthesis={"seed": 5})))
    assert about["method"] == {"name": "pds", "label": all_methods()["pds"].label}
    assert (about["seeds"][-1], about["seeds_in"]) == (5, ["Prototypes", "Images"])
    assert (about["makes"], about["learns"], about["of_prototypes"]) == (True, False, True)
    assert about["metrics"][0]["name"] == retrieval.TASK.headline.name
    assert about["protocol"]["label"] == retrieval.TASK.protocols[about["protocol"]["name"]]
    of_all = about_run(Job(config=RunConfig(data="d").with_method("all")))
    assert (of_all["makes"], of_all["of_prototypes"], of_all["seeds"]) == (False, False, [])


def test_a_mean_of_metrics_names_those_it_is_the_mean_of():
    about = about_run(Job(config=RunConfig(data="d")))
    names = {each["name"] for each in about["metrics"]}
    means = [each for each in about["metrics"] if each["mean_of"]]
    assert means
    assert all(set(each["mean_of"]) <= names - {each["name"]} for each in means)
