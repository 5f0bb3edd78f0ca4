"""Long JSON lists, object by object."""

import json
import re

import pytest

from explorer.data.left_out import LeftOut
from explorer.data.open import open_dataset
from explorer.data.reading.json_lists import GivenTwice, parse, peeked, read_lines, read_list
from explorer.errors import BadDataError
from tests.data.greys import found_in, levels, read, said, write, write_images


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


ROWS = [{"image": "0.png"}, {"image": "1.png", "n": [1, {"a": "]"}]}, 7, "x", None]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("key", ["", "rows"])
def test_the_elements_of_a_list_are_those_that_json_has(tmp_path, indent, key):
    value = {"about": {"rows": 3}, "rows": ROWS, "end": []} if key else ROWS
    write(tmp_path / "a.json", json.dumps(value, indent=indent))
    assert list(read_list(tmp_path / "a.json", LeftOut(), key)) == ROWS


def test_an_empty_list_has_no_elements_and_a_last_comma_does_no_harm(tmp_path):
    for content, n in (("[]", 0), (" [ ] ", 0), ("[1, 2, ]", 2)):
        write(tmp_path / "a.json", content)
        assert len(list(read_list(tmp_path / "a.json", LeftOut()))) == n


def test_elements_come_before_what_is_broken_behind_them(tmp_path):
    write(tmp_path / "a.json", '[{"n": 0}, {"n": 1}, {"n"')
    rows = read_list(tmp_path / "a.json", LeftOut())
    assert [next(rows), next(rows)] == [{"n": 0}, {"n": 1}]
    with pytest.raises(BadDataError, match=r"a\.json is not JSON"):
        next(rows)


def test_a_key_further_in_is_not_the_one_of_the_file(tmp_path):
    write(tmp_path / "a.json", '{"about": {"rows": [1]}, "rows": [2, 3]}')
    assert list(read_list(tmp_path / "a.json", LeftOut(), "rows")) == [2, 3]
    write(tmp_path / "a.json", '{"rows": 5}')
    with pytest.raises(BadDataError, match="must hold a list under 'rows'"):
        list(read_list(tmp_path / "a.json", LeftOut(), "rows"))


def test_lines_are_read_one_by_one_and_others_are_counted_with_their_number(tmp_path):
    write(tmp_path / "a.jsonl", '{"n": 0}\n\n[1]\n{"n":\n{"n": 1}\n')
    left_out = LeftOut()
    assert list(read_lines(tmp_path / "a.jsonl", left_out)) == [{"n": 0}, {"n": 1}]
    assert left_out == {"lines that are no object": 1, "lines that are not JSON": 1}
    assert left_out.examples["lines that are no object"][0].startswith("line 3 of ")


def test_what_is_nested_too_deeply_is_no_json_rather_than_the_end_of_the_program():
    assert parse("[[1]]") == [[1]]
    with pytest.raises(ValueError, match="nested too deeply"):
        parse("[" * 200_000)


def test_files_are_looked_into_where_they_are_few(tmp_path):
    captions = re.compile(r'\{"captions"')
    for number in range(3):
        write(tmp_path / f"{number}.json", '{"captions": 1}' if number else "[]")
    assert [path.name for path in peeked(tmp_path, captions)] == ["1.json", "2.json"]
    for number in range(3, 25):
        write(tmp_path / f"{number}.json", '{"captions": 1}')
    assert peeked(tmp_path, captions) == []


@pytest.mark.parametrize("name", ["train.jsonl", "metadata.jsonl"])
def test_a_comma_behind_each_line_does_no_harm(tmp_path, name):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = [{"file_name": f"{n}.png", "caption": f"level {10 * n + 10}"} for n in range(2)]
    write(tmp_path / name, ",\n".join(map(json.dumps, rows)) + ", \r\n")
    assert read(tmp_path) == {"train": said(10, 20)}


ONCE = '{"file_name": "0.png", "image": "0.png", "caption": "level 10"}'
TWICE = '{"file_name": "1.png", "image": "1.png", "caption": "level 20", "caption": "level 30"}'
SAME = '{"file_name": "2.png", "image": "2.png", "caption": "level 30", "caption": "level 30"}'


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("train.json", f"[{ONCE}, {TWICE}, {SAME}]", "object 1 of "),
        ("train.json", f"{ONCE}\n{TWICE}\n{SAME}", "line 2 of "),
        ("metadata.jsonl", f"{ONCE}\n{TWICE}\n{SAME}", "line 2 of "),
    ],
)
def test_an_object_that_gives_a_key_two_values_costs_its_row(tmp_path, name, content, place):
    found = found_in(tmp_path, name, content)
    assert levels(found.splits["train"]) == said(10, 30)
    assert found.left_out["objects that give a key two values"] == 1
    (example,) = found.left_out.examples["objects that give a key two values"]
    assert example.startswith(place)
    assert example.endswith("it gives 'caption' twice")


def test_an_annotation_of_coco_that_gives_a_key_two_values_is_counted(tmp_path):
    images = ", ".join(f'{{"id": {n}, "file_name": "{n}.png"}}' for n in range(3))
    rows = ['"caption": "level 10"', '"caption": "level 20", "caption": "level 30"']
    told = ", ".join(f'{{"image_id": {n}, "id": {n}, {row}}}' for n, row in enumerate(rows))
    found = found_in(
        tmp_path, "captions_train.json", f'{{"images": [{images}], "annotations": [{told}]}}'
    )
    assert levels(found.splits["train"]) == said(10)
    assert found.left_out["objects that give a key two values"] == 1


def test_a_list_that_its_file_gives_twice_is_refused(tmp_path):
    write(tmp_path / "a.json", '{"rows": [{"n": 0}], "about": {}, "rows": [{"n": 1}]}')
    with pytest.raises(BadDataError, match=r"a\.json gives 'rows' twice; keep one of them"):
        list(read_list(tmp_path / "a.json", LeftOut(), "rows"))


def test_a_key_is_given_twice_wherever_it_is_in_an_object(tmp_path):
    text = '[{"sentences": [{"raw": "a", "raw": "b"}]}, {"a": {"b": 1}, "c": {"b": 2}}]'
    write(tmp_path / "a.json", text)
    assert list(read_list(tmp_path / "a.json", LeftOut())) == [{"a": {"b": 1}, "c": {"b": 2}}]
    with pytest.raises(GivenTwice, match="it gives 'raw' twice"):
        parse(text)


def test_a_file_that_is_no_list_is_told_so_whatever_it_gives_twice(tmp_path):
    write(tmp_path / "a.json", '{"n": 1, "n": 2}')
    with pytest.raises(BadDataError, match=r"a\.json must hold a list of objects"):
        list(read_list(tmp_path / "a.json", LeftOut()))
