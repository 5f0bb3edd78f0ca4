import pytest

from explorer.core.captions import is_value, odd_captions, script_of


def found(*texts: str) -> dict[str, list[int]]:
    return {name: rows.tolist() for name, rows in odd_captions(texts).items()}


def test_captions_without_words_and_with_words_that_go_on_are_found():
    odd = found("a boat", "", " .! ", "a dog and...", "a house, ", "a red cat", "well, a cat")
    assert odd["empty"] == [1, 2]
    assert odd["cut"] == [3, 4]


def test_repeated_words_are_found_the_most_repeated_first():
    assert found("A dog", "cat", "a  dog", "tree", "cat", "a dog", "", "")["repeated"] == [
        *(0, 2, 5),
        *(1, 4),
    ]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Ein schönes Boot", "LATIN"),
        ("ひらがなとカタカナと漢字", "CJK"),
        ("собака 12", "CYRILLIC"),
        ("…!", ""),
        ("دراجة", "ARABIC"),
    ],
)
def test_scripts_are_told_apart(text, script):
    assert script_of(text) == script


def test_another_script_is_odd_only_where_most_share_one():
    many = ["a boat", "ein Schiff", "été"] * 5
    assert found(*many, "лодка", "12")["script"] == [15]
    assert found("a boat", "лодка", "船")["script"] == []
    assert found()["script"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.93", True),
        ("-1e-05", True),
        ("0 0.5 0.25 0.1 0.2", True),
        ("2024-01-05T10:33:00Z", True),
        ("05.01.2024 10:33", True),
        ("92ee605-fb75-4d1d-b5ee-388239a6fe3e", True),
        ("True", True),
        ("https://a.b/c?d", True),
        ("http //a b/c", False),
        ("http //a.b/c", True),
        ("2 dogs", False),
        ("…!", False),
        ("三只狗", False),
        ("", False),
    ],
)
def test_numbers_dates_and_identifiers_are_told_from_words(text, expected):
    assert is_value(text) is expected
