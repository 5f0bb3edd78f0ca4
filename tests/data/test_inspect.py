"""What is in a dataset is told, and what is left out of it and why."""

import json

from explorer.data.inspect import inspect
from tests.colours import write_classes


def test_inspect_tells_what_was_found_and_what_was_left_out_and_why(messy, command):
    code, out, _ = command("inspect", messy, "--json", "--bundle", "scenes", "--cache", "x")
    assert code == 0
    found = json.loads(out.splitlines()[-1])
    assert found["format"] == "CSV with captions"
    assert found["columns"] == ["images from `image`", "captions from `caption`"]
    assert {name: each["n_images"] for name, each in found["splits"].items()} == {
        "train": 4,
        "val": 1,
        "test": 1,
    }
    unreadable = [name for each in found["splits"].values() for name in each["unreadable"]]
    assert sorted(name.partition(":")[0] for name in unreadable) == ["bad.png", "gone.png"]
    reasons = {each["reason"]: each["examples"] for each in found["left_out"]}
    assert reasons["images that are not inside the folder"] == ["../out.png"]
    assert [(e["split"], e["other"], e["n_images"]) for e in found["shared"]] == [
        ("test", "train", 1)
    ]
    assert found["splits"]["test"]["first"] == [{"image": "t.png", "captions": ["level 20"]}]
    for part in ("Images lie in Images/", "cannot be read", "Left out:", "not inside the folder"):
        assert part in out


def test_inspect_opens_as_many_images_as_are_asked_for(messy):
    assert inspect(str(messy), most=0)["splits"]["train"]["n_opened"] == 0
    assert inspect(str(messy), most=2)["splits"]["train"]["n_opened"] == 2


def test_inspect_counts_the_images_of_each_class(tmp_path):
    found = inspect(str(write_classes(tmp_path / "set", {"train": 5, "val": 3, "test": 3})))
    assert found["classes"] == ["blue", "green", "red"]
    assert found["splits"]["train"]["per_class"] == {"blue": 1, "green": 2, "red": 2}


def test_inspect_opens_built_in_data():
    assert inspect("digits", most=3)["splits"]["train"]["n_unreadable"] == 0
