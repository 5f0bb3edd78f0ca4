"""Rows of an array, by number or scaled, copied only where they are looked at."""

import numpy as np


class PickedRows:
    """Stands in for `array[numbers]` where that copy would not fit into memory.

    An image stands in a million pairs once per caption, and the pairs that survive the filter are
    most of them: as copies that is several times the embeddings, which lie on the disk.

    Examples:
        >>> rows = PickedRows(np.array([[1.0], [2.0], [3.0]]), np.array([2, 2, 0]))
        >>> rows.shape, rows[1:].tolist()
        ((3, 1), [[3.0], [1.0]])
    """

    ndim = 2

    def __init__(self, array: "Rows", numbers: np.ndarray) -> None:
        self._array = array  # (N, D)
        self._numbers = numbers  # (M,) int in [0, N)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._numbers), self._array.shape[1]

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, places: slice | np.ndarray) -> np.ndarray:
        return self._array[self._numbers[places]]

    def pick(self, places: np.ndarray) -> "PickedRows":
        """The rows at these places."""
        return PickedRows(self._array, self._numbers[places])


class ScaledRows:
    """Stands in for `array / lengths[:, None]` where that copy would not fit into memory.

    Examples:
        >>> ScaledRows(np.array([[2.0], [3.0]]), np.array([4.0, 1.0]))[:1].tolist()
        [[0.5]]
    """

    ndim = 2

    def __init__(self, array: "Rows", lengths: np.ndarray) -> None:
        self._array = array  # (M, D)
        self._lengths = lengths.astype(np.float32)  # (M,), above 0

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._array), self._array.shape[1]

    def __len__(self) -> int:
        return len(self._lengths)

    def __getitem__(self, places: slice | np.ndarray) -> np.ndarray:
        rows, lengths = self._array[places], self._lengths[places, None]
        return np.divide(rows, lengths, dtype=np.float32, casting="same_kind")


Rows = np.ndarray | PickedRows | ScaledRows
"""(M, D) numbers that are read block by block."""


def pick(rows: Rows, places: np.ndarray) -> PickedRows:
    """The rows (M,) at these places, not copied."""
    return rows.pick(places) if isinstance(rows, PickedRows) else PickedRows(rows, places)
