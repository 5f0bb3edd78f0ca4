"""Image prototypes to images, with Karlo: an unCLIP that draws pixels, small and then larger.

Kakao Brain's replication of unCLIP (Ramesh et al., arXiv 2204.06125). Its decoder was trained to
draw from an image's embedding with an empty caption, so captions do not enter here.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    UnCLIPImageVariationPipeline,
    UNet2DConditionModel,
    UNet2DModel,
)
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from diffusers.schedulers.scheduling_unclip import UnCLIPScheduler, UnCLIPSchedulerOutput
from PIL import Image
from transformers import CLIPTextModelWithProjection, CLIPTokenizer

from explorer.config import SynthesisConfig
from explorer.models.noise import generators_of, seeded_noise
from explorer.models.parts import check_karlo

SUPER_STEPS = 7
"""Steps that enlarge the image; the last one has a network of its own that was trained for it."""


_NETWORKS = {
    "text_proj": UnCLIPTextProjModel,
    "text_encoder": CLIPTextModelWithProjection,
    "decoder": UNet2DConditionModel,
    "super_res_first": UNet2DModel,
    "super_res_last": UNet2DModel,
}


class _WatchedPipeline(UnCLIPImageVariationPipeline):
    """Takes embeddings alone, and calls `on_step` where the original moves a progress bar."""

    on_step: Callable[[], None]

    def _encode_image(
        self,
        image: None,
        device: torch.device,
        num_images_per_prompt: int,
        image_embeddings: torch.Tensor | None = None,
    ) -> torch.Tensor | None:
        return image_embeddings

    def progress_bar(self, timesteps: Iterable[Any]) -> Iterator[Any]:
        for timestep in timesteps:
            yield timestep
            self.on_step()


class _SeededScheduler(UnCLIPScheduler):
    """Steps in float32, because a generator gives other numbers in half precision."""

    def step(self, model_output: Any, timestep: Any, sample: Any, *rest: Any, **more: Any) -> Any:
        stepped: Any = super().step(model_output.float(), timestep, sample.float(), *rest, **more)
        return UnCLIPSchedulerOutput(prev_sample=stepped.prev_sample.to(sample.dtype))


def open_karlo(folder: Path, dtype: torch.dtype) -> Any:
    """The pipeline without the encoder of images, which nothing here needs.

    Part by part, because diffusers has moved a class that the saved pipeline names, and does not
    find it any more.
    """
    how = {"dtype": dtype, "use_safetensors": True, "local_files_only": True}
    return _WatchedPipeline(
        **{name: kind.from_pretrained(folder / name, **how) for name, kind in _NETWORKS.items()},
        tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True),
        decoder_scheduler=_SeededScheduler.from_pretrained(folder / "decoder_scheduler"),
        super_res_scheduler=_SeededScheduler.from_pretrained(folder / "super_res_scheduler"),
        feature_extractor=None,
        image_encoder=None,
    )


class Karlo:
    """A frozen Karlo decoder with its two super-resolution networks."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        small, large = pipeline.decoder.config, pipeline.super_res_first.config
        self.size = large.sample_size
        self._small_shape = (small.in_channels, small.sample_size, small.sample_size)
        self._large_shape = (large.in_channels // 2, large.sample_size, large.sample_size)

    def draw(
        self,
        image_prototypes: np.ndarray | None,
        captions: list[str],
        seeds: list[int],
        config: SynthesisConfig,
        on_step: Callable[[int, int], None] | None = None,
    ) -> list[Image.Image]:
        """As `Decoder.draw`; captions are not read."""
        check_karlo(config, from_prototypes=image_prototypes is not None)
        pipeline = self._pipeline
        dtype, device = pipeline.decoder.dtype, pipeline.device
        generators = generators_of(seeds)
        pipeline.on_step = _count(on_step, config.steps + SUPER_STEPS)
        drawn: list[Image.Image] = pipeline(
            image_embeddings=torch.tensor(image_prototypes).to(device, dtype),
            decoder_latents=seeded_noise(generators, self._small_shape).to(device, dtype),
            super_res_latents=seeded_noise(generators, self._large_shape).to(device, dtype),
            generator=generators,
            decoder_num_inference_steps=config.steps,
            super_res_num_inference_steps=SUPER_STEPS,
            decoder_guidance_scale=config.guidance,
        ).images
        return drawn


def _count(on_step: Callable[[int, int], None] | None, total: int) -> Callable[[], None]:
    """Tells `on_step` at each call how many there were."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if on_step:
            on_step(done, total)

    return count
