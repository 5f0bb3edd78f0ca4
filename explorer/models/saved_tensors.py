"""Tensors that PyTorch saved, read without running anything that stands in the file."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explorer.errors import BadDataError


def read_tensors(path: Path) -> dict[str, Any]:
    """What `torch.save` wrote: arrays by name, lists of arrays, and numbers.

    A tensor alone stands under "". Raises `BadDataError` where the file holds anything else, or
    objects that only code could make, or where it would become much more than it is.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                if any(each.compress_type for each in file.infolist()):
                    raise BadDataError(
                        f"{path} is packed, as torch.save packs nothing; save it anew."
                    )
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, BadDataError):
        raise
    except Exception as error:  # of many kinds, as the file is damaged
        if "weights_only" not in str(error):
            raise BadDataError(f"{path} is no file that torch.save wrote.") from error
        raise BadDataError(
            f"{path} holds objects besides tensors, which are not opened here, because that runs "
            "code of whoever wrote them. Who trusts the file can save what is in it: python -c "
            f"\"import torch; torch.save(dict(torch.load('{path.name}', weights_only=False)), "
            f"'tensors-{path.name}')\""
        ) from error
    if not isinstance(found, Mapping):
        found = {"": found}
    return {str(name): _plain(path, each) for name, each in found.items()}


def _plain(path: Path, value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        kept = value.detach()
        if kept.layout != torch.strided or kept.is_quantized or kept.is_meta or kept.is_complex():
            raise BadDataError(f"{path} holds a tensor of another kind than plain numbers.")
        if kept.numel() * kept.element_size() > kept.untyped_storage().nbytes():
            shape = " x ".join(map(str, kept.shape))
            raise BadDataError(f"{path} holds a tensor that repeats numbers, of {shape}; clone it.")
        array: np.ndarray = (kept.float() if kept.is_floating_point() else kept).numpy()
        return array
    if isinstance(value, list | tuple):
        return [_plain(path, each) for each in value]
    if isinstance(value, int | float | str | None):
        return value
    raise BadDataError(f"{path} holds {type(value).__name__} where a tensor was expected.")
