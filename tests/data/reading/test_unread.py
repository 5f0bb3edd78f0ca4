"""What would be read if it were unpacked, or if its link led anywhere."""

import pytest

from explorer.data.found import look_into
from explorer.errors import BadDataError
from tests.data.greys import IMAGES, filled, write, write_images


@pytest.mark.parametrize("packed", ["test.json.gz", "test.jsonl.zst", "shards.tgz", "a/b.csv.xz"])
def test_what_is_compressed_beside_what_was_read_is_named(tmp_path, packed):
    filled(tmp_path, "BLIP/ALBEF Karpathy JSON")
    write(tmp_path / packed, b"packed")
    write(tmp_path / "notes.txt.gz", b"packed")
    write(tmp_path / "notes.txt", b"unpacked")
    notes = look_into(str(tmp_path)).notes
    assert notes == [f"Not read, for it is compressed: {packed}."]


@pytest.mark.parametrize("packed", ["a.csv.gz", "images.zip", "a.tar.bz2", "train.json.zst"])
def test_what_must_be_unpacked_first_is_named(tmp_path, packed):
    write_images(tmp_path, IMAGES)
    write(tmp_path / packed, b"packed")
    with pytest.raises(BadDataError, match=f"{packed} is compressed; unpack it. Nothing else in "):
        look_into(str(tmp_path))


def test_links_to_nothing_are_named(tmp_path):
    (tmp_path / "test.json").symlink_to("away.json")
    with pytest.raises(BadDataError, match=r"test\.json is a link to a file that is not there"):
        look_into(str(tmp_path))
    notes = look_into(str(filled(tmp_path, "BLIP/ALBEF Karpathy JSON"))).notes
    assert notes == ["Not read, for it is a link to nothing: test.json."]


@pytest.mark.parametrize("packed", ["c.zip", "more.tar.gz", "rest/d.7z"])
def test_an_archive_beside_what_was_read_is_named_unless_it_lies_there_unpacked(tmp_path, packed):
    for name in ("a", "b"):
        write_images(tmp_path / name, IMAGES)
    write(tmp_path / packed, b"packed")
    write(tmp_path / "a.zip", b"unpacked")
    write(tmp_path / "b.tar.gz", b"unpacked")
    told = f"Not read, for it is compressed: {packed}."
    assert told in look_into(str(tmp_path)).notes
