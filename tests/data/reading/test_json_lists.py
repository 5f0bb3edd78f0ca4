"""Long JSON lists, object by object."""

import json

import pytest

from explorer.data.open import open_dataset
from tests.data.greys import (
    found_in,
    levels,
    read,
    said,
    write,
    write_images,
)


@pytest.mark.parametrize("name", ["train.jsonl", "metadata.jsonl"])
@pytest.mark.parametrize("content", ["%s", "[%s]"])
def test_a_file_of_lines_may_have_a_single_one_or_a_list(tmp_path, name, content):
    row = json.dumps({"file_name": "0.png", "caption": "level 10"})
    found = found_in(tmp_path, name, content % row)
    assert levels(found.splits["train"]) == said(10)


def deep(opening: str, closing: str, times: int) -> str:
    return opening * times + '"x"' + closing * times


@pytest.mark.parametrize("value", [deep("[", "]", 900), deep('{"raw":', "}", 700)])
@pytest.mark.parametrize("key", ["caption", "other"])
def test_lists_in_lists_cost_a_row_at_most(tmp_path, key, value):
    rows = '{"file_name": "0.png", "caption": "level 10"}\n{"file_name": "1.png", '
    rows += f'"caption": "level 20", "{key}": {value}}}'
    captions = levels(found_in(tmp_path, "metadata.jsonl", rows).splits["train"])
    assert captions == (said(10) if key == "caption" else said(10, 20))


def test_a_broken_line_costs_that_line(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = ['{"image": "0.png", "caption": "level 10"}', '{"image": ', "", "[]"]
    rows.insert(1, '{"image": "1.png", "caption": "level 20"}')
    write(tmp_path / "train.json", "\n".join(rows))
    assert read(tmp_path) == {"train": said(10, 20)}
    found = open_dataset(str(tmp_path)).found
    assert "lines that are not JSON (1), lines that are no object (1)" in found
