"""What single rows of tables and lists say is taken as it was meant, or counted."""

import json

import pytest

from explorer.data.open import look_into
from explorer.errors import BadDataError
from tests.data.greys import levels, read, said, write, write_images


def found_in(folder, name: str, content: str):
    write_images(folder, {f"{n}.png": 10 * n + 10 for n in range(4)})
    write(folder / name, content)
    return look_into(str(folder))


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


@pytest.mark.parametrize("name", ["a.csv", "train.json"])
@pytest.mark.parametrize("nothing", ["nan", "NaN", "null", "None", "<NA>", "n/a", "-"])
def test_a_caption_that_says_nothing_is_counted(tmp_path, name, nothing):
    captions = ["level 10", "level 20", nothing]
    rows = [{"image": f"{n}.png", "caption": each} for n, each in enumerate(captions)]
    table = "".join(f"{row['image']},{row['caption']}\n" for row in rows)
    content = json.dumps(rows) if name == "train.json" else f"image,caption\n{table}"
    found = found_in(tmp_path, name, content)
    assert levels(found.splits["train"]) == said(10, 20)
    assert found.left_out["captions such as `nan` that say nothing"] == 1


def test_an_image_has_one_class_and_others_are_counted(tmp_path):
    found = found_in(tmp_path, "a.csv", "image,label\n0.png,cat\n1.png,dog\n0.png,dog\n0.png,cat\n")
    assert found.splits["train"].labels.tolist() == [0, 1]
    assert found.left_out["further classes of an image that has one"] == 1


@pytest.mark.parametrize("label", [[0, 1], {"name": "cat"}])
def test_labels_that_are_no_class_are_shown(tmp_path, label):
    rows = [{"file_name": "0.png", "label": "cat"}, {"file_name": "1.png", "label": "dog"}]
    rows.append({"file_name": "2.png", "label": label})
    found = found_in(tmp_path, "metadata.jsonl", "\n".join(map(json.dumps, rows)))
    assert found.splits["train"].n_images == 2
    assert found.left_out.examples["labels that are lists or other things than one class"] == [
        str(label)
    ]


def rows_as(name: str, rows: list[dict[str, str]]) -> str:
    if name.endswith("csv"):
        return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    return json.dumps(rows) if name.endswith("json") else "\n".join(map(json.dumps, rows))


@pytest.mark.parametrize("name", ["metadata.jsonl", "captions.json", "a.csv"])
def test_a_column_of_splits_may_be_called_otherwise(tmp_path, name):
    rows = [
        {"file_name": f"{n}.png", "caption": f"level {10 * n + 10}", "Subset": split}
        for n, split in enumerate(["training", "valid", "Test", "train"])
    ]
    found_in(tmp_path, name, rows_as(name, rows))
    assert read(tmp_path) == {"train": said(10, 40), "val": said(20), "test": said(30)}


@pytest.mark.parametrize("name", ["all.csv", "train.csv", "captions.json"])
@pytest.mark.parametrize("word", ["cats", "testing ground"])
def test_a_column_of_other_words_is_none_of_splits(tmp_path, name, word):
    cells = ["test" if name == "train.csv" else word, "train", "train"]
    rows = [
        {"file_name": f"{n}.png", "caption": f"level {10 * n + 10}", "subset": cell}
        for n, cell in enumerate(cells)
    ]
    found_in(tmp_path, name, rows_as(name, rows))
    assert read(tmp_path) == {"train": said(10, 20, 30)}


@pytest.mark.parametrize("name", ["train.json", "data.jsonl", "train.jsonl", "metadata.json"])
def test_rows_of_json_may_have_labels_for_captions(tmp_path, name):
    rows = [{"image": f"{n}.png", "label": label} for n, label in enumerate("aba")]
    found = found_in(tmp_path, name, rows_as(name, rows))
    assert found.splits["train"].classes == ["a", "b"]


@pytest.mark.parametrize("name", ["a.csv", "metadata.jsonl"])
@pytest.mark.parametrize("words", ["0 1", "true False", "no yes", "-1 1"])
def test_a_column_of_two_values_is_of_classes_where_it_stands_alone(tmp_path, name, words):
    rows = [
        {"file_name": f"{n}.png", "malignant": word} for n, word in enumerate([*words.split(), ""])
    ]
    found = found_in(tmp_path, name, rows_as(name, rows))
    assert set(found.splits["train"].classes) == set(words.split())
    assert found.left_out["images without a label"] == 1


def test_captions_may_be_numbered_behind_the_name_of_their_image(tmp_path):
    content = "image,caption\n0.png#0,level 10\n0.png#1,again\n1.png#0,level 20"
    train = found_in(tmp_path, "a.csv", content).splits["train"]
    assert levels(train) == {**said(10, 20), "again": 10}
    assert train.n_images == 2


def test_classes_that_case_alone_tells_apart_are_told(tmp_path):
    found = found_in(tmp_path, "a.csv", "image,label\n0.png,Cat\n1.png,cat\n2.png,dog")
    assert found.notes[0] == "Classes that differ in upper and lower case only: Cat, cat."


@pytest.mark.parametrize("name", ["train.jsonl", "metadata.jsonl"])
@pytest.mark.parametrize("content", ["%s", "[%s]"])
def test_a_file_of_lines_may_have_a_single_one_or_a_list(tmp_path, name, content):
    row = json.dumps({"file_name": "0.png", "caption": "level 10"})
    found = found_in(tmp_path, name, content % row)
    assert levels(found.splits["train"]) == said(10)


@pytest.mark.parametrize("name", ["metadata.jsonl", "captions.json", "train.json", "a.csv"])
def test_rows_of_an_unknown_split_are_in_none(tmp_path, name):
    splits = ["train", "testA", "dev", "holdout"]
    rows = [
        {"file_name": f"{n}.png", "caption": f"level {10 * n + 10}", "split": split}
        for n, split in enumerate(splits)
    ]
    if name == "a.csv":
        content = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    else:
        content = json.dumps(rows) if name.endswith("json") else "\n".join(map(json.dumps, rows))
    found = found_in(tmp_path, name, content)
    assert {split: levels(each) for split, each in found.splits.items()} == {
        "train": said(10),
        "val": said(30),
    }
    assert found.left_out["rows of an unknown split"] == 2


@pytest.mark.parametrize("name", ["metadata.csv", "train.json"])
def test_names_may_have_blanks_around_them(tmp_path, name):
    rows = [{"file_name": " 0.png", "caption": "level 10"}]
    content = json.dumps(rows) if name == "train.json" else "caption,file_name\nlevel 10, 0.png\n"
    assert levels(found_in(tmp_path, name, content).splits["train"]) == said(10)


def test_images_may_be_called_by_numbers(tmp_path):
    rows = [{"image": n, "caption": f"level {10 * n + 10}"} for n in range(2)]
    found = found_in(tmp_path, "train.json", json.dumps(rows))
    assert levels(found.splits["train"]) == said(10, 20)


def deep(opening: str, closing: str, times: int) -> str:
    return opening * times + '"x"' + closing * times


@pytest.mark.parametrize("value", [deep("[", "]", 900), deep('{"raw":', "}", 700)])
@pytest.mark.parametrize("key", ["caption", "other"])
def test_lists_in_lists_cost_a_row_at_most(tmp_path, key, value):
    rows = '{"file_name": "0.png", "caption": "level 10"}\n{"file_name": "1.png", '
    rows += f'"caption": "level 20", "{key}": {value}}}'
    captions = levels(found_in(tmp_path, "metadata.jsonl", rows).splits["train"])
    assert captions == (said(10) if key == "caption" else said(10, 20))


def coco(ns: list[int]) -> str:
    images = [{"id": n, "file_name": f"{n}.png"} for n in ns]
    rows = [{"image_id": n, "caption": f"level {10 * n + 10}"} for n in ns]
    return json.dumps({"images": images, "annotations": rows})


@pytest.mark.parametrize("form", ["captions_{}.json", "annotations/{}.json", "{}2017.json"])
def test_files_like_those_of_coco_may_name_any_split(tmp_path, form):
    write_images(tmp_path / "images", {f"{n}.png": 10 * n + 10 for n in range(3)})
    for n, split in enumerate(["train", "minival", "test"]):
        write(tmp_path / form.format(split), coco([n]))
    assert read(tmp_path) == {"train": said(10), "val": said(20), "test": said(30)}


def test_a_name_that_only_ends_like_a_split_is_no_split(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    for n, name in enumerate(["train.json", "latest.json"]):
        write(tmp_path / name, json.dumps([{"image": f"{n}.png", "caption": "a level"}]))
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert "latest.json" in " ".join(found.notes)


def test_lists_of_coco_may_be_within_others_of_the_same_name(tmp_path):
    write_images(tmp_path / "train2017", {"0.png": 10, "1.png": 20})
    content = json.loads(coco([0, 1]))
    images = [{**each, "id": float(each["id"]), "annotations": []} for each in content["images"]]
    content = {"info": {"images": [1]}, "annotations": content["annotations"], "images": images}
    write(tmp_path / "captions_train2017.json", json.dumps(content))
    assert read(tmp_path) == {"train": said(10, 20)}


def test_captions_under_names_cost_a_name_at_most(tmp_path):
    content = '{"0.png": "level 10", "1.png": ["level 20"], "2.png": {"a": 1}, "3.png": [["a"], 7]}'
    found = found_in(tmp_path, "captions.json", content)
    assert levels(found.splits["train"]) == said(10, 20)
    assert found.left_out.told() == (
        "names whose captions are no text (2), images that no table names (2)"
    )


@pytest.mark.parametrize("name", ["labels.json", "image_classes.json"])
@pytest.mark.parametrize("labels", ["ab", [7, 3]])
def test_labels_under_names_are_no_captions(tmp_path, name, labels):
    found = found_in(
        tmp_path, name, json.dumps({f"{n}.png": each for n, each in enumerate(labels)})
    )
    assert found.splits["train"].classes == sorted(map(str, labels))


def test_captions_may_stand_under_names_without_a_suffix(tmp_path):
    content = '{"0": "level 10", "1": ["level 20"], "7": "level 80"}'
    train = found_in(tmp_path, "train.json", content).splits["train"]
    assert list(train.captions) == ["level 10", "level 20", "level 80"]
    assert train.open_image(1).getpixel((0, 0))[0] == 20


@pytest.mark.parametrize("content", ['{"data": [{"image": "0.png"}]}', '{"0.png": {"text": "a"}}'])
def test_json_that_is_not_understood_is_named_with_its_beginning(tmp_path, content):
    with pytest.raises(
        BadDataError, match=r"all.json is not understood: it begins with \{"
    ) as error:
        found_in(tmp_path, "all.json", content)
    assert content[:20] in str(error.value)


def test_images_that_no_table_names_are_counted(tmp_path):
    write_images(tmp_path / "more", {"9.png": 9})
    found = found_in(tmp_path, "a.csv", "image,caption\n0.png,level 10\n3.png,level 40\n")
    assert found.left_out.examples["images that no table names"] == ["1.png", "2.png", "more/9.png"]


@pytest.mark.parametrize("name", ["train/_annotations.coco.json", "annotations.json", "all/x.json"])
def test_cocos_files_may_have_any_name(tmp_path, name):
    folder = "train" if name.startswith("train") else "images"
    write_images(tmp_path / folder, {"0.png": 10, "1.png": 20})
    write(tmp_path / name, coco([0, 1]))
    assert read(tmp_path) == {"train": said(10, 20)}


@pytest.mark.parametrize("folders", [["images"], ["images", "masks"], ["train2017", "val2017"]])
def test_boxes_alone_are_not_understood_and_no_class_is_called_images(tmp_path, folders):
    for folder in folders:
        write_images(tmp_path / folder, {"0.png": 10, "1.png": 20})
    write(tmp_path / "annotations/instances_train.json", coco([0, 1]).replace("caption", "bbox"))
    with pytest.raises(BadDataError, match=r"^annotations/instances_train.json is not understood"):
        look_into(str(tmp_path))


def test_conversations_cost_a_conversation_at_most_and_further_answers_are_counted(tmp_path):
    def talk(image: object, *turns: object) -> str:
        return json.dumps({"image": image, "conversations": turns, "source": "here"})

    asked, further = {"from": "human", "value": "What?"}, {"from": "gpt", "value": "More."}
    rows = [
        talk("0.png", asked, {"from": "gpt", "value": "level 10"}, asked, further, further),
        talk(["1.png", "2.png"], asked, further),
        talk("3.png", asked, {"from": "gpt", "value": 7}, "odd"),
        '{"image": "2.png"}',
        "7",
    ]
    found = found_in(tmp_path, "talk.json", f"[{', '.join(rows)}]")
    assert levels(found.splits["train"]) == said(10)
    assert found.left_out.told() == (
        "answers behind the first of a conversation (2), conversations about no image, or about "
        "several (2), conversations without an answer (2), images that no table names (3)"
    )


@pytest.mark.parametrize("form", ["Flickr_8k.{}Images.txt", "{}.txt"])
@pytest.mark.parametrize("end", ["", ".png"])
def test_lists_of_splits_may_lack_suffixes(tmp_path, form, end):
    write_images(tmp_path / "images", {"0.png": 10, "1.png": 20, "2.png": 30})
    lines = [f"{n}.png#0\tlevel {10 * n + 10}" for n in range(3)]
    write(tmp_path / "a.token", "\n".join([*lines, "2.png#1 a line without a tab"]))
    write(tmp_path / "notes.txt", "0")
    for n, split in enumerate(["train", "dev", "test"]):
        write(tmp_path / form.format(split), f"{n}{end}\n")
    assert read(tmp_path) == {"train": said(10), "val": said(20), "test": said(30)}
    told = look_into(str(tmp_path)).left_out.told()
    assert told == "lines that are not `image.jpg#0<TAB>caption` (1)"


def test_many_files_that_name_a_split_are_of_single_images(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.data.formats.coco.is_coco", pytest.fail)
    for n in range(25):
        write_images(tmp_path, {f"COCO_train2014_{n}.png": n})
        write(tmp_path / f"COCO_train2014_{n}.json", json.dumps({"caption": f"level {n}"}))
    assert levels(look_into(str(tmp_path)).splits["train"]) == said(*range(25))
