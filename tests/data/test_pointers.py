"""What Git LFS left behind is named."""

import pytest

from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.greys import write, write_images

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    "name", ["train.json", "captions.csv", "metadata.jsonl", "0.tar", "a.parquet", "mnist.npz"]
)
def test_a_file_that_git_lfs_left_behind_is_named(tmp_path, name):
    write_images(tmp_path, {"0.png": 10})
    write(tmp_path / name, POINTER)
    with pytest.raises(BadDataError, match=f"{name} is a pointer of Git LFS; .* `git lfs pull`"):
        open_dataset(str(tmp_path))


def test_an_image_or_a_caption_that_git_lfs_left_behind_says_so(tmp_path):
    write_images(tmp_path, {"0.png": 10, "1.png": 20})
    write(tmp_path / "0.txt", "level 10")
    write(tmp_path / "1.txt", POINTER)
    write(tmp_path / "2.png", POINTER)
    write(tmp_path / "2.txt", "level 30")
    splits = read_splits(str(tmp_path))[1]
    assert splits["train"].captions == ["level 10", "level 30"]
    with pytest.raises(BadDataError, match=r"2\.png cannot be read: it is a pointer of Git LFS"):
        splits["train"].open_image(1)
