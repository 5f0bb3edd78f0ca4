"""The map of a report, packed by hand and unpacked again."""

import base64
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.report.points import pack_map

LARGEST = 65_535


def prepared(position: list[tuple[float, float]], owner: list[int], n: int = 2) -> SimpleNamespace:
    return SimpleNamespace(
        layout=lambda space: np.array(position, dtype=np.float32) if space == "image" else None,
        layout_note=lambda space: "a note",
        prototype_of_image=np.array(owner),
        number=np.arange(n) + 4,
        labels=[f"words {k}" for k in range(n)],
        place=np.arange(n)[::-1] / 2,
    )


def unpacked(text: str, kind: str) -> list[int]:
    return np.frombuffer(base64.b64decode(text), kind).tolist()


def test_both_axes_have_the_scale_of_the_longer_one():
    found = pack_map(prepared([(1, 5), (3, 5), (2, 6)], [0, 1, -1]))
    assert unpacked(found["x"], "<u2") == [0, LARGEST, round(LARGEST / 2)]
    assert unpacked(found["y"], "<u2") == [0, 0, round(LARGEST / 2)]
    assert unpacked(found["prototype"], "<i4") == [0, 1, -1]
    assert found["note"] == "a note"


def test_a_prototype_is_marked_at_its_member_nearest_to_the_middle():
    position = [(0, 0), (0, 1), (0, 2), (0, 4), (0, 10), (8, 0), (8, 1)]  # the mean is 3.4
    first, second = pack_map(prepared(position, [0, 0, 0, 0, 0, 1, -1]))["marks"]
    assert (first["x"], first["y"]) == (0, round(0.2 * LARGEST))
    assert (second["x"], second["y"]) == (round(0.8 * LARGEST), 0)
    assert [each["n"] for each in (first, second)] == [5, 1]
    assert [each["number"] for each in (first, second)] == [4, 5]
    assert [each["place"] for each in (first, second)] == [0.5, 0.0]
    assert first["label"] == "words 0"


def test_a_prototype_without_members_is_nowhere():
    _, second = pack_map(prepared([(0, 0), (1, 1)], [0, 0]))["marks"]
    assert (second["n"], second["x"], second["y"]) == (0, None, None)


@pytest.mark.parametrize("n", [1, 3])
def test_images_that_lie_in_one_point_can_be_drawn(n):
    found = pack_map(prepared([(7, 7)] * n, [0] * n))
    assert unpacked(found["x"], "<u2") == unpacked(found["y"], "<u2") == [0] * n
