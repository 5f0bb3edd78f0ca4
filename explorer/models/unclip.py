"""Image prototypes to pictures, with any Stable unCLIP that diffusers opens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import diffusers.utils.logging
import numpy as np
import torch
import transformers.utils.logging
from diffusers import DPMSolverMultistepScheduler, StableUnCLIPImg2ImgPipeline
from PIL import Image
from safetensors import SafetensorError

from explorer.config import SynthesisConfig
from explorer.errors import BadDataError
from explorer.models.bundles import Bundle
from explorer.models.devices import half_on_cuda, pick_device
from explorer.models.weights import check_fit, find_weights

SOLVER = DPMSolverMultistepScheduler
"""DPM-Solver++ of second order (Lu et al., arXiv 2211.01095), because it needs a fifth of the steps
of the solvers that weights are saved with."""

SPACING = "linspace"
"""Spreads the steps over the whole noise schedule. The `leading` of most saved schedules rounds the
distance down and so leaves the noisiest part out: 1 step would start in the middle, 400 at 80 %."""

_NEEDED = (
    "model_index.json",
    "image_normalizer/config.json",
    "image_normalizer/diffusion_pytorch_model.safetensors",
    "image_encoder/model.safetensors",
    "text_encoder/model.safetensors",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
)
_DOWNLOAD = ("--include '*.json'", "--include '*.txt'", "--include '*.safetensors'")


class _SeededPipeline(StableUnCLIPImg2ImgPipeline):
    """Draws the noise on the embeddings in float32, as `seeded_noise` does that of the pictures.

    The original draws it in the precision of the weights, and a generator gives other numbers in
    half precision.
    """

    def noise_image_embeddings(self, image_embeds, noise_level, noise=None, generator=None):
        noise = seeded_noise(generator, image_embeds.shape[1:]).to(image_embeds)
        noised = StableUnCLIPImg2ImgPipeline.noise_image_embeddings
        return noised(self, image_embeds, noise_level, noise=noise)


class Decoder:
    """A frozen Stable unCLIP."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._drawing = Lock()  # the solver remembers its last steps: one batch at a time
        unet = pipeline.unet.config
        self.size = unet.sample_size * pipeline.vae_scale_factor
        """Side of a picture in px."""
        self._noise_shape = (unet.in_channels, unet.sample_size, unet.sample_size)

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
        pipeline = self._pipeline
        dtype, device = pipeline.unet.dtype, pipeline.device
        # With more, two noise levels would coincide, and the solver divides by their distance.
        steps = min(config.steps, pipeline.scheduler.config.num_train_timesteps - 1)
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
        with self._drawing:
            return pipeline(
                image_embeds=torch.tensor(image_prototypes).to(device, dtype),
                prompt_embeds=self._read(captions),
                negative_prompt_embeds=self._read([config.negative_prompt] * len(captions)),
                latents=seeded_noise(generators, self._noise_shape).to(device, dtype),
                generator=generators,
                num_inference_steps=steps,
                guidance_scale=config.guidance,
                noise_level=config.noise_level,
                callback=on_step and (lambda index, *_: on_step(index + 1, steps)),
            ).images

    @torch.no_grad()
    def _read(self, texts: list[str]) -> torch.Tensor:
        """What the pipeline makes of its prompts, without its warning about every long one."""
        tokenizer, text_encoder = self._pipeline.tokenizer, self._pipeline.text_encoder
        tokens = tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")
        return text_encoder(tokens.input_ids.to(self._pipeline.device))[0]


def load_decoder(bundle: Bundle, device: str = "auto") -> Decoder:
    """Opens a bundle's decoder from this machine's disk.

    Raises:
        ConfigError: Encoder and decoder do not fit together, or there is no such device.
        MissingDataError: The weights are not here.
    """
    check_fit(bundle)
    where = pick_device(device)
    folder = find_weights(bundle.decoder, _NEEDED, _DOWNLOAD)
    try:
        with _quiet_loading():
            pipeline = _SeededPipeline.from_pretrained(
                folder, dtype=half_on_cuda(where), use_safetensors=True, local_files_only=True
            )
    except (OSError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise BadDataError(f"The decoder {bundle.decoder} cannot be opened: {reason}") from error
    pipeline.scheduler = SOLVER.from_config(pipeline.scheduler.config, timestep_spacing=SPACING)
    pipeline.set_progress_bar_config(disable=True)
    return Decoder(pipeline.to(where))


def seeded_noise(generators: list[torch.Generator], shape: tuple[int, ...]) -> torch.Tensor:
    """Draws (len(generators), *shape) normal noise, row i from generator i alone.

    Batch size and order therefore never change a picture. The generators are the CPU's, because
    CUDA gives other numbers for the same seed. After StackedRandomGenerator in NVlabs/edm.
    """
    return torch.stack([torch.randn(shape, generator=generator) for generator in generators])


@contextmanager
def _quiet_loading() -> Iterator[None]:
    """Keeps the libraries' progress bars, one per part of the model, out of the log."""
    talkers = [
        library
        for library in (diffusers.utils.logging, transformers.utils.logging)
        if library.is_progress_bar_enabled()
    ]
    for library in talkers:
        library.disable_progress_bar()
    try:
        yield
    finally:
        for library in talkers:
            library.enable_progress_bar()
