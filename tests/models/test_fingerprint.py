import os

import pytest

from explorer.errors import ConfigError
from explorer.models import fingerprint as module
from explorer.models.fingerprint import fingerprint


def test_a_name_is_itself_and_a_folder_what_its_files_hold(tmp_path):
    assert fingerprint("ViT-B-32/openai") == "ViT-B-32/openai"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "weights").write_bytes(b"1" * 10)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "weights").write_bytes(b"1" * 10)
    assert fingerprint(str(tmp_path / "a")) == fingerprint(str(tmp_path / "b"))
    path = tmp_path / "b" / "weights"
    path.write_bytes(b"1" * 9 + b"2")
    os.utime(path, ns=(1, 1))
    assert fingerprint(str(tmp_path / "a")) != fingerprint(str(tmp_path / "b"))


def test_a_disk_that_was_named_by_mistake_is_not_read_through(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_FILES", 3)
    for number in range(4):
        (tmp_path / str(number)).touch()
    with pytest.raises(ConfigError, match="more than 3 files; it is no model's folder"):
        fingerprint(str(tmp_path))
