"""Image prototypes to images, with any Stable unCLIP that diffusers opens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, StableUnCLIPImg2ImgPipeline
from PIL import Image

from explorer.config import SynthesisConfig
from explorer.models.noise import generators_of, seeded_noise

SOLVER = DPMSolverMultistepScheduler
"""DPM-Solver++ of second order (Lu et al., arXiv 2211.01095), because it needs a fifth of the steps
of the solvers that weights are saved with."""

SPACING = "linspace"
"""Spreads the steps over the whole noise schedule. The `leading` of most saved schedules rounds the
distance down and so leaves the noisiest part out: 1 step would start in the middle, 400 at 80 %."""


class _SeededPipeline(StableUnCLIPImg2ImgPipeline):
    """Draws the noise on the embeddings in float32, as `seeded_noise` does that of the images.

    The original draws it in the precision of the weights, and a generator gives other numbers in
    half precision.
    """

    sees_prototypes = True

    def noise_image_embeddings(
        self,
        image_embeds: torch.Tensor,
        noise_level: int,
        noise: torch.Tensor | None = None,
        generator: Any = None,
    ) -> torch.Tensor:
        if not self.sees_prototypes:  # what guidance compares with, and training showed, as none
            return torch.zeros_like(image_embeds).repeat(1, 2)
        noise = seeded_noise(generator, image_embeds.shape[1:]).to(image_embeds)
        noised = StableUnCLIPImg2ImgPipeline.noise_image_embeddings
        made: torch.Tensor = noised(self, image_embeds, noise_level, noise=noise)
        return made


def open_stable_unclip(folder: Path, dtype: torch.dtype) -> Any:
    """The pipeline with the solver and the noise of this program."""
    pipeline = _SeededPipeline.from_pretrained(
        folder, dtype=dtype, use_safetensors=True, local_files_only=True
    )
    pipeline.scheduler = SOLVER.from_config(pipeline.scheduler.config, timestep_spacing=SPACING)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


class StableUnclip:
    """A frozen Stable unCLIP: draws from a prototype and a caption, in the space of a VAE."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        unet = pipeline.unet.config
        self.size = unet.sample_size * pipeline.vae_scale_factor
        """Side of an image in px."""
        self._noise_shape = (unet.in_channels, unet.sample_size, unet.sample_size)
        self._width = pipeline.image_normalizer.config.embedding_dim

    def draw(
        self,
        image_prototypes: np.ndarray | None,
        captions: list[str],
        seeds: list[int],
        config: SynthesisConfig,
        on_step: Callable[[int, int], None] | None = None,
    ) -> list[Image.Image]:
        pipeline = self._pipeline
        dtype, device = pipeline.unet.dtype, pipeline.device
        # With more, two noise levels would coincide, and the solver divides by their distance.
        steps = min(config.steps, pipeline.scheduler.config.num_train_timesteps - 1)
        generators = generators_of(seeds)
        pipeline.sees_prototypes = image_prototypes is not None
        if image_prototypes is None:
            image_prototypes = np.zeros((len(seeds), self._width), dtype=np.float32)
        drawn: list[Image.Image] = pipeline(
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
        return drawn

    @torch.no_grad()
    def _read(self, texts: list[str]) -> torch.Tensor:
        """What the pipeline makes of its prompts, without its warning about every long one."""
        tokenizer, text_encoder = self._pipeline.tokenizer, self._pipeline.text_encoder
        tokens = tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")
        states: torch.Tensor = text_encoder(tokens.input_ids.to(self._pipeline.device))[0]
        return states
