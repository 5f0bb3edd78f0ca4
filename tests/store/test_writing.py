import errno
import os

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.store.writing import (
    ASIDE,
    make_array,
    own_name,
    save_aside,
    whole_folder,
    write_aside,
)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_the_old_one_until_all_of_the_new_one_is_written(tmp_path, monkeypatch):
    path = tmp_path / "scores.json"
    write_aside(path, b"old")
    seen = []
    monkeypatch.setattr("os.fsync", lambda _: seen.append(path.read_bytes()))
    write_aside(path, b"new")
    assert seen == [b"old"]
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["scores.json"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "scores.json"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_aside(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["scores.json"]


def test_a_kill_leaves_a_name_that_is_known_as_half_done(tmp_path, monkeypatch):
    def killed(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        write_aside(tmp_path / "scores.json", b"half")
    (left,) = names(tmp_path)
    assert left.startswith(ASIDE)


def test_an_array_is_saved_without_pickles(tmp_path):
    save_aside(tmp_path / "a.npy", np.arange(3))
    assert np.load(tmp_path / "a.npy").tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        save_aside(tmp_path / "b.npy", np.array([{}], dtype=object))
    assert not (tmp_path / "b.npy").exists()


def test_two_processes_write_the_same_file_aside_under_names_of_their_own():
    assert own_name("a") != own_name("a")
    assert str(os.getpid()) in own_name("a")


def test_there_is_room_on_the_disk_before_an_array_is_filled(tmp_path, monkeypatch):
    array = make_array(tmp_path / "a.npy", np.dtype("<f4"), (3, 2))
    array[:] = 7
    array.flush()
    assert np.load(tmp_path / "a.npy").tolist() == [[7, 7]] * 3
    assert (tmp_path / "a.npy").stat().st_blocks > 0
    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        make_array(tmp_path / "b.npy", np.dtype("<f4"), (3, 2))


def test_a_folder_appears_when_everything_is_in_it(tmp_path):
    out = tmp_path / "set"
    with whole_folder(out) as folder:
        (folder / "a").write_text("1")
        assert not out.exists()
    assert names(out) == ["a"]
    assert names(tmp_path) == ["set"]


def test_half_a_folder_is_removed(tmp_path):
    def stopped() -> None:
        with whole_folder(tmp_path / "set") as folder:
            (folder / "a").write_text("1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert names(tmp_path) == []


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_there_already_is_left_alone(tmp_path, what):
    out = tmp_path / "set"
    if what == "folder":
        out.mkdir()
    (out if what == "file" else out / "mine").write_text("mine")
    with pytest.raises(ConfigError, match="not an empty folder"), whole_folder(out):
        pytest.fail("nothing is written")
    assert (out if what == "file" else out / "mine").read_text() == "mine"
