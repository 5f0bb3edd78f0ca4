"""Images to what a frozen classifier says of them: the image side of a student."""

from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from PIL import Image
from safetensors import SafetensorError
from torch.func import functional_call
from torch.nn import functional
from torchvision.transforms import Normalize

from explorer.errors import BadDataError
from explorer.models.batches import MicroBatches
from explorer.models.devices import pick_devices
from explorer.models.parts import find_backbone
from explorer.models.pixels import placed, to_bytes, to_input

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
_AS_CLIP = Normalize(CLIP_MEAN, CLIP_STD)  # whatever a network was trained on, as the reference
LARGEST_PX = 224
"""The reference implementation shows every network images of this size, whatever it was trained
on; only a network that accepts one size alone gets its own, if that is larger."""

_EXACT = 32  # exact images that are seen at once


class Backbone:
    """A frozen timm network, its classifier kept: features are its outputs before any softmax."""

    def __init__(self, name: str, network: Any, device: torch.device) -> None:
        self.name = name
        """For people: timm's name, or the folder's."""
        self.origin: tuple[str, str] | None = None
        """What `load_backbone` was given; a process that it is sent to loads it again."""
        self._network = placed(network, device)
        self.device = device
        self._batches = MicroBatches("images")
        self.size = _size(network.pretrained_cfg)
        """Side in pixels of the square images that it is shown."""

    def __reduce__(self) -> Any:
        if self.origin is None:
            raise TypeError("a network that was not loaded from files")
        return load_backbone, self.origin

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """The (H, W, 3) uint8 input of `features`; may be called from several threads.

        The reference implementation squashes every image, so published numbers rest on it; the
        built-in networks were trained on the same.
        """
        size = (self.size, self.size)
        return to_bytes(image.convert("RGB").resize(size, Image.Resampling.BICUBIC))

    @torch.inference_mode()
    def features(self, images: torch.Tensor) -> np.ndarray:
        """Class scores of (B, H, W, 3) prepared images as (B, F) float32 rows."""

        def score(rows: slice) -> np.ndarray:
            pixels = to_input(images[rows], _AS_CLIP, self.device)
            scores: torch.Tensor = self._network(pixels)
            return scores.float().cpu().numpy()

        return np.concatenate(self._batches.each(len(images), score))

    @cached_property
    def width(self) -> int:
        """F, how many class scores it gives."""
        with torch.no_grad():
            return self.encode(torch.zeros(1, 3, self.size, self.size)).shape[1]

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        """By name, in the network's order; without running statistics, which stay as they are."""
        return dict(self._network.named_parameters())

    def encode(
        self, images: torch.Tensor, weights: Mapping[str, torch.Tensor] | None = None
    ) -> torch.Tensor:
        """Class scores (B, F) of (B, 3, H, W) images, [0, 1] and beyond; differentiable in them.

        With other `weights` than its own, the scores are differentiable in those, too.
        """
        pixels = images.to(self.device)
        size = (self.size, self.size)
        if pixels.shape[2:] != size:
            pixels = functional.interpolate(pixels, size, mode="bicubic", antialias=True)
        pixels = _AS_CLIP(pixels).contiguous(memory_format=torch.channels_last)
        own = None if weights is None else partial(functional_call, self._network, dict(weights))
        scores: torch.Tensor = (own or self._network)(pixels)
        return scores.float()

    @torch.inference_mode()
    def exact_features(self, images: np.ndarray) -> np.ndarray:
        """Class scores (K, F) of (K, 3, H, W) float32 images, [0, 1] and beyond."""
        parts = torch.from_numpy(np.array(images)).split(_EXACT)
        return torch.cat([self.encode(part) for part in parts]).cpu().numpy()


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
    backbone = Backbone(Path(name).name, network, where)
    backbone.origin = name, device
    return backbone


def _size(config: Mapping[str, Any]) -> int:
    """Side in pixels of the square images that a network is shown."""
    size: int = config["input_size"][-1]
    return size if config.get("fixed_input_size") else min(size, LARGEST_PX)
