"""What is found in a folder is in it, or is not read."""

import os

import pytest

from explorer.data.reading.bounds import Bounds


@pytest.fixture
def folder(tmp_path):
    """`set` with a file and a folder, beside one that is nobody's business."""
    for name in ("set/a.png", "set/below/b.png", "away/c.png", "set-2/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"image")
    return tmp_path / "set"


def test_files_and_folders_in_it_are_held_and_what_is_not_there_is_not(folder):
    bounds = Bounds(folder)
    assert bounds.hold(folder / "a.png")
    assert bounds.hold(str(folder / "below" / "b.png"))
    assert bounds.look(folder / "a.png").st_size == 5
    for name in ("none.png", "below/none.png", "a\0.png"):
        assert not bounds.hold(f"{folder}/{name}")


def test_a_link_within_is_held_and_one_that_leads_out_is_not(folder):
    (folder / "near.png").symlink_to("below/b.png")
    (folder / "far.png").symlink_to("../away/c.png")
    (folder / "beside.png").symlink_to("../set-2/d.png")  # whose name begins as the folder's
    (folder / "lost.png").symlink_to("none.png")
    bounds = Bounds(folder)
    held = [bounds.hold(folder / f"{name}.png") for name in ("near", "far", "beside", "lost")]
    assert held == [True, False, False, False]
    assert bounds.look(folder / "near.png").st_size == 5  # of the file, not of the link


def test_what_a_linked_folder_holds_lies_where_the_link_leads(folder):
    (folder / "out").symlink_to("../away")
    (folder / "in").symlink_to("below")
    bounds = Bounds(folder)
    assert not bounds.hold(folder / "out" / "c.png")
    assert bounds.hold(folder / "in" / "b.png")


def test_the_folder_itself_may_be_reached_by_a_link(folder):
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert Bounds(link).hold(link / "a.png")
    assert Bounds(link).hold(folder / "a.png")


def test_a_pipe_is_never_read(folder):
    os.mkfifo(folder / "pipe")
    (folder / "to-pipe").symlink_to("pipe")
    bounds = Bounds(folder)
    assert bounds.look(folder / "pipe") is bounds.look(folder / "to-pipe") is None


def test_files_of_a_snapshot_of_the_hub_are_links_to_blobs_beside_it(tmp_path):
    snapshot = tmp_path / "datasets--me--set" / "snapshots" / "0f3"
    blobs = snapshot.parents[1] / "blobs"
    for each in (snapshot, blobs):
        each.mkdir(parents=True)
    (blobs / "5d4").write_bytes(b"image")
    (snapshot / "a.png").symlink_to("../../blobs/5d4")
    (tmp_path / "secret").touch()
    (snapshot / "b.png").symlink_to(tmp_path / "secret")
    bounds = Bounds(snapshot)
    assert bounds.hold(snapshot / "a.png")
    assert not bounds.hold(snapshot / "b.png")
