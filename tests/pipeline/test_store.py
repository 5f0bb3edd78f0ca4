import shutil
import subprocess
import sys
import time
from threading import Barrier, Thread

import numpy as np
import pytest

from explorer.pipeline.store import Store, try_lock

INPUTS = {"seed": 1}


def numbers(scratch):
    return {"numbers": np.arange(4)}, {"note": "four"}


def never(scratch):
    raise AssertionError("computed again")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def test_a_result_is_computed_once(store):
    first = store.fetch("stage", 1, INPUTS, numbers)
    second = store.fetch("stage", 1, INPUTS, never)
    assert second.arrays["numbers"].tolist() == [0, 1, 2, 3]
    assert second.notes == {"note": "four"}
    assert second.key == first.key


def test_arrays_are_read_from_the_disk_and_cannot_be_changed(store):
    array = store.fetch("stage", 1, INPUTS, numbers).arrays["numbers"]
    assert isinstance(array.base, np.memmap)
    assert not array.flags.writeable


@pytest.mark.parametrize(
    ("stage", "version", "inputs"),
    [("other", 1, INPUTS), ("stage", 2, INPUTS), ("stage", 1, {"seed": 2}), ("stage", 1, {})],
)
def test_everything_that_decides_a_result_is_in_its_key(store, stage, version, inputs):
    base = store.fetch("stage", 1, INPUTS, numbers)
    assert store.peek(stage, version, inputs) is None
    assert store.fetch(stage, version, inputs, numbers).key != base.key


def test_peek_computes_nothing(store):
    assert store.peek("stage", 1, INPUTS) is None
    assert not store.root.joinpath("stage").exists()


def test_an_array_may_be_a_file_of_the_scratch_folder(store):
    def compute(scratch):
        np.save(scratch / "part.npy", np.ones(3))
        return {"whole": scratch / "part.npy"}, {}

    entry = store.fetch("stage", 1, INPUTS, compute)
    assert entry.arrays["whole"].tolist() == [1, 1, 1]
    assert sorted(path.name for path in entry.folder.iterdir()) == ["manifest.json", "whole.npy"]


def test_empty_arrays_survive(store):
    entry = store.fetch("stage", 1, INPUTS, lambda scratch: ({"none": np.empty((0, 3))}, {}))
    assert entry.arrays["none"].shape == (0, 3)


def test_an_interrupted_computation_finds_its_scratch_folder_again(store):
    def interrupted(scratch):
        (scratch / "step").write_text("one")
        raise KeyboardInterrupt

    def resumed(scratch):
        return {"numbers": np.arange(2)}, {"found": (scratch / "step").read_text()}

    with pytest.raises(KeyboardInterrupt):
        store.fetch("stage", 1, INPUTS, interrupted)
    assert store.peek("stage", 1, INPUTS) is None
    entry = store.fetch("stage", 1, INPUTS, resumed)
    assert entry.notes == {"found": "one"}
    assert not (entry.folder / "step").exists()


def test_a_kill_while_the_scratch_folder_is_cleared_loses_nothing(store, monkeypatch):
    """A piece of which a file is gone would else be taken for a whole one."""

    def in_pieces(scratch):
        (scratch / "pieces").mkdir()
        for name in "ab":
            (scratch / "pieces" / name).touch()
        return numbers(scratch)

    def cut_short(folder):
        next(folder.iterdir()).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            store.fetch("stage", 1, INPUTS, in_pieces)
    entry = store.fetch("stage", 1, INPUTS, never)
    assert entry.arrays["numbers"].tolist() == [0, 1, 2, 3]
    assert sorted(path.name for path in entry.folder.iterdir()) == ["manifest.json", "numbers.npy"]


def truncate(folder):
    path = folder / "numbers.npy"
    path.write_bytes(path.read_bytes()[:-3])


def swap_for_a_pickle(folder):
    size = (folder / "numbers.npy").stat().st_size
    np.save(folder / "numbers.npy", np.array([{}], dtype=object), allow_pickle=True)
    padding = size - (folder / "numbers.npy").stat().st_size
    with (folder / "numbers.npy").open("ab") as file:
        file.write(b"\0" * padding)


def lose_the_manifest(folder):
    (folder / "manifest.json").unlink()


def spoil_the_manifest(folder):
    (folder / "manifest.json").write_text("{")


@pytest.mark.parametrize(
    "damage", [truncate, swap_for_a_pickle, lose_the_manifest, spoil_the_manifest]
)
def test_a_damaged_result_is_made_again_with_a_warning(store, damage, caplog):
    damage(store.fetch("stage", 1, INPUTS, numbers).folder)
    assert store.fetch("stage", 1, INPUTS, numbers).arrays["numbers"].tolist() == [0, 1, 2, 3]
    assert "damaged" in caplog.text


def test_two_that_want_the_same_result_at_once_compute_it_once(tmp_path):
    computed, reports, together = [], [], Barrier(2)

    def compute(scratch):
        computed.append(scratch)
        time.sleep(0.3)
        return numbers(scratch)

    def ask():
        together.wait()
        entry = Store(tmp_path).fetch(
            "stage", 1, INPUTS, compute, lambda share, text: reports.append(text)
        )
        assert entry.arrays["numbers"].tolist() == [0, 1, 2, 3]

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(computed) == 1
    assert reports[0].startswith("Waiting for another process to finish 'stage'")


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from explorer.pipeline.store import try_lock;"
        "lock = try_lock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout.readline() == b"held\n"
        assert try_lock(tmp_path / "lock") is None
        owner.kill()
    assert try_lock(tmp_path / "lock") is not None
