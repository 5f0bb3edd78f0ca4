"""A footer may say what it likes: what is read is what the pages hold."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer.data.formats import parquet
from explorer.data.open import open_dataset
from explorer.data.reading.parquet_pages import held
from explorer.errors import BadDataError
from tests.data.greys import image


def lying(path, about: int, instead: int, which: int) -> None:
    """Changes a number of the footer, the first of those that are equal being 0."""
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    body, footer = content[: -8 - length], content[-8 - length : -8]
    told, lie = varint(2 * about), varint(2 * instead)
    assert len(lie) <= len(told), "the lie has room in the place of the number"
    lie = bytes(each | 128 for each in lie) + bytes([128] * (len(told) - len(lie) - 1) + [0])
    lie = lie if len(lie) == len(told) else varint(2 * instead)
    parts = footer.split(told)
    at = which + 1
    changed = told.join(parts[:at]) + lie + told.join(parts[at:])
    assert changed != footer
    path.write_bytes(body + changed + content[-8:])


def varint(number: int) -> bytes:
    rest, last = number >> 7, number & 127
    return bytes([last | 128]) + varint(rest) if rest else bytes([last])


def table(path, n: int, size: int = 2000, **how: object) -> None:
    images = [image(10 + i % 200) + bytes(size) for i in range(n)]
    captions = [f"level {10 + i % 200}" for i in range(n)]
    columns = {"image": images, "caption": captions}
    pq.write_table(pa.table(columns), path, write_statistics=False, store_schema=False, **how)


ROWS, IMAGES_THERE, CAPTIONS_THERE, ROWS_OF_GROUP = 0, 1, 3, 5
"""Where a footer that is written here says 300."""
EVERYWHERE = ROWS_OF_GROUP, CAPTIONS_THERE, IMAGES_THERE, ROWS


@pytest.mark.parametrize("places", [*((each,) for each in EVERYWHERE), EVERYWHERE])
@pytest.mark.parametrize("instead", [0, 299, 301])
def test_a_footer_that_lies_of_its_rows_is_refused(tmp_path, places, instead):
    path = tmp_path / "train.parquet"
    table(path, 300)
    for which in places:
        lying(path, 300, instead, which)
    with pytest.raises(BadDataError, match=r"train\.parquet (cannot be read as parquet|says)"):
        open_dataset(str(tmp_path))


def test_a_footer_that_lies_of_what_is_in_a_row_group_does_not_fill_the_memory(
    tmp_path, monkeypatch
):
    path = tmp_path / "train.parquet"
    table(path, 20, 300_000, compression="zstd")
    told = pq.ParquetFile(path).metadata.row_group(0).column(0).total_uncompressed_size
    lying(path, told, 1000, 0)
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).total_uncompressed_size == 1000
    monkeypatch.setattr(parquet, "MOST_GROUP", 1 << 20)
    with pytest.raises(BadDataError, match="write it with smaller groups"):
        open_dataset(str(tmp_path)).splits["train"].open_image(0)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_pages_say_what_they_hold_as_a_true_footer_does(tmp_path, version, compression):
    path = tmp_path / "train.parquet"
    table(path, 3000, compression=compression, data_page_version=version, data_page_size=4096)
    group = pq.ParquetFile(path).metadata.row_group(0)
    for column in map(group.column, range(group.num_columns)):
        found = held(path, column)
        assert found.n_values == 3000
        n_headers = column.total_uncompressed_size - found.n_bytes
        assert 0 < n_headers < column.total_uncompressed_size


def test_a_file_that_ends_within_a_page_is_told(tmp_path):
    path = tmp_path / "train.parquet"
    table(path, 300)
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(BadDataError, match="ends within a page"):
        held(path, column)
