"""From what readers find to splits."""

import json

import numpy as np
from PIL import Image

from explorer.core.columns import CAPTION, IMAGE
from explorer.data.found import read_splits
from explorer.data.made_splits import make_splits
from explorer.data.open import open_dataset
from explorer.data.parts import take
from explorer.data.records import MISSING, Reading, Record
from explorer.scenes.world import open_labelled_scenes
from tests.colours import write_classes
from tests.data.greys import (
    found_in,
    image,
    write,
)


class Album:
    """A source whose images are colours by name; `gone` are not there."""

    is_file = True

    def __init__(self, *gone: str) -> None:
        self.gone = gone

    def open(self, place: str) -> Image.Image:
        return Image.new("RGB", (2, 2), place)

    def length(self, place: str) -> int | None:
        return None if place in self.gone else len(place)

    def content(self, place: str) -> bytes:
        return place.encode()

    def stamp(self, place: str) -> str:
        return MISSING if place in self.gone else f"{place} as it is"


def captioned(name: str, *captions: str, split: str = "train", **columns: object) -> Record:
    return Record(split, name, captions, name, columns=columns)


def labelled(name: str, label: str) -> Record:
    return Record("train", name, (), name, label)


def splits_of(*records: Record, source: Album | None = None, **more: object):
    reading = Reading(records, source or Album(), **more)
    return make_splits(reading), reading


def test_captions_of_one_name_are_of_one_image_in_the_order_of_first_appearance():
    records = captioned("red", "a"), captioned("blue", "b"), captioned("red", "c", "d")
    train = splits_of(*records)[0]["train"]
    assert list(train.image_names) == ["red", "blue"]
    assert list(train.captions) == ["a", "c", "d", "b"]
    assert train.image_of_caption.tolist() == [0, 0, 0, 1]
    assert train.open_image(1).getpixel((0, 0)) == (0, 0, 255)


def test_entities_of_html_are_told_and_stay_for_who_opened_them_before_has_them_so():
    said = (
        "a &quot;red&quot; dog",
        "AT&T; more",
        "R&amp;B",
        "Tom&#39;s",
        "a &#x27;b",
        "cats & dogs;",
    )
    splits, reading = splits_of(captioned("red", *said))
    assert list(splits["train"].captions)[:3] == ["a &quot red&quot dog", "at&t more", "r&amp b"]
    (note,) = reading.notes
    assert "entities of HTML, which are not decoded: 4 (the first is &quot;)" in note
    assert splits_of(captioned("red", "cats & dogs"))[1].notes == []


def test_what_has_no_caption_is_counted_and_left_out():
    records = captioned("red", "a", " ... "), captioned("blue", ""), captioned("green")
    found, reading = splits_of(*records)
    assert list(found["train"].image_names) == ["red"]
    assert reading.left_out["captions that are empty after cleaning"] == 2
    assert reading.left_out["images without a caption"] == 2


def test_images_that_are_not_there_stay_and_are_told():
    records = captioned("red", "a"), captioned("blue", "b")
    found, reading = splits_of(*records, source=Album("blue"))
    assert found["train"].n_images == 2
    assert "Images that are not there: 1." in reading.notes
    assert found["train"].stored.length(1) is None


def test_a_fingerprint_follows_captions_splits_and_files():
    def fingerprint(*records: Record, source: Album | None = None) -> str:
        return splits_of(*records, source=source)[0]["train"].fingerprint

    base = fingerprint(captioned("red", "a"), captioned("blue", "b"))
    assert fingerprint(captioned("red", "a"), captioned("blue", "b")) == base
    others = [
        fingerprint(captioned("red", "a"), captioned("blue", "c")),
        fingerprint(captioned("red", "a", "b"), captioned("blue")),
        fingerprint(captioned("red", "a"), captioned("blue", "b"), source=Album("red")),
    ]
    assert len({base, *others}) == 4


def test_classes_are_numbers_in_their_order_or_names_by_alphabet():
    train = splits_of(*(labelled(str(i), c) for i, c in enumerate(["10", "2", "2"])))[0]["train"]
    assert (list(train.classes), train.labels.tolist()) == (["2", "10"], [1, 0, 0])
    named = splits_of(labelled("a", "1"), labelled("b", "0"), classes=["sea", "air"])[0]["train"]
    assert (list(named.classes), named.labels.tolist()) == (["sea", "air"], [1, 0])


def test_labels_beyond_the_classes_are_counted():
    records = labelled("a", "0"), labelled("b", "1"), labelled("c", "7")
    found, reading = splits_of(*records, classes=["sea", "air"])
    assert found["train"].n_images == 2
    assert reading.left_out["labels that are no number of a class"] == 1


def test_captions_win_over_labels():
    records = labelled("a", "sea"), captioned("b", "a boat")
    train = splits_of(*records)[0]["train"]
    assert list(train.captions) == ["a boat"]


def test_columns_are_of_images_where_captions_agree_and_go_along_with_a_part():
    records = [captioned(name, "a", "b", year=year) for name, year in [("red", 1), ("blue", 2)]]
    records.append(captioned("red", "c", year=1, who="ada"))
    train = splits_of(*records)[0]["train"]
    assert train.columns["year"].per == IMAGE
    assert train.columns["who"].per == CAPTION
    part = take(train, np.array([1]))
    assert part.columns["year"].values.tolist() == [2]
    assert list(part.captions) == ["a", "b"]
    assert part.image_of_caption.tolist() == [0, 0]
    assert part.fingerprint != train.fingerprint
    assert part.stored.content(0) == b"blue"


def test_captions_and_masks_of_labelled_images_go_along_with_a_part():
    train = open_labelled_scenes("kinds", 3, 1, 1).labelled()
    part = take(train, np.array([0, 2]))
    assert part.captions == [train.captions[0], train.captions[2]]
    assert part.masks.n_images == 2
    assert part.masks.open_image(1).tobytes() == train.masks.open_image(2).tobytes()
    assert part.masks.fingerprint != train.masks.fingerprint


def test_an_image_has_one_class_and_others_are_counted(tmp_path):
    found = found_in(tmp_path, "a.csv", "image,label\n0.png,cat\n1.png,dog\n0.png,dog\n0.png,cat\n")
    assert found.splits["train"].labels.tolist() == [0, 1]
    assert found.left_out["further classes of an image that has one"] == 1


def test_doubtful_classes_are_told(tmp_path):
    found = found_in(tmp_path, "a.csv", "image,label\n0.png,Cat\n1.png,cat\n2.png,dog")
    assert found.notes[0].endswith("leading zeros only: 'Cat', 'cat'.")


def test_a_class_in_two_spellings_is_one_class(tmp_path):
    for split, name in (("train", "cafe\u0301"), ("test", "caf\u00e9")):
        write(tmp_path / split / name / "0.png", image(10))
        write(tmp_path / split / "dog" / "0.png", image(20))
    assert read_splits(str(tmp_path))[1]["train"].classes == ["caf\u00e9", "dog"]


def test_classes_that_train_lacks_are_told(tmp_path):
    for name in ("train/cat", "train/dog", "test/dog", "test/fox"):
        write(tmp_path / name / "0.png", image(10))
    assert (
        "Classes of test without an image in train: 1 (fox)." in open_dataset(str(tmp_path)).found
    )


def test_classes_that_are_numbers_stand_in_their_order(tmp_path):
    folder = write_classes(tmp_path / "colours") / "train"
    for name, number in (("red", "10"), ("green", "9"), ("blue", "2")):
        (folder / name).rename(folder / number)
    assert open_dataset(str(folder)).labelled().classes == ["2", "9", "10"]


def test_captions_are_cleaned_as_the_reference_does_and_empty_ones_dropped(colours):
    captions = ['A "DOG" (brown): runs!;~#*.', " ... ", " ".join(["word"] * 40)]
    rows = [{"image": "images/train0.png", "caption": captions}]
    rows.append({"image": "images/train1.png", "caption": ["!"]})
    (colours / "train.json").write_text(json.dumps(rows))
    train = read_splits(str(colours))[1]["train"]
    assert train.captions == ["a dog brown runs", " ".join(["word"] * 30)]
    assert train.n_images == 1
