"""A folder that `save_to_disk` of `datasets` wrote: Arrow files with a state.json beside them."""

import json
from dataclasses import replace
from pathlib import Path, PurePosixPath

from explorer.data.formats.hub import reading_of
from explorer.data.reading.folder import subfolders
from explorer.data.reading.json_lists import parse
from explorer.data.reading.text import read_text
from explorer.data.records import Reading
from explorer.errors import BadDataError

NAME = "Hugging Face dataset saved to disk"
_PARTS = "dataset_dict.json"
LAYOUT = "dataset_dict.json, or state.json and dataset_info.json, as `save_to_disk` writes them"


def signs(folder: Path) -> list[Path]:
    """Those in the folder itself, or in the only one below it that has any."""
    below = [*filter(None, map(_signs_in, subfolders(folder)))]
    return _signs_in(folder) or (below[0] if len(below) == 1 else [])


def _signs_in(folder: Path) -> list[Path]:
    if (folder / _PARTS).is_file():
        return [folder / _PARTS]
    files = [folder / name for name in ("state.json", "dataset_info.json")]
    return files if all(path.is_file() for path in files) else []


def read(folder: Path) -> Reading | None:
    files = signs(folder)
    if not files:
        return None
    folder = files[0].parent
    parts = [folder]
    if files[0].name == _PARTS:
        parts = sorted(path.parent for path in folder.glob("*/state.json"))
    from datasets import Dataset, DatasetDict, load_from_disk  # late: it takes seconds

    for part in parts:
        _check_files(part / "state.json")
    try:
        found = load_from_disk(str(folder))
    except (OSError, ValueError, KeyError, RuntimeError, json.JSONDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise BadDataError(f"{folder} cannot be opened as a saved dataset: {reason}") from error
    tables = found if isinstance(found, DatasetDict) else {"train": found}
    assert all(isinstance(each, Dataset) for each in tables.values())
    return replace(reading_of(tables, str(folder)), files=files)


def _check_files(state: Path) -> None:
    """Refuses files that are not in the folder itself: a state may name anything."""
    try:
        values = parse(read_text(state))
        names = [each["filename"] for each in values["_data_files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadDataError(f"{state} does not say which files the dataset has.") from error
    if not names:
        raise BadDataError(
            f"{state.parent} is saved without rows, which `datasets` does not open; take it out, "
            f"also out of the list in {_PARTS}."
        )
    for name in names:
        path = state.parent / str(name)
        if PurePosixPath(str(name)).name != name or path.is_symlink():
            raise BadDataError(f"{state} names the file {name!r}, which is not beside it.")
