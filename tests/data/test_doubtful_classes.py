"""Classes that may not be what was meant are told."""

import pytest

from explorer.data.doubtful_classes import doubts


@pytest.mark.parametrize(
    "names",
    [["Cat", "cat"], ["big cat", "big\tcat"], ["a b", "A\nB"], ["1", "01"], ["big cat", "big_cat"]],
)
def test_classes_that_little_tells_apart_are_told(names):
    (said,) = doubts([*names, "dog"], [])
    assert said.endswith(f"leading zeros only: {names[0]!r}, {names[1]!r}.")


@pytest.mark.parametrize("name", ["cat|dog", "cat, dog", "dog;cat", "cat dog", "cat & dog"])
def test_classes_made_of_others_are_told(name):
    (said,) = doubts(["cat", name, "dog"], [])
    assert said == f"Classes that seem to be several at once: 1 ({name}); an image has one."


@pytest.mark.parametrize(
    "names", [["cat", "cat tree"], ["-1", "1"], ["0", "1"], ["0", "00x", "10"], ["a-b", "a", "b"]]
)
def test_of_other_classes_nothing_is_said(names):
    assert list(doubts(names, names)) == []


def test_a_class_minus_one_among_numbers_is_told():
    assert [each[:10] for each in doubts(["0", "1", "-1"], [])] == ["-1 is a cl"]
    assert list(doubts(["0", "cat", "-1"], [])) == []


def test_names_without_an_image_are_told():
    assert list(doubts(["dog", "fox"], ["cat", "dog", "fox"])) == [
        "Classes that are named and have no image: 1 (cat)."
    ]


def test_folders_in_those_of_other_classes_are_told():
    assert list(doubts(["cat", "cat/small", "dog"], [])) == [
        "Classes whose folders lie in those of others: 1 (cat/small)."
    ]


@pytest.mark.parametrize("name", ["None", "N/A", "unknown"])
def test_classes_that_may_mean_none_are_told(name):
    (said,) = doubts(["cat", name], [])
    assert said == f"Classes that may mean that there is none: 1 ({name})."


def test_classes_that_only_the_folders_above_tell_apart_are_told():
    assert list(doubts(["fold_0/cat", "fold_0/dog", "fold_1/cat"], [])) == [
        "Classes that only the folders above them tell apart: fold_0/cat, fold_1/cat; each is its "
        "own."
    ]
