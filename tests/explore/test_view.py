"""What the map shows."""

from types import SimpleNamespace

import pytest

from explorer.explore.view import View, size_of
from explorer.models.bundles import find_bundle


@pytest.mark.parametrize(
    ("n_classes", "n_prototypes", "size"),
    [(0, 100, 100), (10, 100, 10), (3, 100, 33), (200, 100, 1), (1, 7, 7)],
)
def test_prototypes_of_labelled_data_are_shared_among_classes(n_classes, n_prototypes, size):
    dataset = SimpleNamespace(is_labelled=n_classes > 0, n_classes=n_classes)
    assert size_of(dataset, n_prototypes) == size


def test_a_view_is_through_the_models_of_its_bundle_or_those_that_are_named():
    assert View().models == find_bundle("scenes")
    named = View(encoder="me/clip").models
    assert named.encoder == "me/clip"
    assert named.decoder == find_bundle("scenes").decoder
    assert named != find_bundle("scenes")


def test_equal_views_are_one_key_of_what_was_opened():
    assert {View(): "first"}[View()] == "first"
    assert View(n_prototypes=3) != View()
