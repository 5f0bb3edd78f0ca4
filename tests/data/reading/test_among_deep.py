"""Images of 16 bits in tars and tables: all of a dataset have one white."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from explorer.data.found import read_splits
from explorer.data.reading.among_deep import AmongDeep
from explorer.data.records import Record
from explorer.engine.sent import Received, Sent
from explorer.errors import BadDataError
from tests.data.layouts import write_tar

DARK, LIGHT = 200, 200 * 257


def deep(value: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((4, 4), value, np.uint16)).save(file, "PNG")
    return file.getvalue()


def write_shards(folder, values):
    for n, value in enumerate(values):  # each in a file of its own
        write_tar(folder / f"{n}.tar", [(f"{n}.png", deep(value)), (f"{n}.txt", b"a cat")])


def write_groups(folder, values):
    table = pa.table({"image": [deep(each) for each in values], "text": ["a cat"] * len(values)})
    pq.write_table(table, folder / "train.parquet", row_group_size=1)


def write_saved(folder, values):
    from datasets import Dataset, Features, Image, Value

    cells = [{"bytes": deep(each), "path": None} for each in values]
    features = Features({"image": Image(), "caption": Value("string")})
    saved = Dataset.from_dict({"image": cells, "caption": ["a cat"] * len(values)}, features)
    saved.save_to_disk(folder / "set")


@pytest.mark.parametrize("sent", [False, True], ids=["here", "in another process"])
@pytest.mark.parametrize("write", [write_shards, write_groups, write_saved])
def test_a_dark_image_among_others_of_16_bits_is_refused(tmp_path, write, sent):
    write(tmp_path, [DARK, LIGHT])
    split = read_splits(str(tmp_path))[1]["train"]
    open_image = Received(Sent(split.open_image).work).call if sent else split.open_image
    assert open_image(1).getpixel((0, 0))[0] == 200
    with pytest.raises(BadDataError, match=r"reach 200 of 65,535 and would be nearly black"):
        open_image(0)


@pytest.mark.parametrize("write", [write_shards, write_groups, write_saved])
def test_values_that_eight_bits_hold_in_all_images_are_of_eight(tmp_path, write):
    write(tmp_path, [DARK, 255])
    split = read_splits(str(tmp_path))[1]["train"]
    assert [split.open_image(n).getpixel((0, 0))[0] for n in (0, 1)] == [DARK, 255]


@pytest.mark.parametrize("n", [1, 60, 100, 1_000, 12_345])
def test_images_that_are_looked_into_are_spread_over_all(n):
    looked = []

    def content(place):
        looked.append(place)
        raise BadDataError("cannot be read")

    among = AmongDeep(content)
    records = [Record("train", str(each), ["a cat"], each, "", {}) for each in range(n)]
    assert list(among.noting(records)) == records
    assert not among()
    assert not among()
    assert len(looked) == len(set(looked))
    assert min(n, 50) <= len(looked) < 100
    assert np.diff([*looked, n]).max() <= max(1, n / 25)
