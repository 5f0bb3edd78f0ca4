"""The names in folders."""

import os
from pathlib import Path

import pytest

from explorer.data.found import look_into
from explorer.data.reading.listing import listed_once, listing
from explorer.errors import BadDataError
from tests.data.greys import write, write_images


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


def test_files_stand_in_order_and_what_systems_keep_is_known_but_not_shown(tmp_path):
    for name in ("b.png", "a.PNG", ".hidden", "Thumbs.db", "c.txt"):
        (tmp_path / name).touch()
    for name in ("z", "y", "__MACOSX"):
        (tmp_path / name).mkdir()
    (tmp_path / "gone.png").symlink_to("nowhere")
    (tmp_path / "near.png").symlink_to("b.png")
    (tmp_path / "below").symlink_to("y")
    found = listing(tmp_path)
    assert found.files == ["a.PNG", "b.png", "c.txt", "gone.png", "near.png"]
    assert found.folders == ["below", "y", "z"]
    assert found.links == {"gone.png", "near.png"}
    assert found.broken == ["gone.png"]
    assert {".hidden", "Thumbs.db", "__MACOSX", "y"} < found.names
    assert found.ending([".png"]) == ["a.PNG", "b.png", "gone.png", "near.png"]
    assert found.ending([".txt", ".png"]) == found.files
    assert found.ending([".jpg"]) == []


def test_what_this_program_wrote_is_no_data(tmp_path):
    write(tmp_path / "made/config.json", '{"method": "pds", "found": "f", "plan": "p"}')
    write(tmp_path / "theirs/config.json", '{"method": "something else"}')
    assert listing(tmp_path).folders == ["theirs"]


def test_a_folder_that_is_not_there_is_empty_and_says_so(tmp_path):
    found = listing(tmp_path / "none")
    assert (found.files, found.folders, found.is_readable) == ([], [], False)


def test_a_folder_is_listed_once_while_a_dataset_is_opened_and_anew_behind(tmp_path):
    with listed_once():
        assert listing(tmp_path).files == []
        (tmp_path / "a.png").touch()
        assert listing(tmp_path).files == []
        with listed_once():
            assert listing(tmp_path).files == ["a.png"]
        assert listing(tmp_path).files == []
    assert listing(tmp_path).files == ["a.png"]
