"""No row of a table is swallowed."""

import json

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import found_in, levels, read, said, write, write_images

LEVELS = {f"{n}.png": 10 * n + 10 for n in range(4)}
NAMES = list(LEVELS)
WANTED = {"train": said(*LEVELS.values())}
HEAD = "image{0}caption\n"


def table(*captions: str, head: str = HEAD, separator: str = ",", end: str = "\n") -> str:
    rows = [f"{name}{separator}{text}" for name, text in zip(NAMES, captions, strict=True)]
    return head.format(separator) + end.join(rows)


def plain(**options: str) -> str:
    return table(*(f"level {level}" for level in LEVELS.values()), **options)


TABLES = {
    "a lone quote": table("level 10", '"level 20', "level 30", "level 40"),
    "two lone quotes": table("level 10", '"level 20', '"level 30', "level 40"),
    "the second ends a caption": table("level 10", '"level 20', "level 30", 'level 40"'),
    "text behind a quote": table("level 10", '"level" 20', '"level 30"', "level 40"),
    "in tabs": table("level 10", '"level 20', "level 30", '"level 40', separator="\t"),
    "in the last row": table("level 10", "level 20", "level 30", '"level 40'),
    "doubled quotes": table("level 10", '"level ""20"""', "level 30", "level 40"),
    "quotes with backslashes": table(r'"level \"10\""', r'"\"level\" 20"', "level 30", "level 40"),
    "a line break in quotes": table("level 10", '"level\n20"', '"level\r\n\n30"', "level 40"),
    "sep=": "sep=;\n" + plain(separator=";"),
    "sep= of Windows": "\ufeffSEP=\t\r\n" + plain(separator="\t", end="\r\n"),
    "commas in the header": plain(head='image;"caption, in English, by hand"\n', separator=";"),
    "semicolons in a header": plain(head='image,"caption; a; b; c"\n'),
    "carriage returns": plain(end="\r").replace("\n", "\r"),
    "captions first": "caption,image\n"
    + "\n".join(f"level {level},{name}" for name, level in LEVELS.items()),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_every_row_is_there(tmp_path, text):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", text)
    assert read(tmp_path) == WANTED


def test_separators_in_a_caption_stay_in_it(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "a.csv", 'caption,image\na cat, a dog,0.png\n"a, "b", c",1.png\n')
    assert read(tmp_path) == {"train": {"a cat, a dog": 10, "a, b , c": 20}}


def test_separators_between_quotes_with_backslashes_stay_in_the_caption(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "a.csv", 'image,caption\n0.png,"a \\"cat\\", a \\\\ dog"\n')
    assert read(tmp_path) == {"train": {"a cat , a \\\\ dog": 10}}


def test_a_quotation_mark_that_nothing_closes_is_refused_with_its_line(tmp_path):
    write(tmp_path / "a.csv", 'image,caption\n0.png,a\n1.png,"a cat\nand a dog\n')
    with pytest.raises(BadDataError, match="line 3: a quotation mark opens a cell"):
        open_dataset(str(tmp_path))


def without_suffix(tmp_path, names: list[str], table: str) -> dict[str, dict[str, int]]:
    write_images(tmp_path, LEVELS)
    for old, new in zip(LEVELS, names, strict=True):
        (tmp_path / old).rename(tmp_path / new)
    write(tmp_path / "captions.csv", HEAD.format(",") + table.format(*names))
    return read(tmp_path)


SWALLOWING = '{},level 10\n{},"level 20\n{},level 30"\n{},level 40\n'
LETTERS = ["boat", "tree", "house", "car"]


@pytest.mark.parametrize(
    "names",
    [["0001", "0002", "0003", "0004"], ["a_1", "a_2", "b_3", "b_4"], ["9f", "a1", "7", "8c"]],
)
def test_names_without_a_suffix_are_known_by_their_characters(tmp_path, names):
    assert without_suffix(tmp_path, names, SWALLOWING) == WANTED


def test_lines_that_may_be_rows_or_text_are_refused(tmp_path):
    with pytest.raises(BadDataError, match=r"line 3: .* closed in line 4, but line 4 between"):
        without_suffix(tmp_path, LETTERS, SWALLOWING)


@pytest.mark.parametrize("names", [LETTERS, ["a_1", "a_2", "b_3", "b_4"]])
def test_line_breaks_in_captions_of_names_without_a_suffix_stay(tmp_path, names):
    table = '{},level 10\n{},"level\n20"\n{},"level\n\n30"\n{},level 40\n'
    assert without_suffix(tmp_path, names, table) == WANTED


def test_many_lines_between_quotation_marks_take_no_longer_than_their_length(tmp_path):
    write(tmp_path / "a.csv", 'image,caption\n0.png,"' + 'a ""b""\n' * 30_000 + '"\n')
    write_images(tmp_path, {"0.png": 10})
    assert list(read(tmp_path)) == ["train"]


def test_utf_16_is_read(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "a.csv", plain().encode("utf-16"))
    assert read(tmp_path) == WANTED


LISTS = {
    "JSON": '["level 10", "level 20"]',
    "JSON in JSON": json.dumps('["level 10", "level 20"]'),
    "Python": "['level 10', 'level 20']",
    "numpy": "['level 10'\n 'level 20']",
    "nothing among them": '["level 10", null, "level 20"]',
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_a_list_in_a_cell_is_several_captions(tmp_path, text):
    write_images(tmp_path, {"0.png": 10})
    doubled = text.replace('"', '""')
    write(tmp_path / "a.csv", f'image,captions\n0.png,"{doubled}"\n')
    assert list(read(tmp_path)["train"]) == ["level 10", "level 20"]


@pytest.mark.parametrize("text", ["[a] level 10", "[10]", "['a' level 10]", "[level 10"])
def test_other_brackets_belong_to_the_caption(tmp_path, text):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "a.csv", f"image,captions\n0.png,{text}\n")
    assert list(read(tmp_path)["train"]) == [text.lower()]


def test_the_same_metadata_twice_counts_once(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "metadata.csv", "file_name,text\n0.png,level 10\n")
    write(tmp_path / "metadata.jsonl", '{"text": "level 10", "file_name": "0.png"}')
    assert read(tmp_path) == {"train": said(10)}
    assert "say the same" in open_dataset(str(tmp_path)).found
    write(tmp_path / "metadata.csv", "file_name,text\n0.png,level 20\n")
    with pytest.raises(BadDataError, match="say different things; keep one"):
        open_dataset(str(tmp_path))


ROWS = {
    "no caption": '{"file_name": "1.png"}',
    "null": '{"file_name": "1.png", "text": null}',
    "NaN": '{"file_name": "1.png", "text": NaN}',
    "a number": '{"file_name": "1.png", "text": 3}',
    "no name": '{"text": "level 20"}',
    "no object": "[1]",
    "no JSON": "{",
    "nested too deeply": "[" * 100_000,
    "a huge number": '{"file_name": "1.png", "text": ' + "9" * 5000 + "}",
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
@pytest.mark.parametrize("first", [True, False])
def test_one_bad_row_costs_that_row(tmp_path, row, first):
    good = [
        '{"file_name": "0.png", "text": "level 10"}',
        '{"file_name": "2.png", "text": "level 30"}',
    ]
    rows = [row, *good] if first else [*good, row]
    write_images(tmp_path, LEVELS)
    write(tmp_path / "metadata.jsonl", "\n".join(rows))
    assert read(tmp_path) == {"train": said(10, 30)}
    assert "Left out: " in open_dataset(str(tmp_path)).found


@pytest.mark.parametrize("name", ["train.json", "train.jsonl", "captions.json", "a.jsonl"])
def test_json_lines_are_read_whatever_the_file_is_called(tmp_path, name):
    write_images(tmp_path, LEVELS)
    rows = [f'{{"image": "{n}", "caption": "level {v}"}}' for n, v in LEVELS.items()]
    write(tmp_path / name, "\n".join(rows) + "\n")
    assert read(tmp_path) == WANTED


@pytest.mark.parametrize("end", [",", ",,", ", ,"])
def test_separators_at_the_end_of_rows_mean_nothing(tmp_path, end):
    found = found_in(tmp_path, "a.csv", f"image,caption\n0.png,level 10{end}\n1.png,level 20{end}")
    assert levels(found.splits["train"]) == said(10, 20)


def test_a_class_has_no_separators_in_it(tmp_path):
    found = found_in(tmp_path, "a.csv", "image,label\n0.png,cat,\n1.png,dog\n2.png,cat,dog\n")
    assert found.splits["train"].classes == ["cat", "dog"]
    assert found.left_out["rows with too many columns"] == 1


def test_a_cell_may_hold_an_embedding(tmp_path):
    rows = "".join(
        f'{n}.png,"[{", ".join(["0.125"] * 30_000)}]",level {10 * n + 10}\n' for n in range(2)
    )
    found = found_in(tmp_path, "a.csv", f"image,embedding,caption\n{rows}")
    assert levels(found.splits["train"]) == said(10, 20)


def test_a_header_of_thousands_of_columns_is_shortened(tmp_path):
    write(tmp_path / "a.csv", ",".join(f"column {n}" for n in range(5000)) + "\n")
    with pytest.raises(BadDataError) as caught:
        open_dataset(str(tmp_path))
    assert len(str(caught.value)) < 700


def test_columns_of_one_name_are_refused(tmp_path):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / "captions.csv", "image,caption,caption\n0.png,one,two\n")
    with pytest.raises(BadDataError, match="several columns called `caption`"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("name", ["a.csv", "captions.txt", "metadata.csv"])
@pytest.mark.parametrize("target", ["a dog", "cat"])
def test_a_table_without_a_header_is_refused(tmp_path, name, target):
    write_images(tmp_path, {f"{n}.png": n for n in range(3)})
    write(tmp_path / name, "".join(f"{n}.png,{target}\n" for n in range(3)))
    with pytest.raises(BadDataError, match="has no header: its first line must name the columns"):
        look_into(str(tmp_path))


def test_a_header_that_comes_again_is_no_row(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = ["0.png,level 10", "1.png,level 20"]
    write(tmp_path / "a.csv", "".join(f"image, caption\n{row}\n" for row in rows))
    found = look_into(str(tmp_path))
    assert levels(found.splits["train"]) == said(10, 20)
    assert found.left_out.told() == "lines that name the columns again (1)"
