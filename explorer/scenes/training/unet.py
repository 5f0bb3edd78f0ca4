"""Trains the UNet of the built-in decoder and writes the whole Stable unCLIP pipeline.

The image's CLIP embedding and its caption are each left out of some steps, so that guidance
works; noise goes on the embedding at every level, so that `noise_level` means something.
"""

import copy
import logging
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np
import open_clip
import torch
from diffusers import (
    AutoencoderKL,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    StableUnCLIPImg2ImgPipeline,
    UNet2DConditionModel,
)
from diffusers.models.attention_processor import AttnProcessor
from diffusers.models.embeddings import get_timestep_embedding
from diffusers.pipelines.stable_diffusion.stable_unclip_image_normalizer import (
    StableUnCLIPImageNormalizer,
)
from transformers import AutoTokenizer, CLIPImageProcessor, CLIPTextModel

from explorer.scenes.pen import SIZE
from explorer.scenes.training import vae as vae_training
from explorer.scenes.training.clip import MEAN, STD, as_input, as_tokens
from explorer.scenes.training.draws import N_TRAIN, Draws, load_draws
from explorer.scenes.training.loop import Step, arguments, begin, half, train
from explorer.scenes.training.towers import image_tower, text_tower
from explorer.scenes.world import N_CAPTIONS

logger = logging.getLogger(__name__)

BETAS = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2"}
CAPTION_WEIGHTS = (0.06, 0.08, 0.12, 0.28, 0.46)
"""How often each of the five captions is trained on."""
DROP_IMAGE, DROP_TEXT, DROP_BOTH = 0.1, 0.15, 0.05
"""Shares of steps without the image's embedding, without the caption, without either."""


def make_unet(dim: int, text_width: int) -> UNet2DConditionModel:
    """An untrained UNet of 16 x 16 x 4 latents, conditioned as Stable unCLIP's is."""
    return UNet2DConditionModel(
        sample_size=SIZE // 8,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(64, 128, 192),
        layers_per_block=1,
        attention_head_dim=4,  # diffusers means the number of heads
        norm_num_groups=16,
        cross_attention_dim=text_width,
        use_linear_projection=True,
        class_embed_type="projection",
        projection_class_embeddings_input_dim=2 * dim,
    )


def embeddings_of(clip: torch.nn.Module, images: np.ndarray, path: Path) -> np.ndarray:
    """(N, D) float32 CLIP embeddings of all images, not normalised, kept in `path`."""
    if not path.exists():
        device, starts = next(clip.parameters()).device, range(0, len(images), 100)
        with torch.inference_mode(), half(device):
            parts = [clip.encode_image(as_input(images[i : i + 100]).to(device)) for i in starts]
        np.save(path, torch.cat(parts).float().cpu().numpy())
    embeddings: np.ndarray = np.load(path)
    return embeddings


def main() -> None:
    parser = arguments(__doc__, minutes=38, batch_size=64)
    parser.add_argument("--clip", type=Path, default=Path("assets/clip"))
    parser.add_argument("--out", type=Path, default=Path("assets/unclip"))
    parser.add_argument("--learning-rate", type=float, default=8e-4)
    parser.add_argument("--start", type=Path, help="go on from the weights of this pipeline")
    args = begin(parser)
    draws, parts = load_draws(args.folder), load_parts(args.folder, args.clip, args.device)
    learned = make_learned(args.folder, draws, parts)
    unet = start_of(args.start, learned, parts).to(args.device)
    ema = copy.deepcopy(unet).requires_grad_(False)
    unet.set_attn_processor(AttnProcessor())  # on a CPU, the fused one is slow to learn with
    step = denoising_step(unet, learned, parts["text"], args.batch_size)
    log = train("unet", unet, step, folder=args.folder, minutes=args.minutes,
                learning_rate=args.learning_rate, ema=ema)  # fmt: skip
    logger.info("done: %s", log)
    save(args.out, ema, learned.normalizer, parts)


def start_of(pipeline: Path | None, learned: "Learned", parts: "Parts") -> UNet2DConditionModel:
    """An untrained UNet, or that of a pipeline in float32."""
    if pipeline is None:
        return make_unet(learned.embeddings.shape[1], parts["text"].config.hidden_size)
    unet: UNet2DConditionModel = UNet2DConditionModel.from_pretrained(
        pipeline / "unet", torch_dtype=torch.float32, use_safetensors=True
    )
    return unet


class Learned(NamedTuple):
    """What the UNet learns from."""

    latents: torch.Tensor  # (N, 4, 16, 16), scaled to a deviation of 1
    embeddings: torch.Tensor  # (N, D)
    tokens: torch.Tensor  # (N, 5, CONTEXT)
    nothing: torch.Tensor  # (1, CONTEXT), the empty caption
    normalizer: StableUnCLIPImageNormalizer


class Parts(TypedDict):
    """What was trained before the denoiser; the models on one device."""

    vae: AutoencoderKL
    clip: Any
    text: CLIPTextModel
    tokenizer: Any


def make_learned(folder: Path, draws: Draws, parts: Parts) -> Learned:
    """Latents, embeddings and tokens of the train draws; sets the VAE's scale."""
    latents = vae_training.latents_of(parts["vae"], draws.images, folder / "latents.npy")
    scale = float(1 / latents[:N_TRAIN].std())
    parts["vae"].register_to_config(scaling_factor=scale)
    embeddings = embeddings_of(parts["clip"], draws.images, folder / "embeddings.npy")
    train_rows = torch.from_numpy(embeddings[:N_TRAIN])
    normalizer = StableUnCLIPImageNormalizer(embedding_dim=embeddings.shape[1])
    normalizer.mean.data = train_rows.mean(dim=0, keepdim=True)
    normalizer.std.data = train_rows.std(dim=0, keepdim=True)
    tokens = [as_tokens(parts["tokenizer"], five) for five in draws.captions[:N_TRAIN]]
    nothing = as_tokens(parts["tokenizer"], [""])
    scaled = torch.from_numpy(latents[:N_TRAIN]) * scale
    return Learned(scaled, train_rows, torch.stack(tokens), nothing, normalizer)


def denoising_step(
    unet: UNet2DConditionModel, learned: Learned, text: CLIPTextModel, batch_size: int
) -> Step:
    """Velocity prediction at random times, with parts of the condition left out."""
    scheduler, image_noise = DDPMScheduler(**BETAS), DDPMScheduler(**BETAS)

    def step(number: int, share: float) -> torch.Tensor:
        rng, generator = np.random.default_rng([number, 4]), torch.Generator().manual_seed(number)
        rows = torch.from_numpy(rng.choice(N_TRAIN, batch_size, replace=False))
        which = torch.from_numpy(rng.choice(N_CAPTIONS, batch_size, p=CAPTION_WEIGHTS))
        without_text, without_image = _left_out(torch.from_numpy(rng.random(batch_size)))
        chosen = torch.where(without_text, learned.nothing, learned.tokens[rows, which])
        level = torch.from_numpy((1000 * rng.random(batch_size) ** 3).astype(np.int64))
        condition = noised(
            learned.embeddings[rows], level, learned.normalizer, image_noise, generator
        )
        condition = torch.where(without_image, 0.0, condition).to(unet.device)
        time, latents = torch.from_numpy(rng.integers(1000, size=batch_size)), learned.latents[rows]
        noise = torch.randn(latents.shape, generator=generator)
        x = scheduler.add_noise(latents, noise, time).to(unet.device)
        with torch.no_grad():
            states = text(chosen.to(unet.device))[0]
        with half(unet.device):
            made = unet(x, time.to(unet.device), states, class_labels=condition, return_dict=False)[
                0
            ]
        target = scheduler.get_velocity(latents, noise, time).to(unet.device)
        error = (made.float() - target).square().mean(dim=(1, 2, 3))
        weight = _weight(scheduler.alphas_cumprod[time]).to(unet.device)
        return torch.mean(weight * error)

    return step


def _left_out(luck: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(B, 1) masks of rows without caption and of rows without image, from uniform numbers."""
    both = DROP_TEXT + DROP_BOTH
    without_image = (luck >= DROP_TEXT) & (luck < both + DROP_IMAGE)
    return (luck < both)[:, None], without_image[:, None]


def _weight(kept: torch.Tensor) -> torch.Tensor:
    """Min-SNR-5 of Hang et al. (arXiv 2303.09556) for velocities; `kept` is alpha bar."""
    signal = kept / (1 - kept)
    return 2 * signal.clamp(max=5) / (signal + 1)


def noised(
    embedding: torch.Tensor,
    level: torch.Tensor,
    normalizer: StableUnCLIPImageNormalizer,
    scheduler: DDPMScheduler,
    generator: torch.Generator,
) -> torch.Tensor:
    """(B, 2D): the noisy embedding and the sinusoids of its level, as the pipeline makes them."""
    noise = torch.randn(embedding.shape, generator=generator)
    with torch.no_grad():
        noisy = normalizer.unscale(scheduler.add_noise(normalizer.scale(embedding), noise, level))
    sinusoids = get_timestep_embedding(
        level, embedding.shape[1], flip_sin_to_cos=True, downscale_freq_shift=0
    )
    return torch.cat([noisy, sinusoids], dim=1)


def load_parts(folder: Path, clip_folder: Path, device: str) -> Parts:
    """The trained parts: vae, clip, its text tower and its tokenizer."""
    vae = vae_training.make_vae()
    saved = torch.load(folder / "decoder.pt", weights_only=True, map_location="cpu")
    vae.load_state_dict(saved["model"])
    clip = open_clip.create_model(f"local-dir:{clip_folder}").eval()
    tokenizer = AutoTokenizer.from_pretrained(clip_folder)
    text = text_tower(clip, tokenizer.model_max_length, tokenizer.eos_token_id)
    return {
        "vae": vae.eval().to(device),
        "clip": clip.to(device),
        "text": text.requires_grad_(False).to(device),
        "tokenizer": tokenizer,
    }


def save(
    out: Path, unet: UNet2DConditionModel, normalizer: StableUnCLIPImageNormalizer, parts: Parts
) -> None:
    """Writes the pipeline in half precision, as `from_pretrained` reads it."""
    heads = parts["clip"].visual.transformer.resblocks[0].attn.num_heads
    pipeline = StableUnCLIPImg2ImgPipeline(
        feature_extractor=CLIPImageProcessor(
            size={"shortest_edge": SIZE}, crop_size=SIZE, image_mean=list(MEAN), image_std=list(STD)
        ),
        image_encoder=image_tower(parts["clip"], SIZE, 16, heads),
        image_normalizer=normalizer,
        image_noising_scheduler=DDPMScheduler(**BETAS),
        tokenizer=parts["tokenizer"],
        text_encoder=parts["text"],
        unet=unet,
        scheduler=DPMSolverMultistepScheduler(
            **BETAS,
            prediction_type="v_prediction",
            lambda_min_clipped=-5.1,  # diffusers' advice for this schedule
            timestep_spacing="linspace",
        ),
        vae=parts["vae"],
    )
    copy.deepcopy(pipeline).to("cpu", torch.float16).save_pretrained(out, safe_serialization=True)


if __name__ == "__main__":
    main()
