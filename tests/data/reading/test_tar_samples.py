"""Which files of a tar are one sample: the published rule, and what people make of it."""

import pytest

from explorer.data.left_out import LeftOut
from explorer.data.reading.tar import Member
from explorer.data.reading.tar_samples import grouped


def samples(*names: str) -> tuple[list[tuple], dict[str, int]]:
    """Image, captions and class of each sample by their names, and what was left out."""
    left_out = LeftOut()
    members = [Member(name, 512 * place, 1) for place, name in enumerate(names)]
    found = [
        (each.image.name, *(text.name for text in each.texts.values()), *_name(each.label))
        for each in grouped(members, left_out)
    ]
    return found, dict(left_out)


def _name(label: Member | None) -> list[str]:
    return [label.name] if label else []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.jpg", "a.txt", "b.jpg", "b.txt"], [("a.jpg", "a.txt"), ("b.jpg", "b.txt")]),
        (["x/a.jpg", "x/a.txt", "y/a.png"], [("x/a.jpg", "x/a.txt"), ("y/a.png",)]),
        (["a.JPG", "a.Txt"], [("a.JPG", "a.Txt")]),
        (["a.png", "a.cls"], [("a.png", "a.cls")]),
        (["v1.0/a.jpg", "v1.0/a.txt"], [("v1.0/a.jpg", "v1.0/a.txt")]),  # dots of a folder
    ],
)
def test_files_up_to_the_first_dot_are_a_sample(names, expected):
    assert samples(*names) == (expected, {})


def test_names_with_dots_are_told_apart_where_all_would_be_one():
    names = ["photo v1.00.jpg", "photo v1.00.txt", "photo v1.01.jpg", "photo v1.01.txt"]
    assert samples(*names) == ([tuple(names[:2]), tuple(names[2:])], {})


@pytest.mark.parametrize("is_last", [False, True])
def test_of_several_images_the_one_called_as_the_sample_is_taken(is_last):
    own, other = ["a.jpg", "a.txt"], ["a.depth.png"]
    found, left_out = samples(*(own + other if is_last else other + own))
    assert found == [("a.jpg", "a.txt")]
    assert left_out == {"further images of a sample": 1}


def test_tars_that_were_joined_repeat_no_sample_and_lose_none():
    names = ["a.jpg", "a.txt", "a.jpg", "a.txt"]  # the same names again are other files
    found, left_out = samples(*names)
    assert (found, left_out) == ([("a.jpg", "a.txt")] * 2, {})


def test_captions_that_stand_behind_all_images_find_theirs():
    found, left_out = samples("a.jpg", "b.jpg", "a.txt", "b.txt")
    assert (found, left_out) == ([("a.jpg", "a.txt"), ("b.jpg", "b.txt")], {})


def test_parts_that_could_be_joined_in_several_ways_are_not():
    names = ["a.jpg", "b.jpg", "b.txt", "a.jpg", "c.jpg", "c.txt", "a.txt"]
    found, _ = samples(*names)
    assert ("b.jpg", "b.txt") in found
    assert ("c.jpg", "c.txt") in found
    assert ("a.jpg", "a.txt") not in found  # of which of both?


def test_captions_without_an_image_are_counted():
    found, left_out = samples("a.jpg", "a.txt", "b.txt")
    assert (found, left_out) == ([("a.jpg", "a.txt")], {"samples without an image": 1})


def test_a_name_composed_in_another_way_is_the_same():
    found, _ = samples("cafe\u0301.jpg", "caf\u00e9.txt")
    assert found == [("caf\u00e9.jpg", "caf\u00e9.txt")]
