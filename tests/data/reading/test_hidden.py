"""What systems keep for themselves is nobody's data."""

import pytest

from explorer.data.reading.hidden import is_hidden, is_hidden_path


@pytest.mark.parametrize("name", [".DS_Store", "._0.jpg", "Thumbs.db", "DESKTOP.INI", "__MACOSX"])
def test_such_names_are_hidden_wherever_they_lie(name):
    assert is_hidden(name)
    assert is_hidden_path(f"images/{name}")
    assert is_hidden_path(f"{name}/0.jpg")


@pytest.mark.parametrize("name", ["0.jpg", "thumbs.db.jpg", "macosx", "a.b", ""])
def test_other_names_are_not(name):
    assert not is_hidden(name)


@pytest.mark.parametrize("path", ["0.jpg", "./0.jpg", "../images/0.jpg", ".", ".."])
def test_dots_that_lead_somewhere_hide_nothing(path):
    assert not is_hidden_path(path)
