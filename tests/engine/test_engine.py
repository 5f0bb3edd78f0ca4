import numpy as np

from explorer.engine.engine import HERE, Piece, map_to_pieces, shards_of
from explorer.store.chunks import Chunks


def squares(shard: range) -> Piece:
    return Piece({"square": np.array(shard) ** 2}, {"first": shard[0]})


def test_pieces_stand_in_the_order_of_the_shards(tmp_path):
    pieces, shards = Chunks(tmp_path / "pieces"), shards_of(5, 2)
    assert list(map_to_pieces(HERE, squares, shards, pieces)) == [0, 1, 2]
    joined = np.load(pieces.join("square", 3, tmp_path / "square.npy"))
    assert joined.tolist() == [0, 1, 4, 9, 16]
    assert [pieces.notes(number)["first"] for number in range(3)] == [0, 2, 4]


def test_what_an_interruption_left_is_not_done_again(tmp_path):
    pieces, shards = Chunks(tmp_path / "pieces"), shards_of(6, 2)
    next(map_to_pieces(HERE, squares, shards, pieces))
    done: list[range] = []

    def noted(shard: range) -> Piece:
        done.append(shard)
        return squares(shard)

    assert list(map_to_pieces(HERE, noted, shards, pieces)) == [0, 1, 2]
    assert done == shards[1:]
