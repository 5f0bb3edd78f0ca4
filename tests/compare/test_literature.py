from dataclasses import replace

import pytest

from explorer.compare.literature import MEASURES, published_for
from explorer.runs.config import RunConfig
from explorer.tasks.retrieval_students import RetrievalConfig

PAPER = RunConfig(
    data="hf:someone/Flickr30k-karpathy",
    bundle="vit-l-14",
    evaluation=RetrievalConfig(protocol="paper", text="prototype"),
)


def test_figures_are_those_of_the_paper():
    found = {(each.network, each.n_pairs, each.method): each for each in published_for(PAPER)}
    assert list(found["ResNet-50", 100, "PDS"].recall.items()) == list(
        zip(MEASURES, (7.9, 37.3, 10.2, 39.0), strict=True)
    )
    assert "CLIP score" in {each.method for each in found.values()}


@pytest.mark.parametrize(
    "other",
    [
        {"evaluation": RetrievalConfig()},
        {"evaluation": RetrievalConfig(protocol="paper", text="prototype", student="heads")},
        {"evaluation": RetrievalConfig(protocol="paper")},  # its students read captions
        {"data": "/data/coco"},
        {"data": "scenes"},
        {"bundle": "scenes"},
        {"encoder": "another"},
        {"evaluation": replace(PAPER.evaluation, backbones=("another",))},
    ],
    ids=str,
)
def test_nothing_is_told_of_other_protocols_data_and_models(other):
    assert published_for(replace(PAPER, **other)) == []
