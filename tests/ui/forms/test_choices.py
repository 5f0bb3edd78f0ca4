import pytest

from explorer.errors import ConfigError
from explorer.explore.view import View
from explorer.ui.forms.choices import as_view, read_asked, read_selected, read_view


def test_the_map_reads_back_what_it_was_told():
    config = View(data="/photos", bundle="vit-l-14", n_prototypes=7)
    assert read_view(as_view(config)) == config


def test_space_around_a_folder_does_not_matter():
    assert read_asked(" /photos ", "scenes", 7).data == "/photos"


@pytest.mark.parametrize(
    ("data", "bundle", "n_prototypes"),
    [
        (None, "scenes", 100),
        ("  ", "scenes", 100),
        (["scenes"], "scenes", 100),
        ("scenes", None, 100),
        ("scenes", "scenes", None),
        ("scenes", "scenes", "100"),
        ("scenes", "scenes", True),
        ("scenes", "scenes", 1.5),
        ("scenes", "scenes", float("inf")),
        ("scenes", "scenes", 0),
    ],
)
def test_wrong_fields_are_config_errors(data, bundle, n_prototypes):
    with pytest.raises(ConfigError):
        read_asked(data, bundle, n_prototypes)


@pytest.mark.parametrize("view", [None, "map", [], {}, {"data": "scenes"}])
def test_a_map_that_shows_nothing_is_a_config_error(view):
    with pytest.raises(ConfigError):
        read_view(view)


@pytest.mark.parametrize(
    "view", [None, {}, {"selected": None}, {"selected": "3"}, {"selected": 1.5}]
)
def test_nothing_selected_is_a_config_error(view):
    with pytest.raises(ConfigError):
        read_selected(view)
