"""Results that come with the program, so that its own world opens without computing.

<folder>/<step>/<key>/    as in a store; where rows of an array repeat, `<name>.npy` holds each
                          once and `<name>.rows.npy` says which of them stands where
"""

import json
import logging
import shutil
from pathlib import Path

import numpy as np

from explorer.store.digests import file_digest
from explorer.store.reading import read_object
from explorer.store.writing import own_name, write_aside

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parents[2] / "assets" / "prepared"
MANIFEST = "manifest.json"
_ROWS = ".rows.npy"
_FEWER = 0.8
"""Rows are kept once where at most this share of them differ."""


def unpack(source: Path, folder: Path) -> bool:
    """Makes a result of a store from a shipped one.

    Returns:
        Whether `folder` is there now; a shipped result that is not as it was made is left alone.
    """
    if not (source / MANIFEST).is_file():
        return False
    aside = folder.with_name(own_name(folder.name))
    aside.mkdir(parents=True)
    digests = read_object(source / MANIFEST)["digests"]
    for name in digests:
        array = np.load(source / f"{name}.npy", allow_pickle=False)
        rows = source / f"{name}{_ROWS}"
        array = array[np.load(rows, allow_pickle=False)] if rows.exists() else array
        np.save(aside / f"{name}.npy", array, allow_pickle=False)
    changed = [name for name in digests if file_digest(aside / f"{name}.npy") != digests[name]]
    if changed:
        log.warning("%s is not as it was made (%s); it is not used.", source, ", ".join(changed))
        shutil.rmtree(aside)
        return False
    shutil.copyfile(source / MANIFEST, aside / MANIFEST)
    try:
        aside.rename(folder)
    except OSError:  # somebody else was first
        shutil.rmtree(aside)
    return folder.exists()


def pack(folder: Path, target: Path) -> None:
    """Writes a result of a store as one that can be shipped."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    manifest = read_object(folder / MANIFEST)
    for name in manifest["sizes"]:
        array = np.load(folder / f"{name}.npy", allow_pickle=False)
        if array.ndim > 1:
            different, rows = np.unique(array, axis=0, return_inverse=True)
            if len(different) <= _FEWER * len(array):
                np.save(target / f"{name}{_ROWS}", rows.astype(np.int32), allow_pickle=False)
                array = different
        np.save(target / f"{name}.npy", array, allow_pickle=False)
    write_aside(target / MANIFEST, json.dumps(manifest).encode())
