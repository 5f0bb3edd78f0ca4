import numpy as np

from explorer.types import Prototypes
from explorer.ui import payload


class Tiny:
    """Five captions of two images; caption cluster 2 became no prototype."""

    def __init__(self):
        nothing = np.zeros((2, 4), dtype=np.float32)
        self.prototypes = Prototypes(
            image=nothing + 1,
            caption=nothing + 1,
            n_shared=np.array([1, 0]),
            image_cluster=np.array([0, 0, 1, -1, 1]),
            caption_cluster=np.array([1, 0, 0, -1, 2]),
            image_label=np.array([1, 0]),
            caption_label=np.array([0, 1]),
            kept=np.array([0, 1, 2, 4]),
        )
        self.cosine = np.array([0.5, 0.5], dtype=np.float32)
        self.labels = ["boat", "tree"]
        self.number = np.array([0, 4])
        self.n_prototypes = 2
        self.prototype_of_image = np.array([1, 0])
        self.place = np.array([1, 0])

    def layout(self, space):
        return np.arange(4, dtype=np.float32).reshape(2, 2) if space == "image" else None


def test_rows_count_what_each_cluster_holds_without_dropped_rows():
    first, second = payload.prototype_rows(Tiny())
    rows = {"n_rows": 2, "n_caption_rows": 2, "n_shared": 1}
    assert first == {"number": 0, "rank": 1, "label": "boat", "cosine": 0.5, "place": 1, **rows}
    assert (second["number"], second["rank"]) == (4, 1)  # as alike, so of one rank
    assert (second["label"], second["n_rows"], second["n_caption_rows"]) == ("tree", 2, 1)


def test_a_space_without_a_map_packs_to_nothing():
    assert payload.pack_points(Tiny(), "caption") is None


def test_points_are_packed_column_by_column_in_little_endian():
    packed = payload.pack_points(Tiny(), "image")
    assert np.frombuffer(packed, "<u4", 2).tolist() == [2, 2]
    assert np.frombuffer(packed, "<f4", 4, 8).tolist() == [0, 2, 1, 3]
    assert np.frombuffer(packed, "<i4", 2, 24).tolist() == [1, 0]
