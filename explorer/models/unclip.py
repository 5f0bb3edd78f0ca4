"""Image prototypes to images: opens any decoder that this program can draw with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import diffusers.utils.logging
import numpy as np
import torch
import transformers.utils.logging
from PIL import Image
from safetensors import SafetensorError

from explorer.config import SynthesisConfig
from explorer.errors import BadDataError
from explorer.models.batches import MicroBatches
from explorer.models.bundles import Bundle
from explorer.models.devices import ModelPool, half_on_cuda, pick_devices
from explorer.models.karlo import Karlo, open_karlo
from explorer.models.parts import KARLO, check_fit, decoder_kind, find_decoder
from explorer.models.stable_unclip import StableUnclip, open_stable_unclip


class Unclip(Protocol):
    """A frozen unCLIP on one device; it draws one batch at a time."""

    size: int

    def draw(
        self,
        image_prototypes: np.ndarray | None,
        captions: list[str],
        seeds: list[int],
        config: SynthesisConfig,
        on_step: Callable[[int, int], None] | None = None,
    ) -> list[Image.Image]:
        """As `Decoder.draw`."""


class Decoder:
    """A frozen unCLIP, on one device or several."""

    def __init__(self, models: Sequence[Unclip]) -> None:
        self.size = models[0].size
        """Side of an image in px."""
        self.workers = len(models)
        """Threads that can draw at once."""
        self._pool = ModelPool(models)
        self._batches = MicroBatches("images")

    def draw(
        self,
        image_prototypes: np.ndarray | None,
        captions: list[str],
        seeds: list[int],
        config: SynthesisConfig,
        on_step: Callable[[int, int], None] | None = None,
    ) -> list[Image.Image]:
        """Draws one image per prototype.

        Image i depends on its own prototype, caption and seed alone: not on the batch it is drawn
        in (up to rounding), nor on its place there.

        Args:
            image_prototypes: (B, D), not normalised; None draws from the captions alone.
            captions: (B,) what each image shows.
            seeds: (B,) where the noise of each image starts.
            config: How to draw; `config.seed` is not looked at.
            on_step: Called with the steps done and their number. What it raises ends the drawing.
        """
        with self._pool.one() as model:

            def draw(rows: slice) -> list[Image.Image]:
                prototypes = None if image_prototypes is None else image_prototypes[rows]
                return model.draw(prototypes, captions[rows], seeds[rows], config, on_step)

            return [image for part in self._batches.each(len(seeds), draw) for image in part]


def load_decoder(bundle: Bundle, device: str = "auto") -> Decoder:
    """Opens a bundle's decoder from this machine's disk.

    Raises:
        ConfigError: Encoder and decoder do not fit together, or there is no such device.
        MissingDataError: The weights are not here.
    """
    check_fit(bundle)
    devices, folder = pick_devices(device), find_decoder(bundle.decoder)
    try:
        with _quiet_loading():
            return Decoder([_open(folder, each) for each in devices])
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise BadDataError(f"The decoder {bundle.decoder} cannot be opened: {reason}") from error


def _open(folder: Path, device: torch.device) -> Unclip:
    dtype = half_on_cuda(device)
    if decoder_kind(folder) in KARLO:
        return Karlo(open_karlo(folder, dtype).to(device))
    return StableUnclip(open_stable_unclip(folder, dtype).to(device))


@contextmanager
def _quiet_loading() -> Iterator[None]:
    """Keeps out of the log what libraries say while they load.

    That is a progress bar per part of a model, and that Karlo's pipeline will not change any more.
    """
    talkers = [
        library
        for library in (diffusers.utils.logging, transformers.utils.logging)
        if library.is_progress_bar_enabled()
    ]
    verbosity = diffusers.utils.logging.get_verbosity()
    diffusers.utils.logging.set_verbosity_error()
    for library in talkers:
        library.disable_progress_bar()
    try:
        yield
    finally:
        diffusers.utils.logging.set_verbosity(verbosity)
        for library in talkers:
            library.enable_progress_bar()
