import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.errors import BadDataError, ConfigError
from explorer.runs.config import RunConfig
from explorer.sets.folder import DistilledSet, Row, verify_set
from explorer.types import Samples
from tests.configs import about_set
from tests.made_sets import make_set

ABOUT = {"method": "random", "found": "3 images", "plan": "a"}


@pytest.mark.parametrize("call", ["mkdir", "replace", "open"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_set_whose_begin_was_cut_off_is_gone_on_with(tmp_path, monkeypatch, call, number):
    """Whatever is the last thing that is done in the folder before a kill."""
    target, real, calls = DistilledSet(tmp_path / "set"), getattr(Path, call), []

    def cut_off(path, *args, **kwargs):
        calls.append(path)
        if len(calls) == number:
            raise KeyboardInterrupt
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, call, cut_off)
        with suppress(KeyboardInterrupt):
            target.begin(ABOUT)
    target.begin(ABOUT)
    assert target.settings() == ABOUT
    assert target.images.is_dir()


def test_files_of_someone_else_are_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="is not empty and holds no distilled set"):
        DistilledSet(tmp_path).begin(ABOUT)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.fixture
def whole(tmp_path) -> DistilledSet:
    target = make_set(DistilledSet(tmp_path / "set"), RunConfig(), [0.0, 1.0])
    target.end()
    return target


def test_a_whole_set_that_is_asked_for_again_must_be_as_it_was(whole):
    before = (whole.folder / "config.json").read_bytes()
    whole.end()
    image = whole.images / "000001.png"
    written = image.read_bytes()
    image.write_bytes(written[:-1] + b"x")
    with pytest.raises(BadDataError, match=r"000001\.png holds something else"):
        whole.end()
    image.write_bytes(written)
    whole.check()
    assert (whole.folder / "config.json").read_bytes() == before


def test_a_whole_set_knows_what_its_files_held(whole):
    assert verify_set(whole.folder) == (5, 0, [])
    whole.write_card("scores were added")
    whole.check()
    image = whole.images / "000001.png"
    image.write_bytes(image.read_bytes()[:-1] + b"x")
    (whole.folder / "embeddings.safetensors").unlink()
    damaged = verify_set(whole.folder).damaged
    assert damaged == [
        "embeddings.safetensors is not there.",
        "train/000001.png holds something else than what was written.",
    ]
    with pytest.raises(
        BadDataError, match=r"was changed: embeddings.safetensors is not there. and 1"
    ):
        whole.check()
    (whole.folder / "config.json").write_text(json.dumps(whole.settings()))
    whole.check()


def test_images_of_labels_that_changed_while_they_were_learned_are_not_in_a_whole_set(tmp_path):
    target = DistilledSet(tmp_path / "set")
    target.begin(ABOUT)
    for label in ("red", "green"):
        row = Row(f"{label}/000000.png", "", 0, 1, 0, 0.0, label)
        target.add([], [row], [Image.new("RGB", (4, 4), label)])
    target.end()
    left = sorted(each.relative_to(target.images).as_posix() for each in target.images.rglob("*"))
    assert left == ["green", "green/000000.png", "metadata.jsonl"]
    target.check()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_prototypes_that_are_no_numbers_are_refused(whole, value):
    caption = np.ones((2, 3), np.float32)
    caption[1, 2] = value
    whole.write_prototypes(image=np.ones((2, 3), np.float32), caption=caption)
    with pytest.raises(BadDataError, match="values that are no numbers, under 'caption'"):
        whole.prototypes()


def test_changed_settings_of_a_whole_set_are_noticed(whole):
    path = whole.folder / "config.json"
    path.write_text(path.read_text().replace('"size": 100', '"size": 99'))
    (damaged,) = verify_set(whole.folder).damaged
    assert damaged.startswith("config.json holds")
    assert "digests" not in whole.settings()


def test_a_set_that_is_not_whole_yet_has_no_digests(tmp_path):
    target = make_set(DistilledSet(tmp_path / "set"), RunConfig(), [0.0])
    assert verify_set(target.folder) == (0, 1, [])


def test_a_set_names_no_folder_of_this_machine(tmp_path):
    config = RunConfig(data="/home/ada/boats", encoder="~/models/clip", decoder="C:\\models\\d")
    target = make_set(DistilledSet(tmp_path / "set"), config, [0.0])
    settings = target.settings()
    named = [settings[name] for name in ("data", "encoder", "decoder")]
    assert named == [".../boats", ".../clip", ".../d"]
    target.begin(about_set(config))  # the same settings: it is gone on with
    with pytest.raises(ConfigError, match="other settings"):
        target.begin(about_set(RunConfig(data="/home/ada/cars")))


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/passwd", "a/../../b.png", "..\\a.png", "C:a", ""]
)
def test_a_row_that_leads_out_of_the_set_is_refused(whole, name):
    line = {**whole.rows()[0].as_json(), "file_name": name}
    (whole.images / "metadata.jsonl").write_text(json.dumps(line))
    with pytest.raises(BadDataError, match="which is not inside the set"):
        whole.rows()


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"file_name": 3}', b'{"x": 1}']
)
def test_damaged_rows_are_a_sentence(whole, content):
    (whole.images / "metadata.jsonl").write_bytes(content)
    with pytest.raises(BadDataError, match="cannot be read"):
        whole.rows()


def test_a_set_keeps_the_loss_it_was_learned_for(whole):
    whole.write_learned(Samples(similarity=np.eye(2, dtype=np.float32), contrast="cwcl"))
    assert whole.learned().contrast == "cwcl"
    whole.write_learned(Samples(similarity=np.eye(2, dtype=np.float32), contrast="made up"))
    with pytest.raises(BadDataError, match="learned for a loss 'made up'"):
        whole.learned()
