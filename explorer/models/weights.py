"""Where a model's files lie on this machine. Nothing is ever downloaded here.

Weights are gigabytes, so fetching them is a command that a person gives: what is missing fails at
once, without waiting for a network, and says which command brings it.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

from explorer.errors import ConfigError, MissingDataError
from explorer.models.bundles import ASSETS, Bundle

_LFS_POINTER = b"version https://git-lfs"


def find_weights(model: str, needed: Sequence[str], download: Sequence[str]) -> Path:
    """The folder in which a model's files lie.

    Args:
        model: The absolute path of a folder, or `owner/name` on the Hugging Face Hub.
        needed: Files that must be there, relative to the folder.
        download: What follows `hf download owner/name` on the command line to bring them.

    Raises:
        MissingDataError: Some of `needed` are not there, or only as Git LFS pointers.
    """
    if Path(model).is_absolute():
        folder = Path(model)
        cure = "Bring it back with: git restore assets"
        if not folder.is_relative_to(ASSETS):
            cure = "Put the files there, or name another folder."
    else:
        folder = _cached_snapshot(model)
        cure = f"Bring it with: hf download {' '.join([model, *download])}"
    missing = [name for name in needed if not (folder / name).is_file()]
    if len(missing) == len(needed):
        raise MissingDataError(f"The model {model} is not on this machine. {cure}")
    if missing:
        raise MissingDataError(f"The model {model} lacks {', '.join(missing)} here. {cure}")
    if any(_is_pointer(folder / name) for name in needed):
        raise MissingDataError(
            f"The weights of {model} are only Git LFS pointers here. Bring them with: git lfs pull"
        )
    return folder


def check_fit(bundle: Bundle) -> None:
    """Raises `ConfigError` unless the decoder takes embeddings of the width the encoder makes.

    Reads configuration files only; one that is not on this machine is passed over, because
    opening that model says so better.
    """
    makes = _number(bundle.encoder, "open_clip_config.json", "model_cfg", "embed_dim")
    takes = _number(bundle.decoder, "image_normalizer/config.json", "embedding_dim")
    if makes not in (None, bundle.dim):
        raise ConfigError(
            f"The encoder {bundle.encoder} makes embeddings {makes} wide, "
            f"but bundle {bundle.name!r} says {bundle.dim}."
        )
    if takes not in (None, bundle.dim):
        raise ConfigError(
            f"The encoder of bundle {bundle.name!r} makes embeddings {bundle.dim} wide, but the "
            f"decoder {bundle.decoder} takes {takes}: choose two that fit together."
        )


def _number(model: str, file: str, *keys: str) -> int | None:
    folder = Path(model) if Path(model).is_absolute() else _cached_snapshot(model)
    if not (folder / file).is_file():
        return None
    value = json.loads((folder / file).read_text())
    for key in keys:
        value = value.get(key, {})
    return value or None


def _cached_snapshot(model: str) -> Path:
    """Where the Hub's client keeps a repository; a folder that is not there if it has none."""
    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return Path(model)


def _is_pointer(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_LFS_POINTER)) == _LFS_POINTER
