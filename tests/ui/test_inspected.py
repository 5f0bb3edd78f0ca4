"""What the page tells of data before they are prepared."""

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.ui import opening
from explorer.ui import page as layout
from explorer.ui.inspected import inspected
from explorer.ui.routes.serve import PREFIX, app_kwargs
from explorer.ui.service import Service
from tests.data.greys import csv_of, write, write_images

LEVELS = {f"{n}.png": n for n in range(30)}


@pytest.fixture
def service(tmp_path) -> Service:
    return Service(tmp_path / "cache")


@pytest.fixture
def captioned(tmp_path):
    write_images(tmp_path / "set", LEVELS)
    write(tmp_path / "set/captions.csv", csv_of(LEVELS) + "30.png\n")
    return tmp_path / "set"


def test_format_sizes_captions_and_what_was_left_out_are_told(service, captioned):
    told = inspected(service, str(captioned), again=False)
    assert told["line"].startswith("CSV with captions: train 24 images with 24 captions; val 3")
    assert told["line"].endswith("Captions per image: 1.")
    assert "Left out: rows with too few columns (1)." in told["more"]
    assert len(told["first"]) == 5
    assert told["first"][0]["image"].endswith(".png")
    assert told["first"][0]["says"][0].startswith("level ")
    assert told["is_done"]
    assert not told["problem"]


def test_of_labelled_data_the_classes_are_told(service, tmp_path):
    for name in ("cat", "dog"):
        write_images(tmp_path / "set" / name, LEVELS)
    told = inspected(service, str(tmp_path / "set"), again=False)
    assert told["line"].endswith("Classes: cat, dog.")
    assert told["first"][0]["says"] in (["cat"], ["dog"])


def test_why_data_cannot_be_opened_is_told(service, tmp_path):
    assert "There is no folder" in inspected(service, str(tmp_path / "not"), again=False)["problem"]


@pytest.mark.parametrize("data", ["", "scenes", "hf:owner/name"])
def test_of_built_in_data_and_what_would_be_fetched_nothing_is_told(service, data):
    told = inspected(service, data, again=True)
    assert told == {"is_done": True, "line": "", "problem": "", "more": [], "first": []}


def test_files_are_looked_at_anew_where_that_is_asked_for(service, captioned):
    inspected(service, str(captioned), again=False)
    write(captioned / "captions.csv", csv_of({"0.png": 1, "1.png": 2, "2.png": 3, "3.png": 4}))
    assert "train 24 " in inspected(service, str(captioned), again=False)["line"]
    assert "train 2 " in inspected(service, str(captioned), again=True)["line"]


def test_what_takes_long_goes_on_and_can_be_ended(service, captioned, monkeypatch):
    ends = []
    monkeypatch.setattr(opening.Openings, "give_up", lambda self, data: ends.append(data))
    monkeypatch.setattr("explorer.ui.inspected.GLANCE", 0.0)
    app = App.create_app(layout.build(service), app_kwargs=app_kwargs(service))
    client, asked = TestClient(app), {"data": f" {captioned} "}
    assert not client.get(f"{PREFIX}/inspection", params=asked).json()["is_done"]
    assert client.post(f"{PREFIX}/inspection/end", params=asked).status_code == 200
    assert ends == [str(captioned)]
