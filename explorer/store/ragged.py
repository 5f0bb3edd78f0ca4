"""Columns of texts or files as two arrays, so that a million of them can be memory-mapped."""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import overload

import numpy as np


def pack(values: Iterable[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Joins byte strings.

    Returns:
        blob: (total,) uint8.
        offsets: (N + 1,) int64; value i is blob[offsets[i]:offsets[i + 1]].

    Examples:
        >>> blob, offsets = pack([b"ab", b"", b"c"])
        >>> offsets.tolist()
        [0, 2, 2, 3]
    """
    parts = list(values)
    offsets = np.zeros(len(parts) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return np.frombuffer(b"".join(parts), dtype=np.uint8), offsets


class Blobs(Sequence[bytes]):
    """Reads what `pack` joined, one value at a time."""

    def __init__(self, blob: np.ndarray, offsets: np.ndarray) -> None:
        self._blob, self._starts, self._stops = blob, offsets[:-1], offsets[1:]

    def __len__(self) -> int:
        return len(self._starts)

    def pick(self, places: np.ndarray) -> "Blobs":
        """The values at these places; they are not copied."""
        picked = copy(self)
        picked._starts, picked._stops = self._starts[places], self._stops[places]
        return picked

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        i = range(len(self))[index]  # IndexError outside, negative numbers from the end
        return self._blob[self._starts[i] : self._stops[i]].tobytes()


class Texts(Sequence[str]):
    """Like `Blobs`, for texts in UTF-8."""

    def __init__(self, blob: np.ndarray, offsets: np.ndarray) -> None:
        self._blobs = Blobs(blob, offsets)

    def __len__(self) -> int:
        return len(self._blobs)

    def pick(self, places: np.ndarray) -> "Texts":
        """The texts at these places; they are not copied."""
        picked = copy(self)
        picked._blobs = self._blobs.pick(places)
        return picked

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [each.decode() for each in self._blobs[index]]
        return self._blobs[int(index)].decode()


def pack_texts(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    return pack(text.encode() for text in texts)
