"""What of a cache or a set is not as it was written."""

import numpy as np

from explorer import __main__ as program
from explorer.runs.config import RunConfig
from explorer.sets.folder import DistilledSet
from explorer.store.step import Computed, Step
from explorer.store.store import Store
from tests.made_sets import forget_digests, make_set


def test_verify_says_what_is_damaged(tmp_path, capsys):
    step = Step("stage", 1, {}, lambda *_: Computed({"a": np.arange(9)}), lambda entry: entry)
    path = Store(tmp_path).fetch(step).folder / "a.npy"
    assert program.main(["verify", str(tmp_path), "--json"]) == 0
    assert '"n_whole": 1' in capsys.readouterr().out
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert program.main(["verify", str(tmp_path)]) == 2
    assert "Damaged: stage/" in capsys.readouterr().out
    assert program.main(["verify", str(tmp_path / "none")]) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_a_set_is_read_through_file_by_file(tmp_path, capsys):
    made = make_set(DistilledSet(tmp_path), RunConfig(), [0.0, 1.0])
    made.write_card("card")
    made.end()
    assert program.main(["verify", str(tmp_path)]) == 0
    assert "files are as they were written, 0 are not." in capsys.readouterr().out
    (made.images / "000001.png").write_bytes(b"another image")
    assert program.main(["verify", str(tmp_path)]) == 2
    told = capsys.readouterr().out
    assert "Damaged: train/000001.png" in told
    assert "1 are not." in told


def test_of_a_set_without_digests_that_is_said(tmp_path, capsys):
    make_set(DistilledSet(tmp_path), RunConfig(), [0.0]).end()
    forget_digests(tmp_path)
    assert program.main(["verify", str(tmp_path)]) == 0
    assert "of 1 only the sizes are known" in capsys.readouterr().out
