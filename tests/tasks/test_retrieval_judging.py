"""What a referee asks of sets of image-caption pairs."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.tasks.retrieval_judging import JUDGING
from explorer.tasks.retrieval_students import RetrievalConfig
from explorer.types import Samples


def test_a_set_is_read_with_its_prototypes_and_as_people_open_it():
    ways = JUDGING.readings(RetrievalConfig(text="prototype", epochs=20))
    assert (ways.kept.text, ways.opened.text, ways.otherwise) == ("prototype", "caption", None)
    assert ways.kept.epochs == ways.opened.epochs == 20


def test_cropped_views_are_the_other_way_to_read_it():
    ways = JUDGING.readings(RetrievalConfig(views=3))
    assert (ways.kept.views, ways.opened.views, ways.otherwise.views) == (0, 0, 3)


def test_the_mean_recall_of_each_student_is_read_by_network():
    own = {"students": [{"seed": 0, "mean": 10}, {"seed": 1, "mean": 12.5}]}
    assert JUDGING.students({"backbones": {"resnet": own}}) == {"resnet": [10.0, 12.5]}


def test_a_random_set_has_as_many_pairs():
    assert JUDGING.size({"size": 3}, 59, 1) == 59


def context(texts: object) -> SimpleNamespace:
    def learned_texts(samples: Samples) -> object:
        if isinstance(texts, Exception):
            raise texts
        return texts

    bundle = SimpleNamespace(backbones=("timm/nf_resnet50", "vit"))
    return SimpleNamespace(
        models=SimpleNamespace(learned_texts=learned_texts, bundle=bundle),
        embedded=lambda: SimpleNamespace(caption=np.zeros((9, 4))),
    )


@pytest.mark.parametrize(
    ("texts", "has_more"),
    [
        (np.zeros((2, 4)), True),
        (np.zeros((2, 5)), False),  # of another encoder
        (None, False),
        (ConfigError("They are of another encoder."), False),
    ],
)
def test_a_set_has_more_than_people_see_where_its_texts_can_be_read_here(texts, has_more):
    assert JUDGING.has_more(context(texts), Samples()) == has_more


@pytest.mark.parametrize(
    ("settings", "through"),
    [
        ({"settings": {"network": "me/resnet18"}}, "resnet18"),
        ({"settings": {"network": ""}}, "nf_resnet50"),  # the first of the models
        ({"settings": {"seed": 1}}, None),
        ({}, None),
    ],
)
def test_the_network_that_a_set_was_learned_through_is_told_by_its_settings(settings, through):
    assert JUDGING.learned_through(context(None), settings) == through
