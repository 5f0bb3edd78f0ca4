"""What cannot be used is counted by reason, with the first of each."""

from pathlib import Path

import pytest

from explorer.data.left_out import LeftOut, encodable, place_of, shortened


def test_all_are_counted_and_the_first_three_are_named():
    left_out = LeftOut()
    for number in range(5):
        left_out.add("rows without an image", number)
    assert left_out == {"rows without an image": 5}
    assert left_out.examples == {"rows without an image": ["0", "1", "2"]}


def test_many_at_once_are_as_many_one_after_the_other():
    one, many = LeftOut(), LeftOut()
    for number in range(7):
        one.add("images", number)
    many.add_all("images", range(7))
    assert (many, many.examples) == (one, one.examples)
    many.add_all("captions", [])
    assert "captions" not in many.examples
    assert many.told() == "images (7)"


def test_one_example_may_stand_for_several():
    left_out = LeftOut()
    left_out.add("further answers", "conversation 3", 4)
    assert left_out.why() == "further answers (4), the first is conversation 3"


def test_reasons_are_told_in_the_order_in_which_they_came_up_and_others_are_counted():
    left_out = LeftOut({"a": 1, "b": 0, "c": 1200, "d": 2})
    assert left_out.told() == "a (1), c (1,200), d (2)"
    assert left_out.told(most=1) == "a (1), and for 2 other reasons"
    assert LeftOut().told() == LeftOut().why() == ""


def test_the_three_commonest_reasons_say_why():
    left_out = LeftOut({"a": 1, "b": 4, "c": 3, "d": 2})
    left_out.add("d", "the third line")
    assert left_out.why() == "b (4); c (3); d (3), the first is the third line"


def test_a_place_is_the_name_of_a_file_and_of_its_folder():
    assert place_of(Path("/data/set/train/a.json")) == "train/a.json"
    assert place_of(Path("a.json")) == "a.json"


@pytest.mark.parametrize(
    ("text", "told"), [("plain", "plain"), ("caf\u00e9", "caf\u00e9"), ("\ud800!", "\\ud800!")]
)
def test_what_utf_8_cannot_hold_is_spelled_out(text, told):
    assert encodable(text) == told
    assert encodable(text).encode()


@pytest.mark.parametrize("length", [1, 79, 80, 81, 5000])
def test_an_example_is_one_line_of_no_more_than_81_characters(length):
    line = shortened("a\n" * length)
    assert "\n" not in line
    assert len(line) <= 81
    assert ("…" in line) == (len(" ".join("a" * length)) > 80)
