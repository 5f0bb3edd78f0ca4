"""What leaves this machine names no folder of it and sets no trap."""

import pytest

from explorer.sets.others import defused, lies_inside, plain, without_folders, without_paths


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("/home/ada/boats", ".../boats"),
        ("~/boats", ".../boats"),
        ("./boats", ".../boats"),
        ("../boats/", ".../boats"),
        ("C:\\Users\\ada\\boats", ".../boats"),
        ("\\\\server\\share\\boats", ".../boats"),
        ("ViT-B-32/openai", "ViT-B-32/openai"),
        ("hf:owner/name", "hf:owner/name"),
        ("scenes", "scenes"),
        ("", ""),
        (3, 3),
        (None, None),
    ],
)
def test_a_path_keeps_its_last_part_alone(value, told):
    assert without_paths(value) == told
    assert without_paths({"a": [value, (value,)]}) == {"a": [told, [told]]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Opening /home/ada/boats now", "Opening .../boats now"),
        ("No file '/a/b/c.png'.", "No file '.../c.png'."),
        ("of ~/x/y and C:/z/w", "of .../y and .../w"),
        ("a cat and/or a dog", "a cat and/or a dog"),
        ("1/2 of all", "1/2 of all"),
        ("at https://example.org/a/b today", "at https://example.org/a/b today"),
    ],
)
def test_sentences_lose_the_folders_of_paths_and_nothing_else(text, told):
    assert without_folders(text) == told
    assert without_folders({"log": [text]}) == {"log": [told]}


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_a_cell_that_a_program_would_compute_is_a_text(start):
    assert defused(f"{start}1+1") == f"'{start}1+1"
    assert defused(f"a{start}") == f"a{start}"


def test_numbers_are_no_formulas():
    assert (defused(-1), defused(-0.5), defused(None)) == (-1, -0.5, None)


def test_markup_of_somebody_is_text_on_one_line():
    assert plain("# A <b>boat</b>\n\n| & more") == "# A &lt;b&gt;boat&lt;/b&gt; | &amp; more"
    assert plain('"quoted"') == '"quoted"'


def test_only_files_that_are_really_there_go_along(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "a").touch()
    (tmp_path / "secret").touch()
    (folder / "near").symlink_to("a")
    (folder / "far").symlink_to("../secret")
    inside = [lies_inside(folder / name, folder) for name in ("a", "near", "far", "none", ".")]
    assert inside == [True, True, False, False, False]
