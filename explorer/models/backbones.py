"""Pictures to what a frozen classifier says of them: the image side of a student."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from PIL import Image
from safetensors import SafetensorError
from torchvision.transforms import v2

from explorer.errors import BadDataError
from explorer.models.batches import Portions
from explorer.models.devices import pick_devices
from explorer.models.parts import find_backbone

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
LARGEST_PX = 224
"""The reference implementation shows every network pictures of this size, whatever it was trained
on; only a network that accepts one size alone gets its own, if that is larger."""


class Backbone:
    """A frozen timm network, its classifier kept: features are its outputs before any softmax."""

    def __init__(self, name: str, network: Any, device: torch.device) -> None:
        self.name = name
        """For people: timm's name, or the folder's."""
        self._network = network.eval().requires_grad_(False).to(device)
        self._device = device
        self._portions = Portions("pictures")
        self._prepare = _preparation(network.pretrained_cfg)

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """The (3, H, W) float32 input of `features`; may be called from several threads."""
        return self._prepare(image.convert("RGB"))

    @torch.inference_mode()
    def features(self, images: torch.Tensor) -> np.ndarray:
        """Class scores of (B, 3, H, W) prepared pictures as (B, F) float32 rows."""

        def score(rows: slice) -> np.ndarray:
            return self._network(images[rows].to(self._device)).float().cpu().numpy()

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


def _preparation(config: Mapping[str, Any]) -> Callable[[Image.Image], torch.Tensor]:
    """Squashes to the network's size and scales with CLIP's mean and deviation.

    The reference implementation does so for every network, so published numbers rest on it; the
    built-in networks were trained on the same.
    """
    size = config["input_size"][-1]
    if not config.get("fixed_input_size"):
        size = min(size, LARGEST_PX)
    return v2.Compose(
        [
            v2.Resize((size, size), v2.InterpolationMode.BICUBIC),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(CLIP_MEAN, CLIP_STD),
        ]
    )
