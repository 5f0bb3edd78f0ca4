"""Lists of images and their classes, as Oxford-IIIT Pets and FGVC Aircraft have them."""

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import image, write


def labels(found, split):
    part = found.splits[split]
    return {
        part.open_image(i).getpixel((0, 0))[0]: part.classes[c] for i, c in enumerate(part.labels)
    }


def pets(folder):
    """Cats 1 to 4 of level 10 to 40, dogs of 50 to 80; the trimaps are called alike."""
    rows = [f"{name}_{n} {c} {c} 1" for c, name in ((1, "Sphynx"), (2, "pug")) for n in range(4)]
    for place, row in enumerate(rows):
        write(folder / f"images/{row.split()[0]}.jpg", image(10 * place + 10))
        write(folder / f"annotations/trimaps/{row.split()[0]}.png", image(1))
    for name, some in (("trainval", rows[:3] + rows[4:7]), ("test", rows[3::4])):
        write(folder / f"annotations/{name}.txt", "\n".join(some) + "\n")
    write(folder / "annotations/list.txt", "#Image CLASS-ID SPECIES BREED\n" + "\n".join(rows))
    return folder


def test_pets_have_the_classes_that_their_images_are_called_as(tmp_path):
    found = look_into(str(pets(tmp_path)))
    assert found.format == "lists of images and classes"
    assert labels(found, "train") == {10: "Sphynx", 20: "Sphynx", 30: "Sphynx"} | dict.fromkeys(
        (50, 60, 70), "pug"
    )
    assert labels(found, "test") == {40: "Sphynx", 80: "pug"}
    assert found.left_out["images that no table names"] == 8  # the trimaps
    assert "Classes are those in trainval.txt, test.txt." in found.notes


def test_of_several_kinds_of_lists_those_of_the_most_classes_count(tmp_path):
    variants = ["707-320", "Cessna 172", "DC-8", "DC-9"]
    for number in range(16):
        write(tmp_path / f"data/images/{number:07}.jpg", image(10 * number + 10))
    for split, some in (("train", range(8)), ("val", range(8, 12)), ("test", range(12, 16))):
        of = {n: variants[n % 4] for n in some}
        for kind, called in (("variant", of), ("maker", {n: v[:2] for n, v in of.items()})):
            rows = [f"{n:07} {name}" for n, name in called.items()]
            write(tmp_path / f"data/images_{kind}_{split}.txt", "\n".join(rows))
    write(tmp_path / "data/images_trainval.txt", "\n".join(f"{n:07}" for n in range(12)))
    found = look_into(str(tmp_path))
    assert found.splits["train"].classes == sorted(variants)
    assert labels(found, "val") == {90: "707-320", 100: "Cessna 172", 110: "DC-8", 120: "DC-9"}
    (note,) = found.notes
    assert "lists of fewer are not read: images_maker_" in note


@pytest.mark.parametrize(
    ("first", "names", "classes"),
    [
        (0, "cat dog", ["cat", "dog"]),
        (1, "cat dog", ["cat", "dog"]),
        (0, "cat dog bird", ["0", "1"]),  # which of them are meant is not said
        (0, "", ["0", "1"]),
    ],
)
def test_numbers_are_names_where_a_text_beside_has_as_many(tmp_path, first, names, classes):
    for number in range(6):
        write(tmp_path / f"all/{number}.png", image(10 * number + 10))
    rows = [f"all/{number}.png {number % 2 + first}" for number in range(6)]
    write(tmp_path / "train.txt", "\n".join(rows[:4]))
    write(tmp_path / "val.txt", "\n".join(rows[4:]))
    write(tmp_path / "classes.txt", names.replace(" ", "\n"))
    found = look_into(str(tmp_path))
    assert labels(found, "train") == dict(zip((10, 20, 30, 40), classes * 2, strict=True))
    assert labels(found, "val") == dict(zip((50, 60), classes, strict=True))


def test_lists_of_images_in_folders_of_classes_say_their_splits_only(tmp_path):
    for number in range(8):
        write(tmp_path / f"{'cat' if number % 2 else 'dog'}/{number}.png", image(10 * number))
    for prefix in ("dog/", ""):
        rows = [f"{prefix if n % 2 == 0 else prefix and 'cat/'}{n}.png {n % 2}" for n in range(8)]
        write(tmp_path / "train.txt", "\n".join(rows[:6]))
        write(tmp_path / "test.txt", "\n".join(rows[6:]))
        found = look_into(str(tmp_path))
        assert (found.format, found.splits["test"].n_images) == ("class folders", 2)
        assert found.splits["train"].classes == ["cat", "dog"]


@pytest.mark.parametrize(
    "behind",
    [
        lambda n: f"image {n} of several",  # captions
        lambda n: f"{n} {n + 1} 4 5",  # boxes
        lambda n: f"{n % 2} {n}",
        lambda n: "1",  # a single class
        lambda n: f"{'a' * (n % 2 + 1)} b c d e f",
    ],
)
def test_what_is_not_of_few_kinds_is_no_class(tmp_path, behind):
    for number in range(8):
        write(tmp_path / f"{number}.png", image(10 * number))
    write(tmp_path / "train.txt", "\n".join(f"{n}.png {behind(n)}" for n in range(8)))
    with pytest.raises(BadDataError, match=r"Nothing in .* looks like a dataset"):
        open_dataset(str(tmp_path))


def test_a_list_of_imagenets_numbers_is_not_guessed_at(tmp_path):
    for number in range(6):
        write(tmp_path / f"train/n0{number % 2}/{number}.png", image(10 * number))
        write(tmp_path / f"val/ILSVRC2012_val_{number}.png", image(10 * number))
    rows = [f"ILSVRC2012_val_{number}.png {number % 2}" for number in range(6)]
    write(tmp_path / "val.txt", "\n".join(rows))
    found = look_into(str(tmp_path))
    assert found.left_out["images outside the folders of classes"] == 6
    assert "val.txt numbers the images of val/, and does not say which folder" in found.notes[0]
    write(tmp_path / "val.txt", "\n".join(row.replace(" ", " n0") for row in rows))
    assert look_into(str(tmp_path)).splits["val"].n_images == 6


def test_lists_that_each_tell_of_one_class_are_refused(tmp_path):
    for n in range(4):
        write(tmp_path / f"JPEGImages/{n}.jpg", image(10 * n + 10))
    for name, shown in (("cat", "0123"), ("dog", "23")):
        rows = (f"{n} {1 if str(n) in shown else -1}" for n in (0, 1, 2, 3))
        write(tmp_path / f"ImageSets/{name}_train.txt", "\n".join(rows).replace("0 1", "0 -1"))
    with pytest.raises(BadDataError, match=r"cat_train.txt and dog_train.txt tell as many classes"):
        look_into(str(tmp_path))


def test_a_list_of_labels_is_of_all_images_and_lists_of_names_say_their_splits(tmp_path):
    for n in range(6):
        write(tmp_path / f"images/{n}.jpg", image(10 * n + 10))
    rows = [f"{n}.jpg {'ab'[n % 2]}" for n in range(6)]
    write(tmp_path / "image_labels.txt", "\n".join(rows))
    assert labels(look_into(str(tmp_path)), "train") == {10 * n + 10: "ab"[n % 2] for n in range(6)}
    write(tmp_path / "train.txt", "0.jpg\n1.jpg\n2.jpg\n")
    write(tmp_path / "test.txt", "3.jpg\n4.jpg\n5.jpg\n")
    assert labels(look_into(str(tmp_path)), "test") == {40: "b", 50: "a", 60: "b"}
    write(tmp_path / "image_labels.txt", "\n".join(f"{n} {row}" for n, row in enumerate(rows)))
    with pytest.raises(BadDataError, match=r"it may tell of images: image_labels\.txt, test\.txt"):
        look_into(str(tmp_path))
