"""Tables with a column for each pixel."""

import numpy as np
import pytest

from explorer.data.found import look_into
from explorer.data.known_formats import FORMATS
from explorer.errors import BadDataError
from explorer.types import Labelled
from tests.data.greys import write

SIDE = 4
PIXELS = [f"pixel{n}" for n in range(SIDE**2)]
PLACES = [f"{y}x{x}" for y in range(1, SIDE + 1) for x in range(1, SIDE + 1)]
IMAGES = np.arange(6 * SIDE**2).reshape(6, SIDE**2)


def table(columns: list[str], rows: slice = slice(0, 6)) -> str:
    """Images whose pixels all differ; image n is of class n % 2."""
    lines = [",".join(["label", *columns])]
    numbers = range(6)[rows]
    lines += [",".join(map(str, [n % 2, *IMAGES[n]])) for n in numbers]
    return "\n".join(lines) + "\n"


def pixels(split: object, i: int) -> list[int]:
    assert isinstance(split, Labelled)
    return np.asarray(split.open_image(i))[..., 0].reshape(-1).tolist()


@pytest.mark.parametrize("columns", [PIXELS, PLACES, [f"px_{n}" for n in range(1, 17)]])
def test_pixels_lie_row_by_row_and_files_say_splits(tmp_path, columns):
    write(tmp_path / "fashion_train.csv", table(columns, slice(0, 4)))
    write(tmp_path / "fashion_test.csv", table(columns, slice(4, 6)))
    write(tmp_path / "classes.txt", "shirt\nshoe\n")
    found = look_into(str(tmp_path))
    assert found.format == "CSV of pixels"
    train, test = found.splits["train"], found.splits["test"]
    assert [pixels(train, n) for n in range(4)] == IMAGES[:4].tolist()
    assert [pixels(test, n) for n in range(2)] == IMAGES[4:].tolist()
    assert isinstance(test, Labelled)
    assert test.classes == ["shirt", "shoe"]
    assert test.labels.tolist() == [0, 1]


def test_a_table_to_be_answered_is_named(tmp_path):
    write(tmp_path / "train.csv", table(PIXELS))
    rows = table(PIXELS).split("\n")[:-1]
    write(tmp_path / "test.csv", "\n".join(row.partition(",")[2] for row in rows))
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert found.notes == ["Not read, for it has no column of classes: test.csv."]


def test_a_row_of_another_length_costs_that_row(tmp_path):
    write(tmp_path / "train.csv", table(PIXELS) + "1,2,3\n")
    found = look_into(str(tmp_path))
    assert found.splits["train"].n_images == 6
    assert found.left_out["rows with too few or too many columns"] == 1


@pytest.mark.parametrize("cell", ["256", "-1", "0.5", "", "x"])
def test_what_is_no_level_or_class_is_refused_with_its_row(tmp_path, cell):
    write(tmp_path / "train.csv", table(PIXELS).replace("\n1,16", f"\n1,{cell}"))
    with pytest.raises(BadDataError, match=r"Row #3: .* invalid value"):
        look_into(str(tmp_path))


@pytest.mark.parametrize(
    "columns", [PIXELS[::-1], PIXELS[:-1], [*PIXELS, "pixel16"], [name[::-1] for name in PLACES]]
)
def test_columns_that_are_no_square_row_by_row_are_not_read(tmp_path, columns):
    write(tmp_path / "train.csv", table(columns))
    (each,) = [each for each in FORMATS if each.name == "CSV of pixels"]
    assert each.read(tmp_path) is None
