"""What this program made of data is not read as the data."""

import json

import pytest

from explorer.store.own import CONVERTED, is_distilled, is_own

SET = {"method": "pds", "found": "20 images", "plan": "pds-0f"}


def write(folder, name: str, values: object = None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("" if values is None else json.dumps(values))
    return folder


def test_a_set_is_known_by_what_its_config_says(tmp_path):
    assert is_distilled(write(tmp_path, "config.json", SET))
    assert is_own(tmp_path)


@pytest.mark.parametrize("name", SET)
def test_a_config_that_lacks_something_is_of_somebody_else(tmp_path, name):
    write(tmp_path, "config.json", {each: v for each, v in SET.items() if each != name})
    assert not is_distilled(tmp_path)
    assert not is_own(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[1]", "7", "[" * 100_000])
def test_a_config_that_cannot_be_read_is_of_somebody_else(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    assert not is_distilled(tmp_path)
    assert not is_own(tmp_path)


def test_a_converted_dataset_is_own_but_no_set(tmp_path):
    write(tmp_path, "config.json", {CONVERTED: "coco"})
    assert is_own(tmp_path)
    assert not is_distilled(tmp_path)


@pytest.mark.parametrize("beside", ["events.jsonl", "status.json"])
def test_a_run_is_own_however_far_it_came(tmp_path, beside):
    write(tmp_path, "config.json", {"kind": "distill"})
    assert not is_own(tmp_path)
    assert is_own(write(tmp_path, beside))


def test_a_sweep_is_own_once_it_has_its_table(tmp_path):
    assert not is_own(write(tmp_path, "scores.json", {}))
    assert is_own(write(tmp_path, "table.md"))


def test_a_cache_is_own_once_it_holds_a_result(tmp_path):
    (tmp_path / "locks").mkdir()
    assert not is_own(tmp_path)
    assert is_own(write(tmp_path, "embed/0f3a/manifest.json", {}))


def test_other_folders_and_what_is_no_folder_are_not(tmp_path):
    assert not is_own(tmp_path)
    assert not is_own(tmp_path / "none")
