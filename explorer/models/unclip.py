"""Image prototypes to pictures: opens any decoder that this program can draw with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import diffusers.utils.logging
import numpy as np
import transformers.utils.logging
from PIL import Image
from safetensors import SafetensorError

from explorer.config import SynthesisConfig
from explorer.errors import BadDataError
from explorer.models.bundles import Bundle
from explorer.models.devices import half_on_cuda, pick_device
from explorer.models.karlo import Karlo, open_karlo
from explorer.models.parts import KARLO, check_fit, decoder_kind, find_decoder
from explorer.models.stable_unclip import StableUnclip, open_stable_unclip


class Decoder(Protocol):
    """A frozen unCLIP."""

    size: int
    """Side of a picture in px."""

    def draw(
        self,
        image_prototypes: np.ndarray,
        captions: list[str],
        seeds: list[int],
        config: SynthesisConfig,
        on_step: Callable[[int, int], None] | None = None,
    ) -> list[Image.Image]:
        """Draws one picture per prototype.

        Picture i depends on its own prototype, caption and seed alone: not on the batch it is drawn
        in (up to rounding), nor on its place there.

        Args:
            image_prototypes: (B, D), not normalised.
            captions: (B,) what each picture shows.
            seeds: (B,) where the noise of each picture starts.
            config: How to draw; `config.seed` is not looked at.
            on_step: Called with the steps done and their number. What it raises ends the drawing.
        """


def load_decoder(bundle: Bundle, device: str = "auto") -> Decoder:
    """Opens a bundle's decoder from this machine's disk.

    Raises:
        ConfigError: Encoder and decoder do not fit together, or there is no such device.
        MissingDataError: The weights are not here.
    """
    check_fit(bundle)
    where = pick_device(device)
    folder, dtype = find_decoder(bundle.decoder), half_on_cuda(where)
    try:
        with _quiet_loading():
            if decoder_kind(folder) in KARLO:
                return Karlo(open_karlo(folder, dtype).to(where))
            return StableUnclip(open_stable_unclip(folder, dtype).to(where))
    except (OSError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise BadDataError(f"The decoder {bundle.decoder} cannot be opened: {reason}") from error


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
