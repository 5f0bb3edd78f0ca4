"""Sentences about settings, as the page says them."""

import pytest

from explorer.errors import ConfigError
from explorer.runs.directory import Cost, Status
from explorer.ui.labels import by_label, on_page, told_status


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("n_prototypes must be at least 1, got 0.", "Pairs must be at least 1, got 0."),
        ("lower per_class now.", "lower “Images per class” now."),
        ("steps must be at most 1000.", "Steps must be at most 1000."),
        ("Take fewer steps.", "Take fewer steps."),  # a word, too
        ("no_such_setting is odd.", "no_such_setting is odd."),
        ("my_file.json must be there.", "my_file.json must be there."),
        ("", ""),
    ],
)
def test_names_of_settings_become_their_labels(text, told):
    assert by_label(text) == told
    assert on_page(ConfigError(text)) == told


def test_a_status_is_told_as_it_is_but_for_its_sentence():
    status = Status("failed", "synthesize", 0.5, "Lower drop_fraction.", cost=Cost({"embed": 2.0}))
    told = told_status(status)
    assert told.pop("text") == "Lower “Share left out”."
    assert told == {name: value for name, value in status.as_json().items() if name != "text"}
    assert told["cost"] == {"timing": {"embed": 2.0}, "peak_memory": 0}
