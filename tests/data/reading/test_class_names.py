import pytest

from explorer.data.open import open_dataset
from explorer.data.reading.class_names import names_beside
from tests.data.greys import write
from tests.data.layouts import write_tar


def test_names_of_classes_that_the_hub_wrote_are_kept(tmp_path):
    from datasets import ClassLabel, Dataset, Features, Image

    from tests.data.greys import image

    features = Features({"image": Image(), "label": ClassLabel(names=["zebra", "ant"])})
    rows = {
        "image": [{"bytes": image(10 * n), "path": None} for n in range(6)],
        "label": [n % 2 for n in range(5)] + [-1],
    }
    made = Dataset.from_dict(rows, features=features)
    (tmp_path / "parquet").mkdir()
    made.to_parquet(tmp_path / "parquet" / "train.parquet")
    made.save_to_disk(tmp_path / "saved")
    for folder in ("parquet", "saved"):
        found = open_dataset(str(tmp_path / folder))
        assert found.labelled().classes == ["zebra", "ant"]
        assert "labels that are no number of a class (1)" in found.found


def test_classes_of_shards_are_named_by_the_file_beside_them(tmp_path):
    from tests.data.greys import image

    files = [
        (f"{n}.{end}", content)
        for n in range(5)
        for end, content in (("png", image(n)), ("cls", str(n % 2).encode()))
    ]
    write_tar(tmp_path / "train.tar", files)
    write(tmp_path / "classes.txt", "zebra\nant\n")
    assert open_dataset(str(tmp_path)).labelled().classes == ["zebra", "ant"]


@pytest.mark.parametrize("lines", ["0 a cat\n1 dog\n", "1: a cat\n2: dog\n", "0,a cat\n1,dog"])
def test_the_numbers_of_classes_are_not_in_their_names(tmp_path, lines):
    write(tmp_path / "classes.txt", lines)
    assert names_beside(tmp_path) == ["a cat", "dog"]


def test_numbers_that_do_not_count_are_in_names(tmp_path):
    write(tmp_path / "classes.txt", "1 euro\n5 euro\n")
    assert names_beside(tmp_path) == ["1 euro", "5 euro"]
