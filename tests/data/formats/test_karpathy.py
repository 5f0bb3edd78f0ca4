"""The JSON files of BLIP and ALBEF, and others that are written nearly so."""

import json

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import found_in, levels, read, said, write, write_images


def test_karpathy_json_is_recognised_by_its_content(colours):
    dataset = open_dataset(str(colours))
    assert dataset.name == "colours"
    assert dataset.found == (
        "BLIP/ALBEF Karpathy JSON: train 20 images with 40 captions; val 5 images with 10 "
        "captions; test 6 images with 12 captions."
    )
    train = dataset.splits["train"]
    assert train.captions[:2] == ["a red square", "train square number 0 is red"]
    assert train.image_of_caption[:4].tolist() == [0, 0, 1, 1]
    assert train.image_names[1] == "images/train1.png"
    assert train.open_image(1).size == (48, 40)


def test_files_may_carry_the_name_of_their_dataset(colours):
    for split in ("train", "val", "test"):
        (colours / f"{split}.json").rename(colours / f"flickr30k_{split}.json")
    assert open_dataset(str(colours)).splits["val"].n_images == 5


def test_val_may_have_a_single_caption_per_image(colours):
    rows = [{"image": "images/val0.png", "caption": "One caption"}]
    (colours / "val.json").write_text(json.dumps(rows))
    assert open_dataset(str(colours)).splits["val"].captions == ["one caption"]


def test_rows_of_one_image_need_not_stand_together(colours):
    rows = [{"image": f"images/train{i}.png", "caption": str(i)} for i in (0, 1, 0)]
    (colours / "train.json").write_text(json.dumps(rows))
    train = open_dataset(str(colours)).splits["train"]
    assert train.captions == ["0", "0", "1"]
    assert train.image_of_caption.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ('{"image": 1}', "must hold a list"),
        ('[{"image": "a.png"}]', "without `image` and `caption` .1., the first is object 0"),
        ('[{"image": "a.png", "caption": 5}]', "object 0"),
        ('[{"image": "../a.png", "caption": "a"}]', "not inside the folder"),
        ('[{"image": "/etc/a.png", "caption": "a"}]', "not inside the folder"),
        ("[]", "train split of .* has no captions"),
    ],
)
def test_a_broken_file_is_named(colours, content, message):
    (colours / "train.json").write_text(content)
    with pytest.raises(BadDataError, match=message):
        open_dataset(str(colours))


def test_images_may_be_called_by_numbers(tmp_path):
    rows = [{"image": n, "caption": f"level {10 * n + 10}"} for n in range(2)]
    found = found_in(tmp_path, "train.json", json.dumps(rows))
    assert levels(found.splits["train"]) == said(10, 20)


def test_a_name_that_only_ends_like_a_split_is_no_split(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    for n, name in enumerate(["train.json", "latest.json"]):
        write(tmp_path / name, json.dumps([{"image": f"{n}.png", "caption": "a level"}]))
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert "latest.json" in " ".join(found.notes)


@pytest.mark.parametrize("keys", [("Image", "Caption"), ("file_name", "TEXT"), ("IMG", "Prompt")])
@pytest.mark.parametrize("name", ["train.json", "captions.json"])
def test_keys_may_be_called_otherwise(tmp_path, keys, name):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    rows = [{keys[0]: f"{n}.png", keys[1]: f"level {10 * n + 10}"} for n in range(2)]
    write(tmp_path / name, json.dumps(rows))
    assert read(tmp_path) == {"train": said(10, 20)}


ROWS = [{"image": f"{n}.png", "caption": f"level {10 * n + 10}"} for n in range(4)]


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        ({"data": ROWS}, {"train": [0, 1, 2, 3]}),
        ({"version": 1.0, "name": "a {b", "items": ROWS, "n": 4}, {"train": [0, 1, 2, 3]}),
        (
            {"train": ROWS[:2], "validation": ROWS[2:3], "about": ROWS, "test": ROWS[3:]},
            {"train": [0, 1], "val": [2], "test": [3]},
        ),
        ({"train": ROWS[:3], "val": [], "test": []}, {"train": [0, 1, 2]}),
    ],
)
@pytest.mark.parametrize("name", ["all.json", "annotations.json"])
def test_the_list_may_stand_under_a_key_and_one_under_each_split(tmp_path, name, content, numbers):
    found_in(tmp_path, name, json.dumps(content))
    levels_of = {split: [10 * n + 10 for n in some] for split, some in numbers.items()}
    assert read(tmp_path) == {split: said(*some) for split, some in levels_of.items()}


def test_a_list_of_one_image_is_that_image_and_of_several_none(tmp_path):
    rows = [{"image_path": [f"{n}.png"], "report": f"level {10 * n + 10}"} for n in range(3)]
    rows.append({"image_path": ["2.png", "3.png"], "report": "two levels"})
    found = found_in(tmp_path, "reports.json", json.dumps({"train": rows}))
    assert levels(found.splits["train"]) == said(10, 20, 30)
    assert found.left_out["objects without `image` and `caption`"] == 1
