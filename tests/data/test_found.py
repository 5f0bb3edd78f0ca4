"""What is in a folder is found by looking into it, and what cannot be read is refused."""

import os
import tempfile
from pathlib import Path

import pytest

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.errors import BadDataError, ConfigError, MissingDataError
from tests.colours import write_classes, write_colours
from tests.data.greys import (
    TABLE,
    found_in,
    write,
)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ("hf:owner", ConfigError, "hf:owner/name or hf:owner/name@config"),
        ("no/such/folder", MissingDataError, "no folder 'no/such/folder'"),
        (
            "",
            BadDataError,
            "it holds no files. Understood are: .*, BLIP/ALBEF Karpathy JSON, ",
        ),
    ],
)
def test_what_cannot_be_opened_is_explained(tmp_path, data, error, message):
    with pytest.raises(error, match=message):
        open_dataset(data or str(tmp_path))


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no memory is a folder here")
def test_a_folder_in_memory_is_opened_and_other_folders_of_the_system_are_not():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        assert open_dataset(str(write_colours(Path(folder) / "own"))).splits["val"].n_images == 5
    for system in ("/dev", "/proc/self", "/sys"):
        with pytest.raises(MissingDataError, match="There is no folder"):
            open_dataset(system)


def test_a_folder_without_train_is_refused(colours):
    (colours / "train.json").unlink()
    with pytest.raises(BadDataError, match="no train split, only test and val"):
        open_dataset(str(colours))


def test_a_file_is_no_folder(tmp_path):
    write(tmp_path / "a.csv", TABLE)
    with pytest.raises(MissingDataError, match=r"a\.csv is a file; give the folder"):
        look_into(str(tmp_path / "a.csv"))


def test_one_class_alone_is_named_and_refused(tmp_path):
    folder = write_classes(tmp_path / "colours", {"train": 1})
    with pytest.raises(BadDataError, match="one class, 'red', and none has a caption; two"):
        open_dataset(str(folder))


def test_why_a_single_class_is_left_is_told(tmp_path):
    labels = "".join(f"{n}.png,{n * 0.5}\n" for n in range(2))
    with pytest.raises(BadDataError, match=r"labels that are fractions and no classes \(1\)"):
        found_in(tmp_path, "a.csv", f"image,label\n{labels}")
