import pickle

import numpy as np
import pytest

from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.arrays import Harmful, cifar_pickled


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_asks_for_a_call_is_refused_and_nothing_is_run(
    tmp_path, monkeypatch, protocol
):
    monkeypatch.chdir(tmp_path)
    folder = cifar_pickled(tmp_path / "data")
    batch = {"data": np.zeros((1, 3072), np.uint8), "labels": [0], "more": Harmful()}
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch, protocol))
    with pytest.raises(BadDataError, match=r"asks for (__builtin__|builtins)\.eval\. Save its"):
        open_dataset(str(folder))
    assert not (tmp_path / "harm").exists()
