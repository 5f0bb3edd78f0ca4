"""Plain values come out of a pickle as they went in; all else is refused, and nothing is run."""

import contextlib
import pickle
import struct
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from explorer.data.reading import pickled
from explorer.data.reading.pickled import read_pickle
from explorer.errors import BadDataError

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "data"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_values_are_those_that_were_written(tmp_path, protocol):
    names = ["é", "b"]
    value = {
        "names": names,
        "again": names,
        "numbers": [0, -1, 255, 65_536, 2**40, 0.5, True, False, None],
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        7: {"empty": [], "inner": {}},
    }
    assert read_pickle(written(tmp_path, pickle.dumps(value, protocol))) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", ["u1", "<i2", ">i4", "f4", ">f8", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_are_those_that_were_written(tmp_path, protocol, kind, order):
    array = np.asarray(np.arange(24).reshape(2, 3, 4) % 5, dtype=kind, order=order)
    path = written(tmp_path, pickle.dumps({"data": array, "n": 2}, protocol))
    found = read_pickle(path)["data"]
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)


def test_texts_of_python_2_are_texts(tmp_path):
    content = b"\x80\x02}q\x00(U\x04dataq\x01U\x02\xe9bq\x02u."  # {"data": "\xe9b"} by 2.7
    assert read_pickle(written(tmp_path, content)) == {"data": "éb"}


class Calls:
    def __reduce__(self):
        return Path.touch, (Path("was-run"),)


class Sets:
    def __init__(self):
        self.x = 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("value", [Calls(), Sets(), OrderedDict(a=1), Path.touch, {1, 2}, 1j])
def test_what_is_no_plain_value_is_refused_and_not_run(tmp_path, monkeypatch, protocol, value):
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, pickle.dumps([value], protocol))
    with pytest.raises(BadDataError, match="is a pickle that is not read: it asks for"):
        read_pickle(path)
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize(
    "array", [np.array(["a"]), np.array([None]), np.array([1j]), np.zeros(1, "M8[s]")]
)
def test_arrays_of_anything_but_numbers_are_refused(tmp_path, array):
    with pytest.raises(BadDataError, match="not read"):
        read_pickle(written(tmp_path, pickle.dumps(array, 2)))


@pytest.mark.parametrize(
    "content",
    [b"", b".", b"\x80\x02", b"\x80\x02K\x01", b"a.", b"K\x01K\x02a.", b"(K\x01d.", b"q\x07."],
)
def test_damage_is_told_in_a_sentence(tmp_path, content):
    with pytest.raises(BadDataError, match="is a damaged pickle"):
        read_pickle(written(tmp_path, content))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of `pickletools`, of changed texts
def test_cut_or_changed_anywhere_it_is_read_or_told(tmp_path):
    whole = pickle.dumps({"data": np.arange(6).reshape(2, 3), "labels": [1, 2]}, 2)
    rng = np.random.default_rng(0)
    changed = [whole[:n] for n in range(0, len(whole), 3)]
    for _ in range(100):
        other = bytearray(whole)
        other[rng.integers(len(whole))] = rng.integers(256)
        changed.append(bytes(other))
    for content in changed:
        with contextlib.suppress(BadDataError):
            read_pickle(written(tmp_path, content))


def test_bytes_that_do_not_fill_an_array_are_damage(tmp_path):
    content = pickle.dumps(np.arange(3, dtype="u1"), 4).replace(b"C\x03", b"C\x02", 1)
    with pytest.raises(BadDataError, match="damaged"):
        read_pickle(written(tmp_path, content))


def test_what_is_too_large_or_too_long_is_refused(tmp_path, monkeypatch):
    path = written(tmp_path, pickle.dumps(list(range(100))))
    monkeypatch.setattr(pickled, "MOST_STEPS", 50)
    with pytest.raises(BadDataError, match="more than 50 instructions"):
        read_pickle(path)
    monkeypatch.setattr(pickled, "MOST_BYTES", 100)
    with pytest.raises(BadDataError, match="larger than"):
        read_pickle(path)


def test_a_text_that_says_it_is_longer_than_the_file_takes_no_memory(tmp_path):
    path = written(tmp_path, b"\x80\x04\x8d" + struct.pack("<Q", 2**60) + b"a.")
    with pytest.raises(BadDataError, match="damaged"):
        read_pickle(path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadDataError, match="cannot be read"):
        read_pickle(tmp_path / "none")
