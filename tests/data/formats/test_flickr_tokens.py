"""Flickr's token files and the lists of their splits."""

import pytest

from explorer.data.found import look_into
from tests.data.greys import read, said, write, write_images


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
