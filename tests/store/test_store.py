import json
import shutil
import time
from threading import Barrier, Thread

import numpy as np
import pytest

from explorer.progress import Measured
from explorer.store import digests
from explorer.store.step import Computed, Step, Work
from explorer.store.store import DAMAGED, Store, verify_store

INPUTS = {"seed": 1}


def numbers(scratch, report):
    return Computed({"numbers": np.arange(4)}, {"note": "four"})


def never(scratch, report):
    raise AssertionError("computed again")


def step(compute, name="stage", version=1, inputs=INPUTS, cost=()):
    """A step whose result is read as it lies in the store."""
    return Step(name, version, inputs, compute, lambda entry: entry, cost)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def test_a_result_is_computed_once(store):
    first = store.fetch(step(numbers))
    second = store.fetch(step(never))
    assert second.arrays["numbers"].tolist() == [0, 1, 2, 3]
    assert second.notes == {"note": "four"}
    assert second.key == first.key


def test_arrays_are_read_from_the_disk_and_cannot_be_changed(store):
    array = store.fetch(step(numbers)).arrays["numbers"]
    assert isinstance(array.base, np.memmap)
    assert not array.flags.writeable


@pytest.mark.parametrize(
    ("stage", "version", "inputs"),
    [("other", 1, INPUTS), ("stage", 2, INPUTS), ("stage", 1, {"seed": 2}), ("stage", 1, {})],
)
def test_everything_that_decides_a_result_is_in_its_key(store, stage, version, inputs):
    base = store.fetch(step(numbers))
    assert store.peek(step(never, stage, version, inputs)) is None
    assert store.fetch(step(numbers, stage, version, inputs)).key != base.key


def test_others_differ_in_one_input_alone_and_have_the_array(store):
    def named(scratch, report):
        return Computed({"numbers": np.arange(4), "names": np.arange(2)})

    own = step(never, inputs={"data": "new", "seed": 1})
    alike = store.fetch(step(named, inputs={"data": "old", "seed": 1}))
    for made, version, inputs in (
        (numbers, 1, {"data": "older", "seed": 1}),  # without the array
        (named, 1, {"data": "old", "seed": 2}),
        (named, 2, {"data": "old", "seed": 1}),
        (named, 1, {"seed": 1}),
    ):
        store.fetch(step(made, version=version, inputs=inputs))
    damaged = store.fetch(step(named, inputs={"data": "damaged", "seed": 1}))
    (damaged.folder / "manifest.json").write_text("{")
    found = store.others(own, "data", "names", lambda names: len(names) == 2)
    assert [each.key for each in found] == [alike.key]


def test_others_are_read_through_only_where_they_are_wanted(store, monkeypatch):
    own = step(never, inputs={"data": "new"})
    for length in (2, 3):
        made = step(lambda *_, n=length: Computed({"names": np.arange(n)}), inputs={"data": length})
        store.fetch(made)
    read: list[str] = []
    monkeypatch.setattr(store, "by_key", lambda stage, key: read.append(key))
    assert list(store.others(own, "data", "names", lambda names: len(names) == 3)) == []
    assert read == [step(never, inputs={"data": 3}).key]


def test_peek_computes_nothing(store):
    assert store.peek(step(never)) is None
    assert not store.root.joinpath("stage").exists()


def test_an_array_may_be_a_file_of_the_scratch_folder(store):
    def compute(scratch, report):
        np.save(scratch / "part.npy", np.ones(3))
        return Computed({"whole": scratch / "part.npy"})

    entry = store.fetch(step(compute))
    assert entry.arrays["whole"].tolist() == [1, 1, 1]
    assert sorted(path.name for path in entry.folder.iterdir()) == ["manifest.json", "whole.npy"]


def test_empty_arrays_survive(store):
    entry = store.fetch(step(lambda *_: Computed({"none": np.empty((0, 3))})))
    assert entry.arrays["none"].shape == (0, 3)


def test_an_interrupted_computation_finds_its_scratch_folder_again(store):
    def interrupted(scratch, report):
        (scratch / "step").write_text("one")
        raise KeyboardInterrupt

    def resumed(scratch, report):
        return Computed({"numbers": np.arange(2)}, {"found": (scratch / "step").read_text()})

    with pytest.raises(KeyboardInterrupt):
        store.fetch(step(interrupted))
    assert store.peek(step(never)) is None
    entry = store.fetch(step(resumed))
    assert entry.notes == {"found": "one"}
    assert not (entry.folder / "step").exists()


def test_a_kill_while_the_scratch_folder_is_cleared_loses_nothing(store, monkeypatch):
    """A piece of which a file is gone would else be taken for a whole one."""

    def in_pieces(scratch, report):
        (scratch / "pieces").mkdir()
        for name in "ab":
            (scratch / "pieces" / name).touch()
        return numbers(scratch, report)

    def cut_short(folder):
        next(folder.iterdir()).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            store.fetch(step(in_pieces))
    entry = store.fetch(step(never))
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
    damage(store.fetch(step(numbers)).folder)
    assert store.fetch(step(numbers)).arrays["numbers"].tolist() == [0, 1, 2, 3]
    assert "damaged" in caplog.text


def test_two_that_want_the_same_result_at_once_compute_it_once(tmp_path):
    computed, reports, together = [], [], Barrier(2)

    def compute(scratch, report):
        computed.append(scratch)
        time.sleep(0.3)
        return numbers(scratch, report)

    def ask():
        together.wait()
        entry = Store(tmp_path).fetch(step(compute), lambda share, text: reports.append(text))
        assert entry.arrays["numbers"].tolist() == [0, 1, 2, 3]

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(computed) == 1
    assert reports[0].startswith("Waiting for another process to finish 'stage'")


def test_the_store_measures_a_step_of_one_kind_of_work(store):
    store.fetch(step(numbers, cost=(Work("embed", "rows", 2, "count", "cpu", each=5),)))
    (rate,) = [v for key, v in store.rates.known().items() if key == ("count", "cpu")]
    assert 0 <= rate < 0.1


def test_a_step_of_several_kinds_says_itself_what_they_took(store):
    spent = {("read", "clip"): Measured(6.0, 3)}
    store.fetch(step(lambda *_: Computed({"a": np.ones(1)}, spent=spent)))
    assert store.rates.known() == {("read", "clip"): 2.0}


def flip_a_byte(folder):
    path = folder / "numbers.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def change_the_notes(folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"notes": {', '"notes": {"more": 1, ', 1))


def nest_the_manifest(folder):
    (folder / "manifest.json").write_text("[" * 100_000)


@pytest.mark.parametrize("damage", [flip_a_byte, change_the_notes, nest_the_manifest, truncate])
def test_what_does_not_show_in_a_size_is_noticed_and_set_aside(store, damage, caplog):
    folder = store.fetch(step(numbers)).folder
    damage(folder)
    found = verify_store(store.root)
    assert (found.n_whole, len(found.damaged)) == (0, 1)
    assert found.damaged[0].startswith(f"stage/{folder.name}: ")
    assert folder.is_dir(), "a look changes nothing"
    assert store.peek(step(never)) is None
    assert "damaged" in caplog.text
    assert not folder.exists()
    assert store.fetch(step(numbers)).arrays["numbers"].tolist() == [0, 1, 2, 3]
    (aside,) = (store.root / DAMAGED).iterdir()
    assert aside.name.startswith(f"stage-{folder.name}-")
    assert verify_store(store.root) == (1, 0, [])


def test_a_file_is_read_through_once_in_a_process(store, monkeypatch):
    folder = store.fetch(step(numbers)).folder
    monkeypatch.setattr(digests, "file_digest", lambda path: pytest.fail("it was read again"))
    assert store.peek(step(never)) is not None
    monkeypatch.undo()
    flip_a_byte(folder)
    assert store.peek(step(never)) is None


def test_results_of_before_there_were_digests_are_taken(store):
    folder = store.fetch(step(numbers)).folder
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["digests"], manifest["notes_digest"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert store.peek(step(never)) is not None
    assert verify_store(store.root) == (1, 1, [])


def test_a_rate_that_cannot_be_written_costs_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    rates = Store(tmp_path / "file" / "cache").rates
    rates.note("embed", "clip", Measured(1.0, 1))
    assert rates.known() == {}
