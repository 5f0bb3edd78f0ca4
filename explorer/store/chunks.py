"""Long arrays written piece by piece, so that a kill loses at most the piece in progress."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from explorer.store.writing import make_array, own_name


class Chunks:
    """Numbered pieces, each a folder with the same .npy files and a few notes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def has(self, number: int) -> bool:
        return self._piece(number).exists()

    def write(
        self, number: int, arrays: Mapping[str, np.ndarray], notes: Mapping[str, Any]
    ) -> None:
        """Puts a piece down as a whole; one that another process put there stays."""
        aside = self.folder / own_name(str(number))
        aside.mkdir()
        for name, array in arrays.items():
            np.save(aside / f"{name}.npy", array, allow_pickle=False)
        (aside / "notes.json").write_text(json.dumps(notes))
        try:
            aside.rename(self._piece(number))
        except OSError:
            shutil.rmtree(aside)
            if not self.has(number):
                raise

    def names(self, number: int) -> set[str]:
        """Of the arrays of a piece."""
        return {path.stem for path in self._piece(number).glob("*.npy")}

    def notes(self, number: int) -> dict[str, Any]:
        notes: dict[str, Any] = json.loads((self._piece(number) / "notes.json").read_bytes())
        return notes

    def join(self, name: str, n_pieces: int, target: Path) -> Path:
        """Writes pieces 0 to n_pieces - 1 of one array behind each other; little memory is used.

        A piece without the array adds nothing, but one of them must have it.
        """
        paths = [self._piece(number) / f"{name}.npy" for number in range(n_pieces)]
        parts = [
            np.load(path, mmap_mode="r", allow_pickle=False) for path in paths if path.exists()
        ]
        shape = (sum(len(part) for part in parts), *parts[0].shape[1:])
        if shape[0] == 0:
            np.save(target, np.empty(shape, parts[0].dtype))
            return target
        joined = make_array(target, parts[0].dtype, shape)
        start = 0
        for part in parts:
            joined[start : start + len(part)] = part
            start += len(part)
        joined.flush()
        return target

    def join_blobs(self, name: str, n_pieces: int, folder: Path) -> dict[str, Path]:
        """Joins byte strings that `ragged.pack` joined in each piece, with `<name>_length`.

        Returns:
            Paths in `folder` of `name` and `<name>_offsets`, as `ragged.Blobs` reads them.
        """
        blob = self.join(name, n_pieces, folder / f"{name}.npy")
        lengths = self.join(f"{name}_length", n_pieces, folder / f"{name}_length.npy")
        offsets = np.concatenate([[0], np.cumsum(np.load(lengths))]).astype(np.int64)
        path = folder / f"{name}_offsets.npy"
        np.save(path, offsets)
        return {name: blob, f"{name}_offsets": path}

    def _piece(self, number: int) -> Path:
        return self.folder / f"{number:06d}"
