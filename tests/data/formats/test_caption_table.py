"""Tables that name images in one column."""

import pytest

from explorer.data.found import look_into
from tests.data.greys import (
    filled,
    found_in,
    levels,
    said,
    write,
)


def test_captions_may_be_numbered_behind_the_name_of_their_image(tmp_path):
    content = "image,caption\n0.png#0,level 10\n0.png#1,again\n1.png#0,level 20"
    train = found_in(tmp_path, "a.csv", content).splits["train"]
    assert levels(train) == {**said(10, 20), "again": 10}
    assert train.n_images == 2


@pytest.mark.parametrize("other", ["epoch,loss\n1,2\n", "image,width,height\n0.png,8,8\n"])
def test_tables_of_something_else_are_named_and_no_dataset_of_their_own(tmp_path, other):
    filled(tmp_path, "CSV with captions")
    write(tmp_path / "test.csv", other)
    found = look_into(str(tmp_path))
    assert list(found.splits) == ["train"]
    assert "test.csv" in found.notes[0]
