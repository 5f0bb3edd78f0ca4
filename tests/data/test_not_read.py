"""Where several formats fit a folder, what was read and what was not is said."""

import pytest

from explorer.data.found import look_into
from explorer.data.inspect import inspect, told
from explorer.errors import BadDataError
from tests.data.greys import (
    FILES,
    TABLE,
    filled,
    found_in,
    image,
    write,
)


@pytest.mark.parametrize("format_", FILES)
def test_nothing_is_said_of_a_folder_in_one_format(tmp_path, format_):
    found = look_into(str(filled(tmp_path, format_)))
    assert found.format == format_
    assert "would fit" not in " ".join(found.notes)


@pytest.mark.parametrize(
    ("taken", "other", "shown"),
    [
        ("Hugging Face imagefolder", "CSV with captions", "captions.csv"),
        ("BLIP/ALBEF Karpathy JSON", "Hugging Face imagefolder", "metadata.jsonl"),
        ("BLIP/ALBEF Karpathy JSON", "images with text files", "0.png"),
        ("images with text files", "CSV with captions", "captions.csv"),
    ],
)
def test_the_other_format_that_would_fit_is_named(tmp_path, taken, other, shown):
    inspection = inspect(str(filled(tmp_path, taken, other)))
    assert inspection["format"] == taken
    assert f"Not read, though it would fit, too: {shown} ({other})." in told(inspection)


def test_a_table_further_down_that_is_not_read_is_named(tmp_path):
    filled(tmp_path, "CSV with captions")
    write(tmp_path / "more/captions.csv", TABLE)
    assert "too: more/captions.csv (CSV with captions)." in told(inspect(str(tmp_path)))


def test_tables_without_captions_would_not_fit(tmp_path):
    filled(tmp_path, "Hugging Face imagefolder")
    write(tmp_path / "scores.csv", "epoch,loss\n1,2\n")
    write(tmp_path / "notes.txt", "years of work")
    assert "would fit" not in told(inspect(str(tmp_path)))


@pytest.mark.parametrize("content", ['{"data": [{"image": "0.png"}]}', '{"0.png": {"text": "a"}}'])
def test_json_that_is_not_understood_is_named_with_its_beginning(tmp_path, content):
    with pytest.raises(
        BadDataError, match=r"all.json is not understood: it begins with \{"
    ) as error:
        found_in(tmp_path, "all.json", content)
    assert content[:20] in str(error.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("annotation.json", '{"train": [{"finding": "a level", "image_path": ["cat/0.png"]}]}'),
        ("regions.json", '[{"regions": [{"image_id": 1, "phrase": "a level"}], "id": 1}]'),
        ("attributes.txt", "2\nmale smiling\ncat/0.png 1 -1\n"),
    ],
)
@pytest.mark.parametrize("n_classes", [1, 2])
def test_what_may_tell_more_than_the_folders_of_classes_is_named(
    tmp_path, name, content, n_classes
):
    for place in ["cat/0.png", "dog/1.png"][:n_classes]:
        write(tmp_path / place, image(10))
    write(tmp_path / "notes.json", '{"cat": 0}')
    write(tmp_path / name, content)
    sentence = f"Not read, though it may tell of images: {name}."
    if n_classes == 2:
        assert look_into(str(tmp_path)).notes == [sentence]
        return
    with pytest.raises(BadDataError, match=f"one class, 'cat'.* {sentence}"):
        look_into(str(tmp_path))


def test_a_file_of_matlab_that_cannot_be_read_hides_no_folders_of_classes(tmp_path):
    for place in ["cat/0.png", "dog/1.png"]:
        write(tmp_path / place, image(10))
    write(tmp_path / "attributes.mat", "MATLAB 5.0")
    found = look_into(str(tmp_path))
    assert found.format == "class folders"
    assert "attributes.mat cannot be read as a mat file" in found.notes[0]
