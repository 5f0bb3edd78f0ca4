"""What the page tells of data before they are prepared."""

import shlex

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.__main__ import main
from explorer.ui import opening
from explorer.ui import page as layout
from explorer.ui.access import Access
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


def test_the_command_that_writes_a_clean_copy_is_told_as_a_shell_takes_it(
    service, captioned, monkeypatch
):
    data = captioned.rename(captioned.parent / "a dog's set")
    told = inspected(service, str(data), again=False)
    python, option, program, *arguments = shlex.split(told["convert"])
    assert (python, option, program) == ("python", "-m", "explorer")
    monkeypatch.chdir(data.parent)
    assert main(arguments) == 0
    copy = inspected(service, str(data.parent / "a dog's set-clean"), again=False)
    assert ": train 24 images with 24 captions; val 3" in copy["line"]


def test_visitors_of_another_s_server_are_told_no_command(tmp_path, captioned):
    access = Access(everything=False, named=(str(captioned),))
    told = inspected(Service(tmp_path / "cache", access=access), str(captioned), again=False)
    assert told["line"]
    assert not told["convert"]


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
    assert told["is_done"]
    assert not any(told[what] for what in ("line", "problem", "more", "first", "convert"))


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
