import pytest

from explorer.errors import BadDataError
from explorer.store.reading import fits, parse_json, parse_lines, read_object

BROKEN = {
    "cut": b'{"a": [1, 2',
    "no text": b"\xff\xfe",
    "too deep": b"[" * 100_000,
    "thousands of digits": b"1" + b"0" * 5000,
    "half a character": rb'"\ud83d"',
    "nothing": b"",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_could_not_be_written_again_is_refused(content, tmp_path):
    with pytest.raises(BadDataError):
        parse_json(content)
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(BadDataError, match=r"a\.json cannot be read"):
        read_object(tmp_path / "a.json")


def test_both_halves_of_a_character_are_one():
    assert parse_json(rb'"\ud83d\ude00"') == "\N{GRINNING FACE}"


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"1"])
def test_a_value_that_is_no_object_is_refused_with_the_name_of_the_file(content, tmp_path):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(BadDataError, match=r"a\.json cannot be read: it holds no JSON object"):
        read_object(tmp_path / "a.json")


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(BadDataError, match=r"a\.json cannot be read"):
        read_object(tmp_path / "a.json")


def test_a_broken_line_costs_itself_alone():
    lines = b'{"a": 1}\n{"a": \n[]\n\xff\n{"a": 2}\n'
    assert [line["a"] for line in parse_lines(lines)] == [1, 2]


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ({"n": 1, "share": 0.5, "text": "a"}, True),
        ({"n": 1, "share": 1, "text": "a"}, True),
        ({"n": 1, "unknown": object()}, True),
        ({"n": 1.5}, False),
        ({"text": None}, False),
        ({"share": "0.5"}, False),
    ],
)
def test_values_are_of_the_kind_that_their_names_have(values, right):
    assert fits(values, {"n": int, "share": float, "text": str}) is right
