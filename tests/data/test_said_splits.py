"""Splits that lists beside the images say, or a column of numbers, are followed where clear."""

import json

import pytest

from explorer.data.found import look_into, read_splits
from explorer.data.inspect import inspect
from explorer.errors import BadDataError
from explorer.types import Labelled
from tests.data.greys import TABLE, csv_of, image, read, said, write, write_images

NAMES = [f"{n}.png" for n in range(5)]
LEVELS = {name: 10 * n + 10 for n, name in enumerate(NAMES)}
SAID = {"train": said(10, 20), "val": said(30), "test": said(40)}
LABELS = "image,label\n" + "".join(f"{name},{'ab'[n % 2]}\n" for n, name in enumerate(NAMES))


def lists(folder, form="{}.txt", each="{}.png"):
    """Lists of the first four images."""
    for split, numbers in (("train", [0, 1]), ("val", [2]), ("test", [3])):
        write(folder / form.format(split), "".join(f"{each.format(n)}\r\n" for n in numbers))


def names_in(folder) -> dict[str, list[str]]:
    return {split: list(e.image_names) for split, e in read_splits(str(folder))[1].items()}


@pytest.mark.parametrize("form", ["{}.txt", "Flickr_8k.{}Images.txt", "lists/{}_list.txt"])
@pytest.mark.parametrize("each", ["{}.png", "{}", "images/{}.png", "/home/a/set/images/{}.png"])
def test_lists_of_names_are_followed_beside_a_table(tmp_path, form, each):
    write_images(tmp_path / "images", LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    lists(tmp_path, form, each)
    assert read(tmp_path) == SAID
    found = look_into(str(tmp_path))
    assert found.left_out["images in no list of a split"] == 1
    assert not any(note.startswith("Not ") for note in found.notes)
    assert any(note.startswith("Splits are those of ") for note in found.notes)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.token", "".join(f"{name}#0\tlevel {n}\n" for name, n in LEVELS.items())),
        ("captions.json", json.dumps({name: f"level {n}" for name, n in LEVELS.items()})),
        (
            "metadata.jsonl",
            "\n".join(
                json.dumps({"file_name": k, "text": f"level {n}"}) for k, n in LEVELS.items()
            ),
        ),
    ],
)
def test_lists_are_followed_beside_any_format(tmp_path, name, content):
    write_images(tmp_path, LEVELS)
    write(tmp_path / name, content)
    lists(tmp_path)
    assert read(tmp_path) == SAID


def test_lists_are_followed_beside_captions_of_single_images(tmp_path):
    write_images(tmp_path, LEVELS)
    for name, level in LEVELS.items():
        write(tmp_path / f"{name[0]}.txt", f"level {level}")
    lists(tmp_path, "lists/{}.txt")
    assert read(tmp_path) == SAID


def test_lists_of_food_101_are_followed_beside_folders_of_classes(tmp_path):
    for name in ("pie", "soup"):
        write_images(tmp_path / "images" / name, LEVELS)
        train = [f"{name}/{n}" for n in range(4)]
        write(
            tmp_path / "meta" / "train.txt",
            "\n".join([*train, *(t.replace(name, "soup") for t in train)]),
        )
    lines = {"train": range(4), "test": [4]}
    for split, numbers in lines.items():
        text = "\n".join(f"{name}/{n}" for name in ("pie", "soup") for n in numbers)
        write(tmp_path / "meta" / f"{split}.txt", text)
    assert names_in(tmp_path) == {
        split: [f"images/{name}/{n}.png" for name in ("pie", "soup") for n in numbers]
        for split, numbers in lines.items()
    }


def test_lists_may_hold_what_a_column_of_identities_does(tmp_path):
    write_images(tmp_path, LEVELS)
    rows = "".join(
        f"{name},{100 + n},level {level}\n" for n, (name, level) in enumerate(LEVELS.items())
    )
    write(tmp_path / "a.csv", f"image,image_id,caption\n{rows}")
    lists(tmp_path, each="10{}")
    assert read(tmp_path) == SAID


@pytest.mark.parametrize("end", [" 3", " 3 1 -1"])
@pytest.mark.parametrize("target", ["caption", "label"])
def test_numbers_behind_the_names_of_a_list_are_no_part_of_them(tmp_path, end, target):
    write_images(tmp_path, LEVELS)
    rows = "".join(f"{each},{'ab'[each < '2']}\n" for each in NAMES)
    write(tmp_path / "a.csv", f"image,{target}\n{rows}")
    lists(tmp_path, each=f"{{}}.png{end}")
    parts = {"train": NAMES[:2], "val": NAMES[2:3], "test": NAMES[3:4]}
    assert names_in(tmp_path) == parts


def test_tables_of_names_alone_are_lists(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    for split, names in (("train", NAMES[:3]), ("test", NAMES[3:])):
        write(tmp_path / f"{split}.csv", "\n".join(["image", *names]))
    assert read(tmp_path) == {"train": said(10, 20, 30), "test": said(40, 50)}
    assert not any(note.startswith("Not ") for note in look_into(str(tmp_path)).notes)


def test_a_table_that_kaggle_gives_without_labels_is_named(tmp_path):
    write_images(tmp_path / "train", LEVELS)
    write_images(tmp_path / "test", {"9.png": 90})
    write(tmp_path / "train.csv", LABELS)
    write(tmp_path / "test.csv", "image\n9.png\n")
    assert names_in(tmp_path) == {"train": NAMES}
    told = "Not read, though the splits may be in it: test.csv."
    assert told in look_into(str(tmp_path)).notes


@pytest.mark.parametrize(
    "content", ['{"train": ["0.png"], "cats": ["1.png"]}', '{"train": [1]}', '{"train": ["']
)
def test_an_object_of_lists_by_split_is_followed_and_others_are_not(tmp_path, content):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    parts = {"train": NAMES[:3], "val": NAMES[3:4], "test": NAMES[4:]}
    write(tmp_path / "splits.json", json.dumps(parts))
    assert names_in(tmp_path) == parts
    write(tmp_path / "splits.json", content)
    assert list(names_in(tmp_path)) == ["train"]


def identities(folder, order: list[int]) -> None:
    """A table of images whose identities are these, and lists of the identities."""
    write_images(folder, LEVELS)
    rows = zip(LEVELS.items(), order, strict=True)
    text = "".join(f"{name},{i},level {level}\n" for (name, level), i in rows)
    write(folder / "a.csv", f"image,image_id,caption\n{text}")
    write(folder / "train.txt", f"{order[0]}\n{order[1]}\n{order[2]}")
    write(folder / "test.txt", f"{order[3]}\n{order[4]}")


def test_numbers_that_are_names_of_some_images_may_be_identities_of_all(tmp_path):
    identities(tmp_path, [1, 2, 3, 4, 5])
    assert read(tmp_path) == {"train": said(10, 20, 30), "test": said(40, 50)}


def test_numbers_that_are_names_and_identities_alike_are_not_followed(tmp_path):
    identities(tmp_path, [4, 3, 2, 1, 0])
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert any(
        "may be names of images, or what another column calls" in note for note in found.notes
    )


def test_an_identity_may_be_nought(tmp_path):
    write_images(tmp_path, {f"{each}.png": 10 for each in "abc"})
    rows = [
        {"image": f"{each}.png", "image_id": n, "caption": each} for n, each in enumerate("abc")
    ]
    write(tmp_path / "all.json", json.dumps(rows))
    write(tmp_path / "train.txt", "0\n1")
    write(tmp_path / "test.txt", "2")
    assert names_in(tmp_path) == {"train": ["a.png", "b.png"], "test": ["c.png"]}


def test_an_identity_of_two_images_says_no_split(tmp_path):
    write_images(tmp_path, {f"{each}.png": 10 for each in "abc"})
    rows = "".join(f"{each}.png,{7 if each < 'c' else 8},a level\n" for each in "abc")
    write(tmp_path / "a.csv", f"image,image_id,caption\n{rows}")
    write(tmp_path / "train.txt", "7")
    write(tmp_path / "test.txt", "8")
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert any("because 7 may be a.png or b.png." in note for note in found.notes)


def test_frames_of_the_same_name_are_told_apart_by_their_folders(tmp_path):
    frames = [f"frames/{video}/{n}.png" for video in "ab" for n in range(2)]
    write_images(tmp_path, dict.fromkeys(frames, 10))
    write(tmp_path / "captions.csv", csv_of(dict.fromkeys(frames, 10)))
    write(tmp_path / "train.txt", "a/0\n./frames/a/1.png\n/data/frames/b/0.png")
    write(tmp_path / "test.txt", "set\\frames\\b\\1.png")
    assert names_in(tmp_path) == {"train": frames[:3], "test": frames[3:]}


def test_lists_are_followed_where_few_images_have_captions_and_nothing_fits_better(tmp_path):
    write_images(tmp_path, {**LEVELS, **{f"more_{n}.png": 90 for n in range(5, 30)}})
    for name, level in LEVELS.items():
        write(tmp_path / f"{name[0]}.txt", f"level {level}")
    lists(tmp_path, "lists/{}.txt")
    assert read(tmp_path) == SAID


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("train.txt", "0\n1\n1\n0\n1", "because lines repeat, such as 0"),
        ("train.txt", "3\n", "because a single list without names of files must hold all"),
    ],
)
def test_numbers_that_may_be_no_names_are_not_followed(tmp_path, name, content, why):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    write(tmp_path / name, content)
    found = look_into(str(tmp_path))
    assert found.splits["train"].n_images == len(LEVELS)
    assert any(why in note for note in found.notes)


def test_files_that_disagree_are_told_by_their_paths(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    for place, names in (("new", NAMES[:3]), ("old", NAMES[:2])):
        write(tmp_path / place / "train.txt", "\n".join(names))
    with pytest.raises(BadDataError, match=r"new/train\.txt and old/train\.txt say different"):
        look_into(str(tmp_path))


def test_beside_lists_nothing_is_said_of_the_format_that_was_read(tmp_path):
    write_images(tmp_path, LEVELS)
    for name in LEVELS:
        write(tmp_path / f"{name[0]}.txt", "a level")
    lists(tmp_path, "lists/{}.txt")
    assert not any("would fit" in note for note in look_into(str(tmp_path)).notes)


def test_without_a_list_of_train_what_is_in_no_list_is_for_training(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    write(tmp_path / "testing_list.txt", "4.png\n")
    assert read(tmp_path) == {"train": said(10, 20, 30, 40), "test": said(50)}
    assert "and so in train: 4." in look_into(str(tmp_path)).notes[-1]


@pytest.mark.parametrize(
    ("train", "test", "why"),
    [
        ("0.png\n1.png", "1.png\n2.png", "1.png is in test and in train"),
        (
            "0.png\n1.png",
            "2.png\n9.png",
            "not here (1, the first is 9.png), and not all that are (without: 4)",
        ),
        ("0", "same", "same may be"),
    ],
)
def test_lists_that_do_not_fit_are_not_followed_and_it_is_said_why(tmp_path, train, test, why):
    write_images(tmp_path, {**LEVELS, "same.png": 60})
    write(tmp_path / "same.jpg", image(70, "JPEG"))
    more = {**LEVELS, "same.png": 60, "same.jpg": 70}
    write(tmp_path / "captions.csv", csv_of(more))
    write(tmp_path / "train.txt", train)
    write(tmp_path / "test.txt", test)
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    (note,) = (each for each in found.notes if each.startswith("Not followed as splits: "))
    assert why in note
    assert not any(each.startswith("Not read") for each in found.notes)


def test_lists_of_more_than_is_here_are_followed_where_they_name_all_that_is(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    write(tmp_path / "train.txt", "\n".join([*NAMES[:3], "away.png"]))
    write(tmp_path / "test.txt", "\n".join(NAMES[3:]))
    assert read(tmp_path) == {"train": said(10, 20, 30), "test": said(40, 50)}


@pytest.mark.parametrize("name", ["train.csv", "all.csv"])
def test_lists_are_not_followed_where_splits_are_said_otherwise_which_is_told(tmp_path, name):
    write_images(tmp_path, LEVELS)
    rows = "".join(f"{name},a level,train\n" for name in NAMES)
    write(tmp_path / name, f"image,caption,split\n{rows}")
    lists(tmp_path)
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert "Not read, though the splits may be in it: test.txt, train.txt, val.txt." in found.notes


def test_texts_that_name_no_image_are_no_lists(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", TABLE)
    write(tmp_path / "train.txt", "how to train\n")
    assert not any("plit" in note for note in look_into(str(tmp_path)).notes)


@pytest.mark.parametrize(
    ("name", "head", "end"),
    [
        ("list_eval_partition.txt", "", " "),
        ("list_eval_partition.csv", "image_id,partition\n", ","),
        ("Eval/list_eval_partition.txt", "5\nimage_name evaluation_status\n", "    "),
    ],
)
@pytest.mark.parametrize("words", [["0", "1", "2"], ["train", "val", "test"]])
def test_tables_of_partitions_are_followed(tmp_path, name, head, end, words):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "labels.csv", LABELS)
    rows = [f"{each}{end}{words[n]}" for each, n in zip(NAMES, [0, 0, 1, 2, 2], strict=True)]
    write(tmp_path / name, head + "\n".join(rows))
    assert names_in(tmp_path) == {"train": NAMES[:2], "val": NAMES[2:3], "test": NAMES[3:]}
    notes = " ".join(look_into(str(tmp_path)).notes)
    assert ("0 is train, 1 val, 2 test" in notes) == (words[0] == "0")
    assert "Not " not in notes


def test_the_splits_of_cub_are_followed(tmp_path):
    images = [
        f"00{c}.{name}/{name}_{n}.png" for c, name in ((1, "Tern"), (2, "Wren")) for n in (0, 1)
    ]
    for number, each in enumerate(images):
        write(tmp_path / "images" / each, image(number))
    write(tmp_path / "images.txt", "".join(f"{n} {each}\n" for n, each in enumerate(images, 1)))
    write(tmp_path / "classes.txt", "1 001.Tern\n2 002.Wren\n")
    write(tmp_path / "train_test_split.txt", "1 1\n2 0\n3 0\n4 1\n")
    named = [f"images/{each}" for each in images]
    assert names_in(tmp_path) == {"train": [named[0], named[3]], "test": named[1:3]}


@pytest.mark.parametrize("values", ["0 0 1 1 1", "1 1 2 3 3"])
def test_partitions_of_other_numbers_are_named_and_not_followed(tmp_path, values):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "labels.csv", LABELS)
    rows = [f"{each},{value}" for each, value in zip(NAMES, values.split(), strict=True)]
    write(tmp_path / "list_eval_partition.csv", "\n".join(["image_id,partition", *rows]))
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert any("list_eval_partition.csv" in note and "Not read" in note for note in found.notes)


@pytest.mark.parametrize(
    ("column", "values", "wanted"),
    [
        ("partition", "0 0 1 2 2", {"train": 2, "val": 1, "test": 2}),
        ("split", "0.0 0.0 1.0 2.0 2.0", {"train": 2, "val": 1, "test": 2}),
        ("is_train", "1 1 0 0 0", {"train": 2, "test": 3}),
        ("is_training_image", "True True False False False", {"train": 2, "test": 3}),
        ("partition", "0 0 1 1 1", {"train": 5}),
        ("train", "1 1 0 0 0", {"train": 5}),
        ("fold", "0 0 1 2 2", {"train": 5}),
        ("is_valid", "0 0 1 1 1", {"train": 5}),
    ],
)
@pytest.mark.parametrize("name", ["all.csv", "metadata.jsonl", "all.json"])
@pytest.mark.parametrize("target", ["caption", "label"])
def test_numbers_of_splits_are_followed_where_their_meaning_is_published(
    tmp_path, column, values, wanted, name, target
):
    write_images(tmp_path, LEVELS)
    rows = [
        {"image": each, target: "ab"[n % 2], column: value}
        for n, (each, value) in enumerate(zip(NAMES, values.split(), strict=True))
    ]
    if name.endswith("csv"):
        text = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    else:
        text = json.dumps(rows) if name == "all.json" else "\n".join(map(json.dumps, rows))
    write(tmp_path / name, text)
    found = look_into(str(tmp_path))
    assert {split: each.n_images for split, each in found.splits.items()} == wanted
    is_followed = any(f"those of `{column}` (" in note for note in found.notes)
    assert is_followed == (len(wanted) > 1)
    if values.startswith("True"):
        assert any("(true is train, false test)" in note for note in found.notes)
    assert not (is_followed and any(each.startswith("no splits") for each in found.columns))
    if len(wanted) == 1 and name != "all.json":
        told = f"no splits from `{column}`, whose values are not train, val and test"
        assert told in found.columns


def test_numbers_that_come_late_count(tmp_path):
    levels = {f"{n}.png": n % 200 for n in range(150)}
    write_images(tmp_path, levels)
    rows = "".join(f"{n}.png,{'ab'[n % 2]},{n // 130 + n // 140}\n" for n in range(150))
    write(tmp_path / "a.csv", f"image,label,partition\n{rows}")
    sizes = {split: each.n_images for split, each in look_into(str(tmp_path)).splits.items()}
    assert sizes == {"train": 130, "val": 10, "test": 10}


def test_a_column_split_of_unclear_numbers_is_refused(tmp_path):
    write_images(tmp_path, LEVELS)
    rows = "".join(f"{each},a level,{n % 2}\n" for n, each in enumerate(NAMES))
    write(tmp_path / "a.csv", f"image,caption,split\n{rows}")
    with pytest.raises(BadDataError, match="`split` holds 0, 1, and nothing says which"):
        look_into(str(tmp_path))


def test_an_image_in_two_partitions_is_in_none_of_them(tmp_path):
    write_images(tmp_path, LEVELS)
    rows = "".join(f"{each},a level,{n % 3}\n" for n, each in enumerate([*NAMES, NAMES[0]]))
    write(tmp_path / "a.csv", f"image,caption,partition\n{rows}")
    assert list(look_into(str(tmp_path)).splits) == ["train"]


def test_a_column_and_lists_must_agree(tmp_path):
    write_images(tmp_path, LEVELS)
    rows = "".join(f"{each},a level,{n // 2}\n" for n, each in enumerate(NAMES))
    write(tmp_path / "a.csv", f"image,caption,partition\n{rows}")
    parts = {"train": NAMES[:2], "val": NAMES[2:4], "test": NAMES[4:]}
    for split, names in parts.items():
        write(tmp_path / f"{split}.txt", "\n".join(names))
    assert names_in(tmp_path) == parts
    write(tmp_path / "train.txt", NAMES[0])
    with pytest.raises(BadDataError, match=r"`partition` .* and .* say different splits"):
        look_into(str(tmp_path))


def test_the_column_that_was_followed_stays_one_to_colour_by(tmp_path):
    write_images(tmp_path, LEVELS)
    rows = "".join(f"{each},{'ab'[n % 2]},{n % 3}\n" for n, each in enumerate(NAMES))
    write(tmp_path / "a.csv", f"image,label,partition\n{rows}")
    train = read_splits(str(tmp_path))[1]["train"]
    assert isinstance(train, Labelled)
    assert "partition" in train.columns
    assert "0 is train, 1 val, 2 test" in inspect(str(tmp_path))["found"]


def test_lists_of_different_kinds_are_followed_together_where_they_are_of_other_images(tmp_path):
    write_images(tmp_path, LEVELS)
    write(tmp_path / "captions.csv", csv_of(LEVELS))
    write(tmp_path / "standard_train.txt", "0.png\n1.png\n")
    write(tmp_path / "val.txt", "2.png\n3.png\n")
    assert read(tmp_path) == {"train": said(10, 20), "val": said(30, 40)}
    write(tmp_path / "val.txt", "1.png\n2.png\n3.png\n")
    with pytest.raises(BadDataError, match=r"standard_train.txt and val.txt say different splits"):
        read(tmp_path)
