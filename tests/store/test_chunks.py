import numpy as np

from explorer.store.chunks import Chunks


def test_pieces_join_in_the_order_of_their_numbers(tmp_path):
    chunks = Chunks(tmp_path / "pieces")
    chunks.write(1, {"x": np.array([[3.0]])}, {"n": 1})
    chunks.write(0, {"x": np.array([[1.0], [2.0]])}, {"n": 0})
    path = chunks.join("x", 2, tmp_path / "x.npy")
    assert np.load(path).tolist() == [[1], [2], [3]]
    assert [chunks.notes(number) for number in range(2)] == [{"n": 0}, {"n": 1}]


def test_a_piece_without_the_array_adds_nothing(tmp_path):
    chunks = Chunks(tmp_path / "pieces")
    chunks.write(0, {}, {})
    chunks.write(1, {"x": np.array([5])}, {})
    assert np.load(chunks.join("x", 2, tmp_path / "x.npy")).tolist() == [5]


def test_a_piece_that_a_kill_left_unfinished_does_not_count(tmp_path, monkeypatch):
    chunks = Chunks(tmp_path / "pieces")

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("explorer.store.chunks.np.save", killed)
    try:
        chunks.write(0, {"x": np.array([1])}, {})
    except KeyboardInterrupt:
        monkeypatch.undo()
    assert not chunks.has(0)
    chunks.write(0, {"x": np.array([1])}, {})
    assert chunks.has(0)
