"""Where a model's files lie on this machine. Nothing is ever downloaded here.

Weights are gigabytes, so fetching them is a command that a person gives: what is missing fails at
once, without waiting for a network, and says which command brings it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

from explorer.errors import BadDataError, MissingDataError
from explorer.models.bundles import ASSETS, split_version

_LFS_POINTER = b"version https://git-lfs"


def find_weights(model: str, needed: Sequence[str], download: Sequence[str]) -> Path:
    """The folder in which a model's files lie.

    Args:
        model: The absolute path of a folder, or `owner/name` or `owner/name@version` on the
            Hugging Face Hub.
        needed: Files that must be there, relative to the folder.
        download: What follows `hf download owner/name` on the command line to bring them.

    Raises:
        MissingDataError: Some of `needed` are not there, or only as Git LFS pointers.
        BadDataError: Weights are there, but only as pickles.
    """
    folder = model_folder(model)
    cure = _cure(model, download)
    missing = [name for name in needed if not (folder / name).is_file()]
    if len(missing) == len(needed):
        raise MissingDataError(f"The model {model} is not on this machine. {cure}")
    if pickles := [name for name in missing if _has_pickle(folder / name)]:
        raise BadDataError(
            f"The model {model} has no {pickles[0]}, only .bin files beside it: they can run any "
            "code when they are opened, so they never are. Name a version with .safetensors files."
        )
    if missing:
        if not Path(model).is_absolute():
            cure += " (where that brings nothing, this version has no .safetensors files)"
        raise MissingDataError(f"The model {model} lacks {', '.join(missing)} here. {cure}")
    if any(_is_pointer(folder / name) for name in needed):
        raise MissingDataError(
            f"The weights of {model} are only Git LFS pointers here. Bring them with: git lfs pull"
        )
    return folder


def model_folder(model: str) -> Path:
    """Where a model's files would lie; the folder may not be there."""
    if Path(model).is_absolute():
        return Path(model)
    name, version = split_version(model)
    try:
        return Path(snapshot_download(name, revision=version or None, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return Path(model)


def read_json(path: Path) -> dict[str, Any]:
    """A model's configuration; empty where there is no such file."""
    if not path.is_file():
        return {}
    try:
        read: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return read
    except ValueError as error:
        raise BadDataError(f"{path} is damaged: {error}.") from error


def _cure(model: str, download: Sequence[str]) -> str:
    if Path(model).is_relative_to(ASSETS):
        return "Bring it back with: git restore assets"
    if Path(model).is_absolute():
        return "Put the files there, or name another folder."
    name, version = split_version(model)
    revision = [f"--revision {version}"] if version else []
    return f"Bring it with: hf download {' '.join([name, *revision, *download])}"


def _has_pickle(path: Path) -> bool:
    return path.suffix == ".safetensors" and any(path.parent.glob("*.bin"))


def _is_pointer(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_LFS_POINTER)) == _LFS_POINTER
