"""The names in folders."""

import os
from pathlib import Path

import pytest

from explorer.data.open import look_into
from explorer.errors import BadDataError
from tests.data.greys import write_images


def test_folders_that_cannot_be_read_are_counted(tmp_path, monkeypatch):
    write_images(tmp_path, {f"{name}/0.png": 10 for name in ("cat", "dog", "fox")})
    scan = os.scandir

    def refuse(path: Path):
        if path.name == "fox":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    left_out = look_into(str(tmp_path)).left_out
    assert left_out.examples == {"folders that cannot be read": ["fox"]}


def test_a_link_to_itself_costs_no_other_file(tmp_path):
    write_images(tmp_path, {f"{name}/{n}.png": 10 for name in ("cat", "dog") for n in range(4)})
    for name in ("0", "cat/a.png", "cat/z", "dog/b.txt"):
        (tmp_path / name).symlink_to(Path(name).name)
    train = look_into(str(tmp_path)).splits["train"]
    assert train.n_images == 9
    with pytest.raises(BadDataError, match="is a link to a file that is not there"):
        train.open_image(list(train.image_names).index("cat/a.png"))
