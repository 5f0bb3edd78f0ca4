"""What a name may mean, as tables of other systems write it."""

import pytest

from explorer.data.reading.spellings import (
    absolute_parts,
    fold,
    is_address,
    is_content,
    is_packed,
    leads_up,
    spellings,
)


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("a.jpg", []),
        ("file://a.jpg", []),
        ("img\\a.jpg", ["img/a.jpg"]),
        ("a%20b.jpg", ["a b.jpg"]),
        (" a.jpg\t", ["a.jpg"]),
        ("img\\a%5Fb.jpg ", ["img/a%5Fb.jpg ", "img/a_b.jpg ", "img/a_b.jpg"]),
    ],
)
def test_a_name_is_first_what_is_written_and_then_ever_less_so(name, others):
    assert spellings(name) == [name.removeprefix("file://"), *others]


@pytest.mark.parametrize("other", ["CAFÉ.JPG", "cafe\u0301.jpg", "Cafe\u0301.Jpg"])
def test_names_that_look_alike_fold_to_one(other):
    assert fold(other) == fold("café.jpg") != fold("cafe.jpg")
    assert fold(fold(other)) == fold(other)


@pytest.mark.parametrize(
    ("name", "address", "packed"),
    [
        ("https://example.org/a.jpg", True, False),
        ("s3://bucket/a.jpg", True, False),
        ("file:///data/a.jpg", False, False),
        ("zip://a.jpg::images.zip", True, True),
        ("a.jpg::images.tar", False, True),
        ("img/a.jpg", False, False),
    ],
)
def test_addresses_and_names_in_archives_are_known(name, address, packed):
    assert (is_address(name), is_packed(name)) == (address, packed)


@pytest.mark.parametrize("name", ["../a.jpg", "img/../../a.jpg", "..\\a.jpg", "%2e%2e/a.jpg"])
def test_a_name_that_leads_up_does_so_in_any_spelling(name):
    assert leads_up(name)
    assert not leads_up(name.replace("..", "b").replace("%2e%2e", "b"))


def test_dots_within_a_name_lead_nowhere():
    assert not leads_up("a..b/...jpg")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("/data/0.jpg", ("data", "0.jpg")),
        ("file:///data/0.jpg", ("data", "0.jpg")),
        ("C:\\set\\0.jpg", ("C:", "set", "0.jpg")),
        ("c:/set/0.jpg", ("c:", "set", "0.jpg")),
        ("\\\\server\\set\\0.jpg", ("server", "set", "0.jpg")),
        ("set\\0.jpg", ()),
        ("c:0.jpg", ()),
        ("", ()),
    ],
)
def test_absolute_names_of_any_system_have_parts_and_relative_ones_none(name, parts):
    assert absolute_parts(name) == parts


def test_a_text_that_is_an_image_is_no_name():
    assert is_content("data:image/png;base64,iVBO")
    assert is_content("A" * 5000)
    assert not is_content("a" * 255 + ".jpg")
