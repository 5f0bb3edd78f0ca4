import os

import pytest

from explorer.store import digests
from explorer.store.digests import changed_files, check_file, file_digest, json_digest

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing


def test_a_digest_is_the_sha_256_of_the_bytes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"")
    assert file_digest(path) == EMPTY
    path.write_bytes(b"boat")
    assert file_digest(path) != EMPTY


def test_a_value_is_the_same_however_it_is_laid_out():
    assert json_digest({"a": [1, 2], "b": None}) == json_digest({"b": None, "a": (1, 2)})
    assert json_digest({"a": 1}) != json_digest({"a": 1.5})
    assert json_digest({"a": [1, 2]}) != json_digest({"a": [2, 1]})


def test_a_file_is_read_once_until_it_changes(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"boat")
    digest, read = file_digest(path), []
    monkeypatch.setattr(digests, "file_digest", lambda p: read.append(p) or file_digest(p))
    check_file(path, digest)
    check_file(path, digest)
    assert len(read) == 1
    path.write_bytes(b"goat")
    with pytest.raises(ValueError, match="a holds something else than what was written"):
        check_file(path, digest)
    assert len(read) == 2


def test_another_digest_of_a_file_that_was_whole_is_no_longer_believed(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"boat")
    check_file(path, file_digest(path))
    with pytest.raises(ValueError, match="something else"):
        check_file(path, EMPTY)


def test_a_change_that_keeps_size_and_time_is_found_by_reading_through(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"boat")
    kept = {"a": file_digest(path), "b": EMPTY}
    before = path.stat()
    path.write_bytes(b"goat")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = changed_files(tmp_path, kept)
    assert found == ["a holds something else than what was written.", "b is not there."]
    (tmp_path / "b").write_bytes(b"")
    path.write_bytes(b"boat")
    assert changed_files(tmp_path, kept) == []
