"""What every task says of itself."""

import pytest

from explorer.tasks.registry import TASKS, find_task


def test_a_size_is_told_with_its_unit_one_without_its_s():
    assert find_task("retrieval").sized(1_200) == "1,200 pairs"
    assert find_task("classification").sized(1) == "1 image per class"


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda each: each.name)
def test_the_headline_is_the_first_metric_and_means_are_of_others(task):
    names = [metric.name for metric in task.metrics]
    assert task.headline.name == names[0]
    assert len(set(names)) == len(names)
    for metric in task.metrics:
        assert set(metric.mean_of) <= set(names) - {metric.name}


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda each: each.name)
def test_what_is_shared_and_the_protocols_are_settings(task):
    usual = task.config()
    assert all(hasattr(usual, name) for name in task.shared)
    assert task.protocol(usual) in task.protocols
    assert all(sentence.endswith(".") for sentence in task.protocols.values())


def test_the_protocol_is_the_setting_or_the_only_one():
    retrieval = find_task("retrieval")
    assert retrieval.protocol(retrieval.config(protocol="paper")) == "paper"
    classification = find_task("classification")
    assert classification.protocol(classification.config()) == "last-epoch"
