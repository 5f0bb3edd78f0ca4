"""Trains the UNet of the built-in decoder and writes the whole Stable unCLIP pipeline.

The picture's CLIP embedding and its caption are each left out of some steps, so that guidance
works; noise goes on the embedding at every level, so that `noise_level` means something.
"""

import argparse
import copy
import logging
from pathlib import Path

import numpy as np
import open_clip
import torch
from diffusers import (
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
from transformers import AutoTokenizer, CLIPImageProcessor

from explorer.scenes.pen import SIZE
from explorer.scenes.training import vae as vae_training
from explorer.scenes.training.clip import MEAN, STD, as_input, as_tokens
from explorer.scenes.training.draws import N_TRAIN, load_draws
from explorer.scenes.training.loop import train
from explorer.scenes.training.towers import image_tower, text_tower
from explorer.scenes.world import N_CAPTIONS

logger = logging.getLogger(__name__)

BETAS = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2"}
CAPTION_WEIGHTS = (0.08, 0.12, 0.2, 0.25, 0.35)
"""How often each of the five captions is trained on."""
DROP_IMAGE, DROP_TEXT, DROP_BOTH = 0.1, 0.15, 0.05
"""Shares of steps without the picture's embedding, without the caption, without either."""


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


def embeddings_of(clip: torch.nn.Module, pictures: np.ndarray, path: Path) -> np.ndarray:
    """(N, D) float32 CLIP embeddings of all pictures, not normalised, kept in `path`."""
    if not path.exists():
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            parts = [clip.encode_image(as_input(pictures[i : i + 100])).float().numpy()
                     for i in range(0, len(pictures), 100)]  # fmt: skip
        np.save(path, np.concatenate(parts))
    return np.load(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("training"))
    parser.add_argument("--clip", type=Path, default=Path("assets/clip"))
    parser.add_argument("--out", type=Path, default=Path("assets/unclip"))
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--batch-size", type=int, default=64)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    draws = load_draws(args.folder)
    parts = load_parts(args.folder, args.clip)
    latents = torch.from_numpy(
        vae_training.latents_of(parts["vae"], draws.pictures, args.folder / "latents.npy")
    )
    scale = float(1 / latents[:N_TRAIN].std())
    parts["vae"].register_to_config(scaling_factor=scale)
    latents = latents * scale
    embeddings = torch.from_numpy(
        embeddings_of(parts["clip"], draws.pictures, args.folder / "embeddings.npy")
    )
    normalizer = StableUnCLIPImageNormalizer(embedding_dim=embeddings.shape[1])
    normalizer.mean.data = embeddings[:N_TRAIN].mean(dim=0, keepdim=True)
    normalizer.std.data = embeddings[:N_TRAIN].std(dim=0, keepdim=True)
    tokens = torch.stack([as_tokens(parts["tokenizer"], five) for five in draws.captions[:N_TRAIN]])
    nothing = as_tokens(parts["tokenizer"], [""])
    text, scheduler, image_noise = parts["text"], DDPMScheduler(**BETAS), DDPMScheduler(**BETAS)
    unet = make_unet(embeddings.shape[1], text.config.hidden_size)
    ema = copy.deepcopy(unet).requires_grad_(False)
    unet.set_attn_processor(AttnProcessor())  # on a CPU, the fused one is slow to learn with
    logger.info(
        "%.1f M weights, latents scaled by %.3f",
        sum(p.numel() for p in unet.parameters()) / 1e6,
        scale,
    )

    def step(number: int, share: float) -> torch.Tensor:
        rng, generator = np.random.default_rng([number, 4]), torch.Generator().manual_seed(number)
        rows = torch.from_numpy(rng.choice(N_TRAIN, args.batch_size, replace=False))
        chosen = tokens[
            rows, torch.from_numpy(rng.choice(N_CAPTIONS, len(rows), p=CAPTION_WEIGHTS))
        ]
        luck = torch.from_numpy(rng.random(len(rows)))
        without_text = luck < DROP_TEXT + DROP_BOTH
        without_image = (luck >= DROP_TEXT) & (luck < DROP_TEXT + DROP_BOTH + DROP_IMAGE)
        chosen = torch.where(without_text[:, None], nothing, chosen)
        with torch.no_grad():
            states = text(chosen)[0]
        level = torch.from_numpy((1000 * rng.random(len(rows)) ** 3).astype(np.int64))
        condition = noised(embeddings[rows], level, normalizer, image_noise, generator)
        condition = torch.where(without_image[:, None], 0.0, condition)
        time = torch.from_numpy(rng.integers(1000, size=len(rows)))
        noise = torch.randn(latents[rows].shape, generator=generator)
        x = scheduler.add_noise(latents[rows], noise, time)
        target = scheduler.get_velocity(latents[rows], noise, time)
        with torch.autocast("cpu", torch.bfloat16):
            made = unet(x, time, states, class_labels=condition, return_dict=False)[0]
        signal = scheduler.alphas_cumprod[time] / (1 - scheduler.alphas_cumprod[time])
        weight = signal.clamp(max=5) / (signal + 1) * 2  # min-SNR-5 of Hang et al. (2023), for v
        return (weight * (made.float() - target).square().mean(dim=(1, 2, 3))).mean()

    log = train("unet", unet, step, folder=args.folder, minutes=args.minutes,
                learning_rate=8e-4, ema=ema)  # fmt: skip
    logger.info("done: %s", log)
    save(args.out, ema, normalizer, parts)


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


def load_parts(folder: Path, clip_folder: Path) -> dict:
    """The trained parts: vae, clip, its text tower and its tokenizer."""
    vae = vae_training.make_vae()
    vae.load_state_dict(torch.load(folder / "decoder.pt", weights_only=True)["model"])
    clip = open_clip.create_model(f"local-dir:{clip_folder}").eval()
    tokenizer = AutoTokenizer.from_pretrained(clip_folder)
    text = text_tower(clip, tokenizer.model_max_length, tokenizer.eos_token_id)
    return {
        "vae": vae.eval(),
        "clip": clip,
        "tokenizer": tokenizer,
        "text": text.requires_grad_(False),
    }


def save(
    out: Path, unet: UNet2DConditionModel, normalizer: StableUnCLIPImageNormalizer, parts: dict
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
    copy.deepcopy(pipeline).to(dtype=torch.float16).save_pretrained(out, safe_serialization=True)


if __name__ == "__main__":
    main()
