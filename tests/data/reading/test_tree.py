"""Files are found by the names that tables have for them."""

from pathlib import Path

import pytest

from explorer.data.reading.tree import Tree


def tree(root: Path, *files: str) -> Tree:
    for each in files:
        (root / each).parent.mkdir(parents=True, exist_ok=True)
        (root / each).touch()
    return Tree(root)


@pytest.mark.parametrize(
    ("file", "place", "name"),
    [
        ("a.jpg", "", "a.jpg"),
        ("img/a.jpg", "", "img/a.jpg"),
        ("img/a.jpg", "img", "a.jpg"),
        ("img/a.jpg", "", "img/a"),
        ("img/a.jpg", "", "IMG/A.JPG"),
        ("Img/A.JPG", "", "img/a"),
        ("img/a b.jpg", "", "img/a%20b.jpg"),
        ("img/a.jpg", "", "img\\a.jpg"),
        ("img/a.jpg", "", "./img//a.jpg"),
        ("img/a.jpg", "tables", "../img/a.jpg"),
        ("img/caf\u00e9.jpg", "", "img/cafe\u0301.jpg"),
    ],
)
def test_a_file_is_found_in_any_spelling_of_its_name(tmp_path, file, place, name):
    assert tree(tmp_path, file, "other.jpg", "others/b.png").find(place, name) == file


@pytest.mark.parametrize("name", ["", ".", "..", "../a.jpg", "/a.jpg", "b.jpg", "img/../../a.jpg"])
def test_what_is_not_below_the_root_or_not_there_is_not_found(tmp_path, name):
    tree(tmp_path, "a.jpg", "root/a.jpg", "root/img/a.jpg")
    assert Tree(tmp_path / "root").find("", "img/a.jpg") == "img/a.jpg"
    found = Tree(tmp_path / "root").find("", name)
    assert found is None


def test_a_name_that_fits_several_files_finds_none_of_them(tmp_path):
    files = tree(tmp_path, "a.jpg", "a.png", "B.jpg", "b.JPG", "c/x.jpg", "C/y.jpg")
    assert files.find("", "a") is None
    assert files.find("", "b.jpg") is None
    assert (files.find("", "a.png"), files.find("", "b.JPG")) == ("a.png", "b.JPG")
    assert (files.find("", "C/y"), files.find("", "c/y")) == ("C/y.jpg", None)


def test_only_images_are_found_without_their_suffix(tmp_path):
    files = tree(tmp_path, "a.txt", "b.jpg", "b.txt")
    assert (files.find("", "a"), files.find("", "b")) == (None, "b.jpg")


def test_every_place_is_told_that_all_names_fit_from(tmp_path):
    files = tree(tmp_path, "x/img/a.jpg", "x/img/b.jpg", "y/img/a.jpg", "img/c.jpg", "b.jpg")
    assert files.everywhere(["img/a.jpg", "img/b", "IMG/c.jpg"]) == {
        "x": {"img/a.jpg": "x/img/a.jpg", "img/b": "x/img/b.jpg"},
        "y": {"img/a.jpg": "y/img/a.jpg"},
        "": {"IMG/c.jpg": "img/c.jpg"},
    }
    assert files.everywhere(["b.jpg"]) == {
        "x/img": {"b.jpg": "x/img/b.jpg"},
        "": {"b.jpg": "b.jpg"},
    }
    assert files.everywhere(["../b.jpg", "/b.jpg", "none.jpg"]) == {}


def test_of_files_that_a_name_fits_in_one_folder_that_of_its_spelling_is_taken(tmp_path):
    files = tree(tmp_path, "s/a.jpg", "s/A.jpg", "t/A.JPG", "u/a.png", "u/a.webp")
    assert files.everywhere(["a.jpg"]) == {
        "s": {"a.jpg": "s/a.jpg"},
        "t": {"a.jpg": "t/A.JPG"},
    }
    assert "u" not in files.everywhere(["a"])


def test_names_are_relative_to_places_that_are_not_deep(tmp_path):
    files = tree(tmp_path, "1/2/a.jpg", "1/2/3/4/5/6/a.jpg")
    assert files.everywhere(["a.jpg"]) == {"1/2": {"a.jpg": "1/2/a.jpg"}}
