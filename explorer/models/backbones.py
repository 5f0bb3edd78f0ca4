"""Pictures to what a frozen classifier says of them: the image side of a student."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from PIL import Image
from safetensors import SafetensorError
from torchvision.transforms import Normalize

from explorer.errors import BadDataError
from explorer.models.batches import Portions
from explorer.models.devices import pick_devices
from explorer.models.parts import find_backbone
from explorer.models.pixels import placed, to_bytes, to_input

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
_AS_CLIP = Normalize(CLIP_MEAN, CLIP_STD)  # whatever a network was trained on, as the reference
LARGEST_PX = 224
"""The reference implementation shows every network pictures of this size, whatever it was trained
on; only a network that accepts one size alone gets its own, if that is larger."""


class Backbone:
    """A frozen timm network, its classifier kept: features are its outputs before any softmax."""

    def __init__(self, name: str, network: Any, device: torch.device) -> None:
        self.name = name
        """For people: timm's name, or the folder's."""
        self._network = placed(network, device)
        self._device = device
        self._portions = Portions("pictures")
        self._size = _size(network.pretrained_cfg)

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """The (H, W, 3) uint8 input of `features`; may be called from several threads.

        The reference implementation squashes every picture, so published numbers rest on it; the
        built-in networks were trained on the same.
        """
        size = (self._size, self._size)
        return to_bytes(image.convert("RGB").resize(size, Image.Resampling.BICUBIC))

    @torch.inference_mode()
    def features(self, images: torch.Tensor) -> np.ndarray:
        """Class scores of (B, H, W, 3) prepared pictures as (B, F) float32 rows."""

        def score(rows: slice) -> np.ndarray:
            pixels = to_input(images[rows], _AS_CLIP, self._device)
            return self._network(pixels).float().cpu().numpy()

        return np.concatenate(self._portions.each(len(images), score))


def load_backbone(name: str, device: str = "auto") -> Backbone:
    """Opens a network from this machine's disk.

    Args:
        name: A timm model name, or the absolute path of a folder that timm saved.
        device: As `pick_devices` takes it; the first one is used.

    Raises:
        UnknownNameError: timm has no weights of this name.
        MissingDataError: The weights are not here.
    """
    where = pick_devices(device)[0]
    folder = find_backbone(name)
    try:
        network = timm.create_model(f"local-dir:{folder}", pretrained=True)
    except SafetensorError as error:
        raise BadDataError(f"The weights of {name} are damaged: {error}.") from error
    return Backbone(Path(name).name, network, where)


def _size(config: Mapping[str, Any]) -> int:
    """Side in pixels of the square pictures that a network is shown."""
    size = config["input_size"][-1]
    return size if config.get("fixed_input_size") else min(size, LARGEST_PX)
